"""A small host with a wiki, served to a browser; who is there is said by a link."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask, redirect, request, session
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_MODERATOR, SECOND_WRITER, WRITER
from tests.databases import SqliteTemplate

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PEOPLE = {one.id: one for one in (READER, WRITER, SECOND_WRITER, MODERATOR, SECOND_MODERATOR, ADMIN)}


def current_actor() -> Actor:
    """Who signed in."""
    return PEOPLE.get(session.get("who", ""), ANONYMOUS)


@pytest.fixture
def settings() -> dict[str, str]:
    """What a test module sets besides, by having a fixture of this name."""
    return {}


@pytest.fixture
def app(tmp_path: Path, settings: dict[str, str]) -> Iterator[Flask]:
    """A host without a look of its own, under a strict content security policy."""
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", KBWIKI_SIGN_IN_URL="/sign-in", KBWIKI_NAME="Wiki", **settings)
    KBWiki(app, actor=current_actor)

    @app.get("/sign-in/<who>")
    def sign_in(who: str) -> Response:
        session["who"] = who
        return redirect(request.args.get("next", "/wiki/"))

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


@pytest.fixture
def wiki(app: Flask, _sqlite_template: SqliteTemplate) -> Wiki:
    """The wiki behind the host, with its tables."""
    _sqlite_template.copy_to(Path(app.instance_path) / "kbwiki.db")  # where the wiki would make it
    mount = app.extensions["kbwiki"]["main"]
    mount.make_ready()
    found: Wiki = mount.wiki
    return found


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the host is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Visitor:
    """Somebody with a browser window of their own; errors in the console fail the test."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, actor: Actor) -> Visitor:
        """Become somebody."""
        self.page.goto(f"/sign-in/{actor.id}")
        return self


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[object]:
    """Call it to get a `Visitor`: `visit(width=390, dark=True)`."""
    visitors: list[Visitor] = []

    def come(*, width: int = 1280, dark: bool = False, touch: bool = False) -> Visitor:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            has_touch=touch,
            is_mobile=touch,
            color_scheme="dark" if dark else "light",
        )
        visitors.append(Visitor(context))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()
    # A missing page and a refused decision are normal answers; the browser logs their status, which is no fault.
    faults = [said for one in visitors for said in one.complaints if "Failed to load resource" not in said]
    assert faults == []
