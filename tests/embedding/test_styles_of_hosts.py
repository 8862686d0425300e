"""Apps written in very different styles: whatever each does to all of its requests, the wiki works in it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Blueprint, Flask, Response, g, jsonify, redirect, render_template, request, session
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SessionInterface
from flask_babel import Babel
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response as Answer

from kbwiki import Actor, KBWiki

ANN = Actor("ann", "Ann", frozenset({"moderators", "admins"}))
ASSETS = re.compile(r'<(?:link rel="stylesheet"|script)[^>]*>')


@dataclass
class Style:
    """An app with a wiki in it: where the wiki is, where a page of the host shows parts of it, how one gets there."""

    app: Flask
    base: str
    front: str
    wsgi: Any = None
    with_it: dict[str, Any] = field(default_factory=dict)
    front_with: dict[str, Any] = field(default_factory=dict)
    strip: str = ""

    def __post_init__(self) -> None:
        self.client = Client(self.wsgi or self.app, Answer)

    def open(self, address: str, **more: Any) -> TestResponse:
        return self.client.open(address.removeprefix(self.strip), **{**self.with_it, **more})


def parts(kbwiki: KBWiki) -> dict[str, Any]:
    """What the host hands to its front page."""
    return {"help": kbwiki.help(count=True), "box": kbwiki.search_box(), "news": kbwiki.fragment("recent")}


def factory_with_blueprints(folder: Path) -> Style:
    """A language in every address, which is added by `url_defaults`; a template language of braces for its script."""
    (folder / "templates").mkdir()
    head = "<!doctype html><title><% block title %><% endblock %></title><% block head %><% endblock %>"
    (folder / "templates" / "layout.html").write_text(
        head + "[[ site ]]<% for one in [1] %>\n[[ one ]]\n<% endfor %><% block content %><% endblock %>", "utf-8"
    )
    (folder / "templates" / "page.html").write_text(
        "<% extends 'layout.html' %><% block content %>[[ help ]][[ box ]][[ news ]]{{ vue }}<% endblock %>", "utf-8"
    )

    class App(Flask):
        jinja_options = {
            "block_start_string": "<%", "block_end_string": "%>", "variable_start_string": "[[",
            "variable_end_string": "]]", "comment_start_string": "<#", "comment_end_string": "#>",
            "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True,
            "line_statement_prefix": "#", "line_comment_prefix": "##",
            "finalize": lambda value: "(none)" if value is None else value,
        }  # fmt: skip

    class Signed(IntegerConverter):
        def __init__(self, map: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(map, *args, **{**kwargs, "signed": True})

    class Short(BaseConverter):
        regex = "[a-z-]{1,12}"

    app = App("host", root_path=str(folder), instance_path=str(folder / "instance"))
    app.config.update(SECRET_KEY="test", KBWIKI_BASE_TEMPLATE="layout.html")
    app.url_map.strict_slashes = False
    app.url_map.converters.update(int=Signed, default=Short, string=Short)
    app.context_processor(lambda: {"site": "Our site"})
    kbwiki = KBWiki(url_prefix="/wiki", actor=lambda: ANN)
    pages = Blueprint("pages", __name__, url_prefix="/<lang>")

    @pages.get("/front")
    def front() -> str:
        return render_template("page.html", **parts(kbwiki))

    @app.url_defaults
    def language(endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("lang", g.get("lang", "en"))

    @app.url_value_preprocessor
    def take_out(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).pop("lang", "en")

    app.register_blueprint(pages)
    kbwiki.init_app(app)
    return Style(app, "/wiki", "/en/front")


class Kept(SessionInterface):
    """Sessions on the server, by a header; there is none for those who bring no header."""

    def __init__(self) -> None:
        self.kept: dict[str, SecureCookieSession] = {}

    def open_session(self, app: Flask, request: Any) -> SecureCookieSession | None:
        key = request.headers.get("X-Session")
        return self.kept.setdefault(key, SecureCookieSession()) if key else None

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        """It is kept as it is."""


def behind_a_prefix_and_a_wall(folder: Path) -> Style:
    """Below a path of a larger site, with sessions of its own making; strangers are sent away before anything."""
    app = Flask("host", instance_path=str(folder), static_url_path="")
    app.config.update(
        SECRET_KEY="test", APPLICATION_ROOT="/site", SERVER_NAME="example.org", PREFERRED_URL_SCHEME="https",
        TRAP_HTTP_EXCEPTIONS=True, TRAP_BAD_REQUEST_ERRORS=True,
    )  # fmt: skip
    app.session_interface = Kept()

    @app.before_request
    def wall() -> Any:
        return None if "who" in session or request.endpoint == "enter" else redirect("/site/enter")

    @app.teardown_request
    def touch(error: BaseException | None) -> None:
        session.get("who")

    app.add_url_rule("/enter", "enter", lambda: str(session.update(who="ann")))
    kbwiki = KBWiki(app, actor=lambda: ANN if session.get("who") else None, url_prefix="/kb")
    app.add_url_rule("/front", "front", lambda: "".join(map(str, parts(kbwiki).values())))
    wsgi = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)
    headers = {
        "X-Session": "1", "X-Forwarded-Prefix": "/site", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "example.org"
    }  # fmt: skip
    style = Style(app, "/site/kb", "/site/front", wsgi, {"headers": headers}, strip="/site")
    assert style.client.open("/kb/", headers={**headers, "X-Session": "2"}).status_code == 302
    style.open("/enter")
    return style


class Envelope(DefaultJSONProvider):
    """Everything that is JSON, in the host's own envelope."""

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return super().response({"data": self._prepare_response_obj(args, kwargs)})


