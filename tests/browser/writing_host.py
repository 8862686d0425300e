"""A host to write in, in which things can go wrong on purpose; run as a program, it stops in the middle of a save."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, abort, redirect, request, session
from sqlalchemy import event
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from kbwiki import ANONYMOUS, Actor, KBWiki
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_WRITER, WRITER

PEOPLE = {one.id: one for one in (READER, WRITER, SECOND_WRITER, MODERATOR, ADMIN)}
MOST = 50_000
"""Bytes that a page may have here."""


def host(folder: Path) -> Flask:
    """The host. While `app.config["FAILS"]` is a status, whatever is sent to an editor is answered by that alone."""
    app = Flask("host", instance_path=str(folder))
    app.config.update(
        SECRET_KEY="test",
        KBWIKI_SIGN_IN_URL="/sign-in",
        KBWIKI_MAX_PAGE_BYTES=MOST,
        KBWIKI_LOCK_TIMEOUT_SECONDS=3,
        FAILS=0,
    )
    KBWiki(app, actor=_current_actor)

    @app.get("/sign-in/<who>")
    def sign_in(who: str) -> Response:
        session["who"] = who
        return redirect(request.args.get("next", "/wiki/"))

    @app.before_request
    def fail() -> None:
        if app.config["FAILS"] and request.method == "POST":
            abort(app.config["FAILS"])

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    return app


def _current_actor() -> Actor:
    return PEOPLE.get(session.get("who", ""), ANONYMOUS)


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[int]:
    """The host on a port of its own."""
    server: BaseWSGIServer = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()


def _stop_in_the_middle(app: Flask) -> None:
    """Let no revision be written any more: who saves waits, with half of it in the transaction."""
    mount = app.extensions["kbwiki"]["main"]
    mount.make_ready()

    @event.listens_for(mount.wiki.database.engine, "before_cursor_execute")
    def wait(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("INSERT INTO kbwiki_revision"):
            print("in the middle", flush=True)
            time.sleep(600)


if __name__ == "__main__":
    dying = host(Path(sys.argv[1]))
    _stop_in_the_middle(dying)
    with served(dying) as at:
        print(at, flush=True)
        time.sleep(600)
