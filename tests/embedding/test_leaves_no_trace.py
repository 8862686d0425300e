"""P7: what a host app has, it has after `init_app` and a day of requests, and nothing else but what is listed."""

from __future__ import annotations

import decimal
import gc
import locale
import logging
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import pytest
from flask import Flask, render_template_string, session
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.orm import Session

from kbwiki import Actor, KBWiki
from kbwiki.testing import save

ANN = Actor("ann", "Ann", frozenset({"staff", "moderators", "admins"}))
APPS = 80
"""More than any bounded cache is short of after the first four."""
ONCE = {"jinja_loader", "jinja_env", "logger", "name"}
SIGNED = re.compile(r"(?<=\.)[\w-]+\.[\w-]+(?=;)")
"""The time and the signature of Flask's session cookie, which are others each second."""
OURS = ("kbwiki", "kbwiki_second", "kbwiki_tenants")


@dataclass
class Host:
    """An app with its own database, session, templates, handlers and habits."""

    app: Flask
    db: SQLAlchemy
    queries: list[str] = field(default_factory=list)

    def pages(self) -> dict[str, tuple[int, str, list[tuple[str, str]], int]]:
        """Every page of the host as a browser gets it, and how many queries it took."""
        client, found = self.app.test_client(), {}
        for address in ("/", "/products", "/remember", "/nowhere", "/broken"):
            self.queries.clear()
            answer = client.get(address)
            found[address] = (
                answer.status_code,
                answer.get_data(as_text=True),
                sorted((name, SIGNED.sub("", value)) for name, value in answer.headers.items()),
                len(self.queries),
            )  # fmt: skip
        return found


def make_host(folder: Path) -> Host:
    app = Flask("host", instance_path=str(folder))
    app.config.update(SECRET_KEY="test", SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'host.db'}")
    db = SQLAlchemy(app)
    CSRFProtect(app)

    class Product(db.Model):  # type: ignore[name-defined,misc]
        id = db.Column(db.Integer, primary_key=True)

    app.before_request(lambda: None)
    app.after_request(lambda response: response)
    app.teardown_appcontext(lambda error: None)
    app.context_processor(lambda: {"site": "Our site"})
    app.errorhandler(404)(lambda error: ("the host's own 404", 404))
    app.errorhandler(500)(lambda error: ("the host's own 500", 500))
    app.template_filter("shout")(str.upper)
    app.add_url_rule("/", "front", lambda: render_template_string("{{ site|shout }}"))
    app.add_url_rule("/products", "products", lambda: str(db.session.query(Product).count()))
    app.add_url_rule("/remember", "remember", lambda: str(session.setdefault("seen", 1)))
    app.add_url_rule("/broken", "broken", lambda: 1 / 0)
    with app.app_context():
        db.create_all()
        host = Host(app, db)
        event.listen(db.engine, "before_cursor_execute", lambda *said: host.queries.append(said[2]))
    return host


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = make_host(tmp_path)
    yield host
    for mount in host.app.extensions.get("kbwiki", {}).values():
        if mount.tenants is not None:
            mount.tenants.close()
        mount.wiki.close()
    with host.app.app_context():
        host.db.engine.dispose()


def state_of(host: Host) -> dict[str, object]:
    """Everything of an app that others can see, and what Python keeps for all of a process."""
    app, jinja = host.app, host.app.jinja_env
    with app.app_context():
        engine = host.db.engine
    by_scope = (
        "before_request_funcs", "after_request_funcs", "teardown_request_funcs", "template_context_processors",
        "url_value_preprocessors", "url_default_functions",
    )  # fmt: skip
    return {
        "config": dict(app.config),
        # What Flask itself works out once, when it is first asked, is no attribute of ours.
        "attributes": {name for name in vars(app) if not name.startswith("_") and name not in ONCE},
        **{name: {scope: list(functions) for scope, functions in getattr(app, name).items()} for name in by_scope},
        "teardown_appcontext": list(app.teardown_appcontext_funcs),
        "shell": list(app.shell_context_processors),
        "errors": {
            scope: {code: dict(by) for code, by in codes.items()} for scope, codes in app.error_handler_spec.items()
        },
        "jinja": [dict(jinja.globals), dict(jinja.filters), dict(jinja.tests), sorted(jinja.extensions)],
        "jinja options": [jinja.trim_blocks, jinja.lstrip_blocks, jinja.undefined, jinja.policies.copy()],
        "rules": [str(rule) for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in OURS],
        "converters": dict(app.url_map.converters),
        "commands": set(app.cli.commands),
        "blueprints": set(app.blueprints),
        "extensions": set(app.extensions),
        "session": [app.session_interface, app.json, app.wsgi_app, app.test_client_class, app.request_class],
        "limits": [app.config["MAX_CONTENT_LENGTH"], app.config.get("MAX_FORM_MEMORY_SIZE")],
        "app loggers": [list(app.logger.handlers), app.logger.level, app.logger.propagate],
        "loggers": [
            (name, list(one.handlers), one.level, one.propagate, list(one.filters))
            for name in ("", "werkzeug", "sqlalchemy", "alembic", "flask", "kbwiki")
            for one in [logging.getLogger(name or None)]
        ],
        "listeners": {
            name: len(list(getattr(target.dispatch, name)))
            for target, names in (
                (engine, ("begin", "commit", "rollback", "before_cursor_execute", "after_cursor_execute")),
                (engine.pool, ("connect", "checkout", "checkin")),
                (Session(), ("after_commit", "after_transaction_end", "before_flush")),
            )
            for name in names
        },
        "tables": {bind: sorted(metadata.tables) for bind, metadata in host.db.metadatas.items()},
        "signals": {
            name: sum(1 for _ in getattr(flask, name).receivers_for(app))
            for name in dir(flask) if name.startswith(("request_", "template_", "appcontext_", "got_", "message_"))
        },
        "decimal": repr(decimal.getcontext()),
        "locale": locale.setlocale(locale.LC_ALL),
        "warnings": list(warnings.filters),
        "recursion": sys.getrecursionlimit(),
        "hooks": [sys.excepthook, sys.unraisablehook, sys.displayhook],
    }  # fmt: skip


