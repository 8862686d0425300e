"""Four hosts of different make: their own tests pass unchanged with a wiki in them, and the wiki works in each."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kbwiki import Actor, Wiki
from tests.embedding.hosts import login_sqlalchemy, proxy_tenants, security_uuid, session_only

HOSTS = (session_only, login_sqlalchemy, security_uuid, proxy_tenants)
pytestmark = pytest.mark.filterwarnings("ignore:'get_engine' is deprecated")  # by Flask-Migrate
OWN_TESTS = [
    pytest.param(host, name, id=f"{host.__name__.rpartition('.')[2]}-{name}")
    for host in HOSTS
    for name, _ in inspect.getmembers(host.Suite, inspect.isfunction)
    if name.startswith("test_")
]
each_host = pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.__name__.rpartition(".")[2])


@pytest.fixture(autouse=True)
def _loggers() -> Iterator[None]:
    """Alembic's ini file, as Flask-Migrate makes one, switches off every logger it does not name."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for one in list(logging.root.manager.loggerDict.values()):
        if isinstance(one, logging.Logger):
            one.disabled = False


def close(app: Flask) -> None:
    for mount in app.extensions.get("kbwiki", {}).values():
        if mount.tenants is not None:
            mount.tenants.close()
        mount.wiki.close()
    if "sqlalchemy" in app.extensions:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("mounted", [False, True], ids=["before", "with-a-wiki"])
@pytest.mark.parametrize(("host", "name"), OWN_TESTS)
def test_the_hosts_own_tests_pass_unchanged(host: Any, name: str, mounted: bool, tmp_path: Path) -> None:
    app = host.make_app(tmp_path)
    if mounted:
        host.mount(app)

    getattr(host.Suite(), name)(app)

    close(app)


class Person:
    """Somebody at a browser, signed in by the host's own means, who fills in forms as they are shown."""

    def __init__(self, host: ModuleType, app: Flask, who: str | None) -> None:
        self.client: FlaskClient = app.test_client()
        self.prefix: str = host.PREFIX
        self.with_it: dict[str, Any] = host.sign_in(self.client, who) if who else {}

    def get(self, address: str) -> TestResponse:
        """Open an address of the wiki."""
        return self.client.get(self.prefix + address, **self.with_it)

    def post(self, address: str, form: str | None = None, **fields: str) -> TestResponse:
        """Fill in the form at an address of the wiki (default: where it is sent to)."""
        page = self.get(form or address).text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        told = {name: unescape(value) for name, value in hidden}
        return self.client.post(self.prefix + address, data={**told, **fields}, **self.with_it)


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[Any], Flask]]:
    """Makes a host with a wiki in it."""
    made: list[Flask] = []

    def make(host: Any) -> Flask:
        app: Flask = host.make_app(tmp_path)
        host.mount(app)
        for mount in app.extensions["kbwiki"].values():
            mount.make_ready()
            if not mount.is_embedded:
                mount.wiki.upgrade()
        made.append(app)
        return app

    yield make
    for app in made:
        close(app)


def wiki_of(app: Flask) -> Wiki:
    """The wiki that the people of these tests are at."""
    mount = next(iter(app.extensions["kbwiki"].values()))
    found: Wiki = mount.wiki if mount.tenants is None else mount.tenants.of("acme")
    return found


@each_host
def test_people_sign_in_write_and_review_through_each_host(host: Any, mounted: Any) -> None:
    app = mounted(host)
    ann, mona = Person(host, app, "ann"), Person(host, app, "mona")

    saved = ann.post("/-/new", title="Hello", text="First **words**.", action="save")
    again = ann.post("/-/edit/hello", text="Other **words**.", action="save")
    seen = mona.get("/-/reviews").text
    (review,) = set(re.findall(rf'href="{host.PREFIX}/-/reviews/(\d+)', seen))
    decided = mona.post(f"/-/reviews/{review}/decide", f"/-/reviews/{review}", verdict="approve")

    assert (saved.status_code, again.status_code, decided.status_code) == (303, 303, 303)
    page = ann.get("/hello")
    assert "Other <strong>words</strong>." in page.text
    assert "Looked at by moderators" in page.text
    assert ann.get("/-/reviews").status_code == 403
    assert wiki_of(app).verify().intact


@each_host
def test_a_stranger_reads_or_is_shown_in_and_writes_nothing(host: Any, mounted: Any) -> None:
    app = mounted(host)
    stranger = Person(host, app, None)

    answers = [stranger.get("/"), stranger.post("/-/new", title="Hello", text="words", action="save")]

    assert answers[1].status_code in (302, 400, 403)
    with wiki_of(app).read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kbwiki_page").scalar() == 0


@each_host
def test_every_form_is_refused_when_it_comes_from_elsewhere(host: Any, mounted: Any) -> None:
    app = mounted(host)
    ann = Person(host, app, "ann")

    blunt = ann.client.post(f"{host.PREFIX}/-/new", data={"title": "Hello", "text": "words"}, **ann.with_it)
    page = ann.get("/-/new").text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    told = {name: unescape(value) for name, value in hidden} | {"title": "Hello", "text": "words", "action": "save"}
    told.pop("kb_csrf")
    half = ann.client.post(f"{host.PREFIX}/-/new", data=told, **ann.with_it)

    assert (blunt.status_code in (400, 403), half.status_code) == (True, 400)


def test_ids_are_primary_keys_and_the_datastore_knows_everybody(mounted: Any) -> None:
    app = mounted(security_uuid)
    ann = Person(security_uuid, app, "ann")
    ann.post("/-/new", title="Hello", text="words", action="save")
    identity = app.extensions["kbwiki"]["main"].identity

    with app.test_request_context():
        user = app.extensions["clinic"].find_user(email="ann@clinic.example")
        found = identity.find(str(user.id))
        assert found == Actor(user.id, "ann", frozenset({"staff"}))
        assert [one.name for one in identity.members("moderators")] == ["mona"]
        assert list(identity.members("nobody")) == []
        assert [one.name for one in identity.search("ro")] == ["root"]
        assert identity.find(str(user.fs_uniquifier)) is None
        assert identity.sign_in("/kb/hello") == "/login?next=/kb/hello"
    with wiki_of(app).read() as connection:
        told = connection.exec_driver_sql("SELECT external_id, name FROM kbwiki_actor").all()
    assert (found.id, "ann") in told


def test_a_tenant_knows_nothing_of_the_other(mounted: Any) -> None:
    app = mounted(proxy_tenants)
    ann, eve = Person(proxy_tenants, app, "ann"), Person(proxy_tenants, app, "eve")
    ann.post("/-/new", title="Hello", text="words", action="save")

    assert eve.get("/hello").status_code == 403
    assert app.test_client().get("/bolt/kb/hello", **eve.with_it).status_code == 404
    forged = {**ann.with_it, "environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}
    assert app.test_client().get("/acme/kb/hello", **forged).status_code == 404


def test_every_script_and_stylesheet_has_the_nonce_of_its_answer(mounted: Any) -> None:
    app = mounted(login_sqlalchemy)
    ann = Person(login_sqlalchemy, app, "ann")
    ann.post("/-/new", title="Hello", text="words", action="save")

    nonces = set()
    for address in ("/hello", "/hello", "/-/new", "/-/nowhere"):
        answer = ann.get(address)
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"]))
        assets = re.findall(r"<(?:script|link rel=\"stylesheet\")[^>]*>", answer.text)
        assert len(assets) >= 3
        assert [one for one in assets if f'nonce="{nonce}"' not in one] == []
        nonces.add(nonce)

    assert len(nonces) == 4
