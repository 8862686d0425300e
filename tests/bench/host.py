"""The app that is measured over HTTP: the wiki, and the floor: a bare view with one SELECT through SQLAlchemy."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, request
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from kbwiki import Actor, KBWiki
from kbwiki.pages.models import Page

ACTORS = {
    "reader": Actor("reader", "Rosa Reader", frozenset({"staff"})),
    "moderator": Actor("moderator", "Mona Moderator", frozenset({"moderators"})),
}


def create_app() -> Flask:
    """The app over the folder named by KBWIKI_BENCH_FOLDER."""
    folder = Path(os.environ["KBWIKI_BENCH_FOLDER"])
    url = f"sqlite:///{folder / 'wiki.db'}"
    app = Flask("bench")
    app.config.update(SECRET_KEY="bench", KBWIKI_DATABASE_URI=url, KBWIKI_INDEX_FOLDER=str(folder / "index"))
    KBWiki(app, actor=lambda: ACTORS[request.headers.get("X-Actor", "reader")])
    engine = create_engine(url)

    @app.get("/floor/<int:page_id>")
    def floor(page_id: int) -> str:
        with Session(engine) as session:
            return session.execute(select(Page.title).where(Page.id == page_id)).scalar_one()

    return app