class Json(Response):
    """What the host answers, unless it says otherwise."""

    default_mimetype = "application/json"


def an_api_with_every_guard(folder: Path) -> Style:
    """A host whose answers are JSON in an envelope, errors too; all is encrypted, forms guarded, nonces in scripts."""
    app = Flask("host", instance_path=str(folder))
    app.config["SECRET_KEY"] = "test"
    app.json = Envelope(app)
    app.response_class = Json
    Babel(app, locale_selector=lambda: "de")
    CSRFProtect(app)
    Talisman(
        app,
        content_security_policy={"default-src": "'self'", "script-src": "'self'", "style-src": "'self'"},
        content_security_policy_nonce_in=["script-src", "style-src"],
    )

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Any:
        return jsonify(error=str(error)), getattr(error, "code", 500)

    @app.after_request
    def tagged(response: Response) -> Response:
        response.add_etag()
        return response.make_conditional(request)

    kbwiki = KBWiki(app, actor=lambda: ANN, url_prefix="/hilfe")
    app.add_url_rule("/front", "front", lambda: "".join(map(str, parts(kbwiki).values())))
    return Style(app, "/hilfe", "/front", with_it={"base_url": "https://localhost"})


def many_hosts_in_one(folder: Path) -> Style:
    """One app for several host names, with the wiki on one of its own."""
    app = Flask("host", instance_path=str(folder), host_matching=True, static_host="www.example.org")
    app.config.update(SECRET_KEY="test", SESSION_COOKIE_DOMAIN=".example.org")
    kbwiki = KBWiki(app, actor=lambda: ANN, url_prefix="/", host="kb.example.org:5000")
    app.add_url_rule(
        "/front", "front", lambda: "".join(map(str, parts(kbwiki).values())), host="www.example.org:5000"
    )
    return Style(
        app, "", "/front", with_it={"base_url": "http://kb.example.org:5000"},
        front_with={"base_url": "http://www.example.org:5000"},
    )  # fmt: skip


def one_page_for_everything(folder: Path) -> Style:
    """A script draws the host's pages: every address it does not know is the same page; errors are pages, too."""
    app = Flask("host", instance_path=str(folder))
    app.config.update(SECRET_KEY=b"\x00bytes\xff", EXPLAIN_TEMPLATE_LOADING=True, TEMPLATES_AUTO_RELOAD=True)
    app.url_map.merge_slashes = False
    kbwiki = KBWiki(actor=lambda: ANN, url_prefix="/wiki")
    app.add_url_rule("/", "front", lambda path="": "".join(map(str, parts(kbwiki).values())))
    app.add_url_rule("/<path:path>", "any", lambda path: f"one page {path}", methods=["GET", "POST"])
    app.register_error_handler(404, lambda error: ("one page", 200))
    kbwiki.init_app(app)
    return Style(app, "/wiki", "/")


def an_asynchronous_host(folder: Path) -> Style:
    """Views and functions that are coroutines, and what Flask runs them with chosen by the host."""

    class App(Flask):
        def async_to_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
            def run(*args: Any, **kwargs: Any) -> Any:
                # In a thread of its own: in this one a browser's loop may be running, where another cannot be begun.
                with ThreadPoolExecutor(1) as pool:
                    return pool.submit(copy_context().run, asyncio.run, func(*args, **kwargs)).result()

            return run

    app = App("host", instance_path=str(folder))
    app.config["SECRET_KEY"] = "test"

    async def who() -> Actor:
        return ANN

    async def tenant(org: str) -> str | None:
        return org if org == "acme" else None

    @app.before_request
    async def first() -> None:
        g.started = True

    def front(org: str) -> str:
        return "".join(map(str, parts(kbwiki).values()))

    kbwiki = KBWiki(app, actor=who, url_prefix="/<org>/kb", tenant=tenant)  # type: ignore[arg-type]
    app.add_url_rule("/<org>/front", "front", front)
    return Style(app, "/acme/kb", "/acme/front")


STYLES: list[Callable[[Path], Style]] = [
    factory_with_blueprints,
    behind_a_prefix_and_a_wall,
    an_api_with_every_guard,
    many_hosts_in_one,
    one_page_for_everything,
    an_asynchronous_host,
]


@pytest.fixture(scope="module", params=STYLES, ids=lambda style: style.__name__)
def style(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Style]:
    style = request.param(tmp_path_factory.mktemp("host"))
    yield style
    mount = style.app.extensions["kbwiki"]["main"]
    if mount.tenants is not None:
        mount.tenants.close()
    mount.wiki.close()


