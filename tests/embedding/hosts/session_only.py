"""A host without SQLAlchemy and without any extension: who is there stands in the session, behind a wall.

Its own guard against forged requests is the widespread snippet: `csrf_token()` in templates, `_csrf_token` in forms.
Its layout uses names that a careless guest would take over: `form`, `_`, `user`, `g`.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import Flask, abort, redirect, render_template, request, session, url_for
from flask.testing import FlaskClient
from jinja2 import DictLoader
from werkzeug.wrappers import Response

from kbwiki import ANONYMOUS, Actor, KBWiki

PREFIX = "/wiki"
PEOPLE = {"ann": ("Ann", ["team"]), "mona": ("Mona", ["team", "stewards"]), "root": ("Root", ["bosses"])}

TEMPLATES = {
    "base.html": "<!doctype html><html lang=en><head><title>{% block title %}{% endblock %} · Board</title>"
    "{% block head %}{% endblock %}</head><body><nav>{{ _('Hello') }} {{ user or 'stranger' }}"
    "{% if form is defined %}<b>{{ form.title }}</b>{% endif %}</nav>{% block content %}{% endblock %}"
    "<footer>{{ 'board'|shout }}</footer></body></html>",
    "board.html": "{% extends 'base.html' %}{% block content %}<ul>{% for one in notes %}<li>{{ one }}</li>{% endfor %}"
    "</ul><form method=post><input type=hidden name=_csrf_token value='{{ csrf_token() }}'><input name=note></form>"
    "{% endblock %}",
    "enter.html": "{% extends 'base.html' %}{% block content %}<form method=post>"
    "<input type=hidden name=_csrf_token value='{{ csrf_token() }}'><input name=who></form>{% endblock %}",
    "lost.html": "{% extends 'base.html' %}{% block content %}Lost at the board.{% endblock %}",
}


def make_app(folder: Path) -> Flask:
    """The host as it is."""
    app = Flask("board", instance_path=str(folder / "instance"))
    app.config.update(SECRET_KEY="board", SESSION_COOKIE_SAMESITE="Lax", TESTING=True)
    app.jinja_loader = DictLoader(TEMPLATES)  # type: ignore[assignment]
    app.extensions["board"] = notes = ["first note"]
    _templates(app)
    _guards(app)

    @app.route("/", methods=["GET", "POST"])
    def board() -> Any:
        if request.method == "POST":
            notes.append(request.form["note"])
            return redirect(url_for("board"))
        return render_template("board.html", notes=notes)

    @app.route("/enter", methods=["GET", "POST"])
    def enter() -> Any:
        if request.method == "POST":
            session["who"] = request.form["who"]
            return redirect(request.args.get("next") or url_for("board"))
        return render_template("enter.html")

    app.register_error_handler(404, lambda error: (render_template("lost.html"), 404))
    return app


def _templates(app: Flask) -> None:
    app.jinja_env.filters["shout"] = str.upper
    app.jinja_env.globals["_"] = lambda said: f"«{said}»"
    app.jinja_env.globals["csrf_token"] = _csrf_token
    app.context_processor(lambda: {"user": session.get("who")})


def _csrf_token() -> str:
    token: str = session.setdefault("_csrf_token", secrets.token_hex(8))
    return token


def _guards(app: Flask) -> None:
    @app.before_request
    def wall() -> Response | None:
        if "who" in session or request.endpoint in ("enter", "static"):
            return None
        return redirect(url_for("enter", next=request.path))

    @app.before_request
    def forged() -> None:
        if request.method == "POST":
            sent = request.form.get("_csrf_token")
            if not sent or sent != session.get("_csrf_token"):
                abort(403)

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["X-Board"] = "yes"
        response.headers.setdefault("Content-Security-Policy", "default-src 'self'")
        return response


def mount(app: Flask) -> None:
    """The lines that put a wiki in."""

    def who() -> Actor:
        known = PEOPLE.get(session.get("who", ""))
        return Actor(session["who"], *known) if known else ANONYMOUS  # type: ignore[arg-type]

    app.config["KBWIKI_GROUP_NAMES"] = {"stewards": "moderators", "bosses": "admins"}
    app.config["KBWIKI_BASE_TEMPLATE"] = "base.html"
    KBWiki(app, actor=who, url_prefix=PREFIX)


def sign_in(client: FlaskClient, who: str) -> dict[str, Any]:
    """Sign somebody in; what every further request has to bring along."""
    client.get("/enter")
    with client.session_transaction() as session:
        token = session["_csrf_token"]
    client.post("/enter", data={"who": who, "_csrf_token": token})
    return {}


class Suite:
    """The host's own tests."""

    def test_strangers_are_shown_in_first(self, app: Flask) -> None:
        answer = app.test_client().get("/")
        assert (answer.status_code, answer.location) == (302, "/enter?next=/")

    def test_notes_are_put_up(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        with client.session_transaction() as session:
            token = session["_csrf_token"]
        assert client.post("/", data={"note": "<b>", "_csrf_token": token}).status_code == 302
        assert "<li>&lt;b&gt;</li>" in client.get("/").text

    def test_forged_posts_are_refused(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        assert client.post("/", data={"note": "forged"}).status_code == 403

    def test_what_is_not_there_is_said_in_our_own_frame(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        answer = client.get("/nowhere")
        assert answer.status_code == 404
        assert answer.text == (
            "<!doctype html><html lang=en><head><title> · Board</title></head><body><nav>«Hello» ann</nav>"
            "Lost at the board.<footer>BOARD</footer></body></html>"
        )

    def test_every_answer_has_our_headers_and_no_more(self, app: Flask) -> None:
        client = app.test_client()
        sign_in(client, "ann")
        assert set(client.get("/").headers.keys()) == {
            "Content-Type", "Content-Length", "X-Board", "Content-Security-Policy", "Vary",
        }  # fmt: skip

    def test_nothing_is_written_to_the_disk(self, app: Flask) -> None:
        app.test_client().get("/")
        assert not Path(app.instance_path).exists()
