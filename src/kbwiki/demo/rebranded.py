"""The app of a brand: a host with its own layout, colours, words and, for one of them, language and direction."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, Response, redirect, render_template, request, session
from werkzeug.wrappers import Response as Answer

from ..actors import ANONYMOUS, Actor
from ..moderation.decide import Answer as Decision
from ..moderation.decide import decide
from ..moderation.policy import Verdict
from ..moderation.queries.queue import queue
from ..moderation.shown import what_is_shown
from ..pages.actions import Edit, save_page
from ..web import KBWiki
from ..wiki import Wiki
from .app import CONTENT_SECURITY_POLICY
from .brands import CONTENT, Brand
from .premises import instance_folder, secret_key
from .seeding import OLDEST
from .signing_in import local_address, refuse_posts_from_elsewhere


def create_rebranded(brand: Brand, instance: str | os.PathLike[str] | None = None) -> Flask:
    """The brand's app, ready to serve, in a folder of its own below the instance folder."""
    folder = brand_folder(brand, instance)
    app = Flask("kbwiki.demo", instance_path=str(folder))
    app.config.update(SECRET_KEY=secret_key(folder), SESSION_COOKIE_NAME=brand.name, SESSION_COOKIE_SAMESITE="Lax")
    app.config.update({f"KBWIKI_{key}": value for key, value in brand.config.items()})
    app.config["KBWIKI_BASE_TEMPLATE"] = f"brands/{brand.name}.html"
    app.config["KBWIKI_TRANSLATIONS"] = str(compiled(brand, folder))
    _own_pages(app, brand)
    kbwiki = KBWiki(url_prefix=brand.prefix, actor=lambda: _who(brand))
    app.context_processor(kbwiki.for_templates)
    fill(brand, kbwiki.init_app(app))
    return app


def brand_folder(brand: Brand, instance: str | os.PathLike[str] | None = None) -> Path:
    """Where everything of a brand is kept."""
    return instance_folder(instance_folder(instance) / brand.name)


def compiled(brand: Brand, folder: Path) -> Path:
    """The brand's own catalogues, compiled into its folder as any host's build would do."""
    place = folder / "texts"
    for source in CONTENT.joinpath(brand.name).iterdir():
        if source.name.endswith(".po"):
            language = source.name.removesuffix(".po")
            made = place / language / "LC_MESSAGES" / "kbwiki.mo"
            made.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as read, made.open("wb") as written:
                write_mo(written, read_po(read, locale=language))
    return place


def fill(brand: Brand, wiki: Wiki) -> None:
    """Write the brand's pages on the first start, let the second of its people look at half, and change one."""
    wiki.upgrade()
    writer, reviewer = brand.people
    with wiki.begin(writer) as tx:
        if tx.connection.exec_driver_sql("SELECT 1 FROM kbwiki_page LIMIT 1").first():
            return
        pages = brand.pages()
        for path, title, text in pages:
            save_page(tx, Edit(path, text, title, (), "", None))
    group = wiki.settings.fallback_group
    with wiki.begin(reviewer) as tx:
        waiting = queue(tx.connection, wiki.id, group, reviewer, tx.subjects, after=OLDEST, count=100)
        for line in waiting[: len(waiting) // 2]:
            digest = what_is_shown(tx.connection, tx.wiki_id, line.id, tx.subjects).digest
            decide(tx, Decision(line.id, line.base, line.head, digest, Verdict.APPROVE, "", ""))
    path, title, text = pages[1]
    with wiki.begin(writer) as tx:
        save_page(tx, Edit(path, text + "\n\n" + text.splitlines()[0] + "\n", title, (), "", 1))
    wiki.catch_up_links()


def _own_pages(app: Flask, brand: Brand) -> None:
    """The host's front page, how people become somebody, and what it asks of every response."""
    app.before_request(refuse_posts_from_elsewhere)

    @app.context_processor
    def frame() -> dict[str, object]:
        return {"brand": brand, "me": _who(brand), "here": local_address(request.full_path.rstrip("?"))}

    @app.get("/")
    def front() -> str:
        return render_template("brands/front.html")

    @app.post("/be")
    def be() -> Answer:
        session["who"] = request.form.get("who", "")
        return redirect(local_address(request.form.get("next", "")) or "/", code=303)

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


def _who(brand: Brand) -> Actor:
    return next((one for one in brand.people if one.id == session.get("who")), ANONYMOUS)