def write(style: Style, title: str, text: str) -> TestResponse:
    form = style.open(f"{style.base}/-/new").get_data(as_text=True)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields = {name: unescape(value) for name, value in hidden} | {"title": title, "text": text, "action": "save"}
    secure = {"Referer": "https://localhost/"} | style.with_it.get("headers", {})
    return style.open(f"{style.base}/-/new", method="POST", data=fields, headers=secure)


def test_people_write_read_find_and_review_and_every_link_leads_into_the_wiki(style: Style) -> None:
    saved = write(style, "Ladders", "# Words\n\nLook at each rung, see [[towers]].\n")

    assert saved.status_code == 303, saved.get_data(as_text=True)[:600]
    assert urlsplit(saved.headers["Location"]).path == f"{style.base}/ladders"
    screens = ("/ladders", "/-/search?q=rung", "/-/reviews", "/-/reviews/1", "/-/history/ladders", "/-/edit/ladders")
    for screen in screens:
        answered = style.open(style.base + screen)
        page = answered.get_data(as_text=True)
        assert (answered.status_code, answered.mimetype) == (200, "text/html"), (screen, page[:600])
        assert "{%" not in page
        assert "{{" not in page
        assert "(none)" not in page
        for found in set(re.findall(r'\b(?:href|src|action)="(/[^"#]*)', page)):
            assert f"{urlsplit(unescape(found)).path}/".startswith(f"{style.base}/"), (screen, found)
        for asset in set(re.findall(r'\b(?:href|src)="([^"#]*/-/static/[^"#]*)', page)):
            assert style.open(unescape(asset)).status_code == 200, asset
    assert "Look at each" in style.open(f"{style.base}/ladders").get_data(as_text=True)
    assert style.open(f"{style.base}/nowhere").status_code == 404
    assert "results" in (style.open(f"{style.base}/-/search.json?q=rung").get_json() or {})


def test_pages_of_the_host_show_parts_of_the_wiki_with_addresses_that_work(style: Style) -> None:
    write(style, "Shown", "Words.")

    front = style.open(style.front, **style.front_with)
    page = front.get_data(as_text=True)

    assert front.status_code == 200, page[:600]
    assert "kb-fragment-recent" in page
    assert "Shown" in page
    assert re.search(rf'<kb-help [^>]*src="[^"?]*{style.base}/-/help"', page)
    addresses = [unescape(one) for one in re.findall(r'\b(?:href|src|action)="([^"#]*/-/[^"#]*)', page)]
    assert len(addresses) > 5
    for address in addresses:
        answered = style.open(address.removeprefix("http://kb.example.org:5000"))
        assert answered.status_code == 200, address
    assert not re.search(r'="[^"]*\?[^"]*/-/', page)


def test_numbers_and_paths_that_nobody_has_are_not_found(style: Style) -> None:
    for address in ("/-/reviews/-1", "/-/reviews/99999999999999999999", "/-/revision/-5/ladders", "/-/feeds/-1/x"):
        assert style.open(style.base + address).status_code in (200, 404), address
    bare = style.open(f"{style.base}/-/tree?kb_fragment=1")
    assert bare.get_data(as_text=True).lstrip().startswith('<div class="kb kb-fragment"')


def test_a_function_that_gives_something_else_than_an_actor_is_told_so(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="test", TESTING=True)
    KBWiki(app, actor=lambda: "ann")  # type: ignore[arg-type,return-value]

    with pytest.raises(TypeError, match="gave back 'ann'"):
        app.test_client().get("/wiki/")
    app.extensions["kbwiki"]["main"].wiki.close()


def test_forms_signed_with_an_earlier_key_of_the_host_are_good(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "old"
    KBWiki(app, actor=lambda: ANN)
    style = Style(app, "/wiki", "/")
    form = style.open("/wiki/-/new").get_data(as_text=True)
    (token,) = set(re.findall(r'name="kb_csrf" value="([^"]+)"', form))
    app.config["SECRET_KEY"] = "new"
    fields = {"title": "T", "text": "Words.", "action": "save", "kb_csrf": token}

    refused = style.open("/wiki/-/new", method="POST", data=fields)
    app.config["SECRET_KEY_FALLBACKS"] = ["old"]

    assert (refused.status_code, "Words." in refused.get_data(as_text=True)) == (400, True)
    assert style.open("/wiki/-/new", method="POST", data=fields).status_code == 303
    app.extensions["kbwiki"]["main"].wiki.close()


def test_assets_have_the_nonce_of_their_answer(tmp_path: Path) -> None:
    style = an_api_with_every_guard(tmp_path)
    for address in ("/hilfe/-/tree", "/front"):
        answered = style.open(address)
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", answered.headers["Content-Security-Policy"]))
        found = ASSETS.findall(answered.get_data(as_text=True))
        assert found
        assert [one for one in found if f'nonce="{nonce}"' not in one] == [], address
    style.app.extensions["kbwiki"]["main"].wiki.close()