def test_init_app_adds_exactly_what_is_listed_here(host: Host, tmp_path: Path) -> None:
    before = state_of(host)

    KBWiki(host.app, actor=lambda: ANN)
    added = difference(before, state_of(host))

    assert added == {
        "blueprints": {"kbwiki"},
        "commands": {"kbwiki"},
        "extensions": {"kbwiki"},
        "signals": {"request_started": 1},
    }
    (tmp_path / "twin").mkdir()
    assert host.pages() == make_host(tmp_path / "twin").pages()


def test_after_a_day_of_requests_the_host_is_as_it_was(host: Host) -> None:
    KBWiki(host.app, actor=lambda: ANN)
    KBWiki(host.app, actor=lambda: ANN, name="second", url_prefix="/second")
    KBWiki(host.app, actor=lambda: ANN, name="tenants", url_prefix="/<org>/kb", tenant=lambda org: org)
    pages, before = host.pages(), state_of(host)

    a_day(host)

    after = difference(before, state_of(host))
    # Flask makes a place for the functions of a scope when it first looks for them.
    assert {name: value for name, value in after.items() if any(value)} == {}
    assert host.pages() == pages


def test_our_answers_set_no_cookie_and_show_no_header_of_ours(host: Host) -> None:
    KBWiki(host.app, actor=lambda: ANN)

    answer = host.app.test_client().get("/wiki/-/tree")

    known = {"content-type", "content-length", "cache-control", "x-content-type-options", "vary"}
    assert {name.lower() for name, _ in answer.headers} <= known


def test_many_apps_in_a_process_leave_nothing_behind(tmp_path: Path) -> None:
    def make_and_use(number: int) -> None:
        app = Flask("host", instance_path=str(tmp_path / str(number % 4)))
        app.config["SECRET_KEY"] = "test"
        KBWiki(app, url_prefix="/one", actor=lambda: ANN)
        if number % 40 == 0:
            for name in ("second", "third"):
                KBWiki(app, name=name, url_prefix=f"/{name}", actor=lambda: ANN)
            assert app.test_client().get("/one/-/tree").status_code == 200
        for mount in app.extensions["kbwiki"].values():
            mount.wiki.close()

    for number in range(4):
        make_and_use(number * 40)
    before = living()
    for number in range(APPS):
        make_and_use(number)
    grown = living() - before

    # Fewer than one of a kind for each app; what is bounded (compiled statements, caches) may still fill up a little.
    assert {kind: count for kind, count in grown.items() if count >= APPS} == {}


def living() -> Counter[str]:
    """The objects that are reachable, by type."""
    for _ in range(3):
        gc.collect()
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def a_day(host: Host) -> None:
    """Reading, writing, refusals, searches and reviews, in all three wikis."""
    client = host.app.test_client()
    for prefix in ("/wiki", "/second", "/acme/kb"):
        assert client.get(f"{prefix}/-/tree").status_code == 200
        form = client.get(f"{prefix}/-/new").get_data(as_text=True)
        hidden = {name: field_of(form, name) for name in ("kb_csrf", "csrf_token")}
        fields = {**hidden, "title": "Day", "text": "All day long.", "action": "save"}
        assert client.post(f"{prefix}/-/new", data=fields).status_code == 303
        assert client.post(f"{prefix}/-/new", data={**fields, "kb_csrf": "no"}).status_code == 400
        for address in ("/day", "/-/search?q=day", "/-/reviews", "/-/nothing", "/nothing", "/-/opensearch.xml"):
            assert client.get(prefix + address).status_code in (200, 404)
    with host.app.app_context():
        save(host.app.extensions["kbwiki"]["main"].wiki, "evening", "Good night.\n", by=ANN)
    host.app.test_cli_runner().invoke(args=["kbwiki", "check"])


def field_of(form: str, name: str) -> str:
    return form.split(f'name="{name}" value="')[1].split('"')[0]


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is new or other, by name; the mere places that Flask gives to a blueprint's functions are left out."""
    found: dict[str, Any] = {}
    for name, was in before.items():
        now = after[name]
        if isinstance(was, dict):
            changed = {key: value for key, value in now.items() if was.get(key) != value and value not in ([], {})}
            if name in ("listeners", "signals"):
                changed = {key: value - was[key] for key, value in changed.items()}
            elif name == "template_context_processors":
                changed = {key: value for key, value in changed.items() if key not in OURS}
            gone = was.keys() - now.keys()
            if changed or gone:
                found[name] = changed | dict.fromkeys(gone, "gone")
        elif now != was:
            found[name] = now - was if isinstance(was, set) else (was, now)
    return found
