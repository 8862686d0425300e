"""Embedding: a few lines, nothing of the host touched, several wikis in one app."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_login import LoginManager, UserMixin, login_user
from flask_wtf import CSRFProtect
from jinja2 import DictLoader

from kbwiki import Actor, KBWiki
from kbwiki.errors import Invalid


class User(UserMixin):
    """A host's user with groups."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.name = id.title()
        self.groups = ["staff", "moderators"]


def host(tmp_path: Path, **config: object) -> Flask:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="test", **config)
    login = LoginManager(app)
    login.user_loader(User)

    @app.get("/sign-in/<who>")
    def sign_in(who: str) -> str:
        login_user(User(who))
        return "ok"

    return app


def close(app: Flask) -> None:
    for mount in app.extensions["kbwiki"].values():
        mount.wiki.close()


def test_one_line_is_enough_where_flask_login_is(tmp_path: Path) -> None:
    app = host(tmp_path)
    KBWiki(app)
    client = app.test_client()

    client.get("/sign-in/ann")
    form = client.get("/wiki/-/new").get_data(as_text=True)
    token = form.split('name="kb_csrf" value="')[1].split('"')[0]
    client.post("/wiki/-/new", data={"kb_csrf": token, "title": "Hello", "text": "world", "action": "save"})

    page = client.get("/wiki/hello").get_data(as_text=True)
    assert "world" in page
    assert "Ann" in page
    assert (tmp_path / "instance" / "kbwiki.db").exists()
    close(app)


def test_it_lives_together_with_a_host_wide_csrf_protection(tmp_path: Path) -> None:
    app = host(tmp_path)
    CSRFProtect(app)
    KBWiki(app)
    client = app.test_client()
    client.get("/sign-in/ann")
    form = client.get("/wiki/-/new").get_data(as_text=True)

    def value(name: str) -> str:
        return form.split(f'name="{name}" value="')[1].split('"')[0]

    fields = {"title": "Hello", "text": "world", "action": "save", "kb_csrf": value("kb_csrf")}
    assert client.post("/wiki/-/new", data=fields).status_code == 400
    fields["csrf_token"] = value("csrf_token")
    assert client.post("/wiki/-/new", data=fields).status_code == 303
    close(app)


def test_without_a_secret_key_reading_works_and_forms_say_why_not(tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    KBWiki(app, actor=lambda: Actor("ann", "Ann"))
    client = app.test_client()

    assert client.get("/wiki/-/tree").status_code == 200
    answer = client.post("/wiki/-/new", data={"title": "Hello", "text": "kept words"})

    assert answer.status_code == 503
    assert "SECRET_KEY" in answer.get_data(as_text=True)
    assert "kept words" in answer.get_data(as_text=True)
    close(app)


def test_two_wikis_in_one_app_know_nothing_of_each_other(tmp_path: Path) -> None:
    app = host(tmp_path)
    actor = Actor("ann", "Ann", frozenset({"staff"}))
    KBWiki(app, actor=lambda: actor, url_prefix="/one")
    KBWiki(app, actor=lambda: actor, url_prefix="/two", name="second")
    client = app.test_client()
    form = client.get("/one/-/new").get_data(as_text=True)
    token = form.split('name="kb_csrf" value="')[1].split('"')[0]

    client.post("/one/-/new", data={"kb_csrf": token, "title": "Hello", "text": "world", "action": "save"})

    assert client.get("/one/hello").status_code == 200
    assert client.get("/two/hello").status_code == 404
    with pytest.raises(ValueError, match="name="):
        KBWiki(app, actor=lambda: actor, url_prefix="/three")
    close(app)


def test_the_hosts_base_template_frames_the_pages(tmp_path: Path) -> None:
    app = host(
        tmp_path, KBWIKI_BASE_TEMPLATE="site.html", KBWIKI_CONTENT_BLOCK="body_text", KBWIKI_HEAD_BLOCK="meta"
    )
    base = (
        "<html><head>{% block meta %}{% endblock %}</head><body><h1>{{ site }}</h1>{{ form is defined }}"
        "{% block body_text %}{% endblock %}</body></html>"
    )
    app.jinja_loader = DictLoader({"site.html": base})  # type: ignore[assignment]
    app.context_processor(lambda: {"site": "Our site"})
    KBWiki(app, actor=lambda: Actor("ann", "Ann"))

    page = app.test_client().get("/wiki/-/tree").get_data(as_text=True)

    assert page.startswith("<html><head>")
    assert "Our site" in page
    assert "False" in page
    assert page.index("kb.css") < page.index("Our site") < page.index("All pages")
    close(app)


def test_mounting_leaves_the_host_as_it_was(tmp_path: Path) -> None:
    app = host(tmp_path)
    app.add_url_rule("/", "front", lambda: render_template_string("hello"))
    before = _visible(app)

    KBWiki(app)

    after = _visible(app)
    assert {key: after[key] for key in before} == before
    assert app.test_client().get("/").get_data(as_text=True) == "hello"
    assert not (tmp_path / "instance").exists()
    close(app)


def _visible(app: Flask) -> dict[str, object]:
    return {
        "config": dict(app.config),
        "globals": dict(app.jinja_env.globals),
        "filters": dict(app.jinja_env.filters),
        "tests": dict(app.jinja_env.tests),
        "before": dict(app.before_request_funcs),
        "after": dict(app.after_request_funcs),
        "teardown": dict(app.teardown_request_funcs),
        "errors": {key: dict(value) for key, value in app.error_handler_spec.items()},
        # Flask itself gives every blueprint a place of its own here.
        "processors": {key: value for key, value in app.template_context_processors.items() if key != "kbwiki"},
    }


def test_a_wrong_setting_is_named_at_start(tmp_path: Path) -> None:
    app = host(tmp_path, KBWIKI_READERS="everyone")

    with pytest.raises(Invalid, match="KBWIKI_READERS"):
        KBWiki(app)


def test_the_wiki_may_live_at_the_root_and_deep(tmp_path: Path) -> None:
    for prefix, address in (("/", "/-/tree"), ("/a/b/", "/a/b/-/tree")):
        app = Flask("host", instance_path=str(tmp_path / prefix.strip("/") / "instance"))
        app.secret_key = "test"
        KBWiki(app, url_prefix=prefix)
        page = app.test_client().get(address)
        assert page.status_code == 200
        assert f'href="{address[: -len("tree")]}recent"' in page.get_data(as_text=True)
        close(app)
