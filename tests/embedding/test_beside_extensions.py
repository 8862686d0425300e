"""One after the other beside what hosts have: guards of forms, sessions on the server, limits, caches, toolbars."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from cachelib import FileSystemCache
from flask import Flask, g, request, session
from flask_caching import Cache
from flask_debugtoolbar import DebugToolbarExtension
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_seasurf import SeaSurf
from flask_session import Session
from flask_sqlalchemy import SQLAlchemy
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from sqlalchemy import text

from kbwiki import Actor, KBWiki
from kbwiki.errors import Invalid

Extend = Callable[[Flask, Path], object]
ANN = Actor("ann", "Ann", frozenset({"moderators"}))


def nothing(app: Flask, folder: Path) -> None:
    """No extension at all."""


def sessions_on_the_server(app: Flask, folder: Path) -> None:
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=FileSystemCache(str(folder / "sessions")))
    Session(app)
    CSRFProtect(app)


def toolbar(app: Flask, folder: Path) -> None:
    app.debug = True
    app.config["DEBUG_TB_INTERCEPT_REDIRECTS"] = False
    DebugToolbarExtension(app)


def cache(app: Flask, folder: Path) -> None:
    kept = Cache(app, config={"CACHE_TYPE": "SimpleCache"})
    app.add_url_rule("/slow", "slow", kept.cached(60)(lambda: "slow"))


def own_function(app: Flask, folder: Path) -> None:
    """A guard of the host's own, which kbwiki is told of."""
    app.config.update(KBWIKI_CSRF_FIELD="token", KBWIKI_CSRF_TOKEN=lambda: session.setdefault("token", "t1"))

    @app.before_request
    def _() -> Any:
        if request.method == "POST" and request.form.get("token") != session.get("token", "none"):
            return "forged", 403
        return None


BESIDE: list[Extend] = [
    nothing,
    lambda app, folder: CSRFProtect(app),
    lambda app, folder: app.config.update(WTF_CSRF_FIELD_NAME="guard") or CSRFProtect(app),  # type: ignore[func-returns-value]
    lambda app, folder: SeaSurf(app),
    own_function,
    sessions_on_the_server,
    lambda app, folder: Limiter(get_remote_address, app=app, default_limits=["100/hour"], storage_uri="memory://"),
    cache,
    toolbar,
    lambda app, folder: Talisman(app, force_https=False, content_security_policy="default-src 'self'"),
]
NAMES = ["none", "flask-wtf", "flask-wtf-renamed", "seasurf", "own", "sessions", "limiter", "cache", "toolbar", "csp"]
GUARDED = {"flask-wtf", "flask-wtf-renamed", "seasurf", "own", "sessions"}


def host(extend: Extend, folder: Path) -> Flask:
    app = Flask("host", instance_path=str(folder / "instance"))
    app.config["SECRET_KEY"] = "test"
    extend(app, folder)
    KBWiki(app, actor=lambda: ANN)
    return app


@pytest.mark.parametrize(("name", "extend"), list(zip(NAMES, BESIDE, strict=True)), ids=NAMES)
def test_a_page_is_written_and_read_and_forged_forms_are_not(name: str, extend: Extend, tmp_path: Path) -> None:
    app = host(extend, tmp_path)
    client = app.test_client()
    form = client.get("/wiki/-/new").text
    hidden = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }
    fields = {"title": "Hello", "text": "It **works**.", "action": "save"}

    assert client.post("/wiki/-/new", data=fields).status_code in (400, 403)
    if name in GUARDED:
        half = client.post("/wiki/-/new", data=fields | {"kb_csrf": hidden["kb_csrf"]})
        assert half.status_code in (400, 403)
    assert client.post("/wiki/-/new", data=fields | hidden).status_code == 303
    page = client.get("/wiki/hello")
    assert "It <strong>works</strong>." in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    app.extensions["kbwiki"]["main"].wiki.close()


def test_a_limit_of_the_hosts_counts_in_the_wiki_and_its_answer_is_the_hosts(tmp_path: Path) -> None:
    app = host(
        lambda app, folder: Limiter(get_remote_address, app=app, default_limits=["2/hour"], storage_uri="memory://"),
        tmp_path,
    )
    client = app.test_client()

    statuses = [client.get("/wiki/-/recent").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    app.extensions["kbwiki"]["main"].wiki.close()


def test_a_host_with_a_single_connection_is_read_and_written_and_waits_for_nobody(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    one = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.1}
    app.config.update(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'host.db'}")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = one
    db = SQLAlchemy(app)
    kbwiki = KBWiki(app, actor=lambda: ANN)
    with app.app_context():
        app.extensions["kbwiki"]["main"].wiki.upgrade()

    def front() -> str:
        db.session.execute(text("SELECT 1"))  # the host has the connection now
        return f"ours{kbwiki.fragment('recent')}"

    app.add_url_rule("/", "front", front)
    client = app.test_client()
    form = client.get("/wiki/-/new").text
    (token,) = set(re.findall(r'name="kb_csrf" value="([^"]*)"', form))
    fields = {"title": "Hello", "text": "Words, see [[there]].", "action": "save", "kb_csrf": token}

    assert client.post("/wiki/-/new", data=fields).status_code == 303
    assert "Words" in client.get("/wiki/hello").text
    assert client.get("/").text == "ours"
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        assert client.get("/wiki/hello").status_code == 503
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("key", ["KBWIKI_CSRF_TOKEN", "KBWIKI_CSP_NONCE"])
def test_what_is_no_function_is_refused_at_the_start(key: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config[key] = "text"

    with pytest.raises(Invalid, match=key):
        KBWiki(app)


@pytest.mark.parametrize("place", ["config", "g", "request"])
def test_a_nonce_is_found_wherever_the_host_keeps_it(place: str, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.config["SECRET_KEY"] = "test"
    if place == "config":
        app.config["KBWIKI_CSP_NONCE"] = lambda: "n-1"
    else:
        app.before_request(lambda: setattr(g if place == "g" else request, "csp_nonce", "n-1"))
    KBWiki(app, actor=lambda: ANN)

    page = app.test_client().get("/wiki/-/recent").text

    assert page.count('nonce="n-1"') == 3
    app.extensions["kbwiki"]["main"].wiki.close()
