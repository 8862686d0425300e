"""Who is there: each adapter, ids of every type, the host's names of groups, and whom not to believe."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask_login import LoginManager
from flask_principal import Identity as PrincipalIdentity
from flask_principal import RoleNeed
from werkzeug.middleware.proxy_fix import ProxyFix

from kbwiki import (
    ANONYMOUS,
    Actor,
    Identity,
    KBWiki,
    principal_actor,
    proxy_header_actor,
    remote_user_actor,
)
from kbwiki.actors import external_id
from kbwiki.errors import Invalid

ANN = Actor("ann", "Ann", frozenset({"staff"}))


class People(Identity):
    """A host that knows everything about its people."""

    def current(self) -> Actor:
        return ANN

    def find(self, id: str) -> Actor | None:
        return ANN if id == "ann" else None

    def members(self, group: str) -> list[Actor]:
        return [ANN] if group == "staff" else []

    def sign_in(self, next_url: str) -> str | None:
        return f"/sign-in?next={next_url}"


@pytest.fixture
def app() -> Flask:
    app = Flask("host")
    app.secret_key = "test"
    return app


def identity(app: Flask, given: Any = None) -> Identity:
    KBWiki(app, actor=given)
    found: Identity = app.extensions["kbwiki"]["main"].identity
    return found


def actor_in(app: Flask, who: Callable[[], Actor], **environ: Any) -> Actor:
    headers = environ.pop("headers", {})
    with app.test_request_context("/wiki/", environ_overrides=environ, headers=headers):
        return who()


@pytest.mark.parametrize(
    ("id", "said"),
    [
        ("ann", "ann"),
        (0, "0"),
        (17, "17"),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (b"\x01\xff", "01ff"),
        ((3, "x"), "3/x"),
        (("a/b", "c"), "a%2Fb/c"),
        (("a", "b/c"), "a/b%2Fc"),
        ((7,), "7"),
        (None, ""),
    ],
)
def test_an_id_may_be_of_any_type_and_no_two_are_one(id: Any, said: str) -> None:
    assert Actor(id, "Ann").id == said
    assert Actor(id, "Ann").is_anonymous == (id is None)


@pytest.mark.parametrize("id", [1.5, True, {"a": 1}, "x" * 256, "a\0b"])
def test_what_cannot_be_kept_for_ever_is_no_id(id: Any) -> None:
    with pytest.raises(ValueError, match="id"):
        external_id(id)


def test_a_plain_function_keeps_working_and_none_is_nobody(app: Flask) -> None:
    there: list[Actor | None] = [ANN, None]
    found = identity(app, lambda: there.pop(0))

    assert found.current() is ANN
    assert found.current() is ANONYMOUS
    assert (found.find("ann"), found.members("staff"), found.search("a"), found.sign_in("/")) == (None,) * 4


def test_an_object_with_current_is_enough_and_the_rest_is_taken_where_it_is_there(app: Flask) -> None:
    found = identity(app, SimpleNamespace(current=lambda: ANN, members=lambda group: [ANN]))

    assert found.current() is ANN
    assert list(found.members("any") or ()) == [ANN]
    assert found.find("ann") is None


def test_anything_else_is_refused_at_start(app: Flask) -> None:
    with pytest.raises(TypeError, match="current"):
        KBWiki(app, actor=17)  # type: ignore[arg-type]


def test_the_hosts_names_of_groups_become_ours_and_back(app: Flask) -> None:
    app.config["KBWIKI_GROUP_NAMES"] = {"staff": ["people", "lab"], "root": "admins", "admins": None}
    found = identity(app, People())
    plain = Actor("bob", "Bob", frozenset({"admins", "other"}))

    assert found.current().groups == {"people", "lab"}
    assert found._renamed(plain).groups == {"other"}  # type: ignore[attr-defined]
    assert [one.id for one in found.members("lab") or ()] == ["ann"]
    assert list(found.members("admins") or ()) == []
    assert list(found.members("staff") or ()) == []


def test_whoever_may_not_is_sent_to_the_hosts_sign_in_and_back_here(app: Flask) -> None:
    class Strangers(People):
        def current(self) -> Actor:
            return ANONYMOUS

    KBWiki(app, actor=Strangers())

    page = app.test_client().get("/wiki/-/new?path=boots")

    assert page.status_code == 403
    assert 'href="/sign-in?next=/wiki/-/new?path=boots"' in page.text
    asked = "/wiki/what%3F%20100%25/%C3%BC?q=a%26b%23"
    assert f'href="/sign-in?next={asked}"' in app.test_client().get(asked).text
    app.extensions["kbwiki"]["main"].wiki.close()


def test_flask_login_is_found_whichever_comes_first_and_its_login_view_is_offered(app: Flask) -> None:
    found = identity(app)
    manager = LoginManager(app)
    manager.user_loader(lambda user_id: None)
    manager.login_view = "enter"
    app.add_url_rule("/enter", "enter", lambda: "")

    with app.test_request_context("/wiki/"):
        assert found.current() is ANONYMOUS
        assert found.sign_in("/wiki/boots") == "/enter?next=%2Fwiki%2Fboots"
    assert found.label == "Flask-Login"


def test_roles_that_an_identity_provides_are_groups(app: Flask) -> None:
    def current() -> Actor:
        g.identity = PrincipalIdentity(7)
        g.identity.provides |= {RoleNeed("staff"), RoleNeed("lab"), ("method", "read", 3)}
        return principal_actor(name=lambda one: f"Nr. {one.id}").current()

    actor = actor_in(app, current)

    assert actor == Actor("7", "Nr. 7", frozenset({"staff", "lab"}))
    assert actor_in(app, principal_actor().current) is ANONYMOUS


def test_the_web_server_is_believed_and_a_header_of_that_name_is_not(app: Flask) -> None:
    who = remote_user_actor().current

    signed_in = actor_in(app, who, REMOTE_USER="J\u00f6rg".encode().decode("latin-1"), REMOTE_GROUPS="staff, lab")

    assert signed_in == Actor("Jörg", "Jörg", frozenset({"staff", "lab"}))
    assert actor_in(app, who, headers={"Remote-User": "ann", "REMOTE_USER": "ann"}) is ANONYMOUS


HEADERS = {"X-Remote-User": "ann", "X-Remote-Name": "Ann", "X-Remote-Groups": "staff,lab"}


@pytest.mark.parametrize(
    ("peer", "trusted", "believed"),
    [
        ("10.1.2.3", ["10.0.0.0/8"], True),
        ("::ffff:10.1.2.3", ["10.0.0.0/8"], True),
        ("fe80::1%eth0", ["fe80::/10"], True),
        ("192.0.2.1", ["10.0.0.0/8"], False),
        ("", ["10.0.0.0/8"], False),
        ("", ["unix"], True),
        ("nonsense", ["unix", "10.0.0.0/8"], False),
    ],
)
def test_headers_are_believed_from_trusted_peers_only(
    app: Flask, peer: str, trusted: list[str], believed: bool
) -> None:
    who = proxy_header_actor(trusted=trusted).current

    actor = actor_in(app, who, REMOTE_ADDR=peer, headers=HEADERS)

    assert actor == (Actor("ann", "Ann", frozenset({"staff", "lab"})) if believed else ANONYMOUS)


def test_it_is_the_peer_that_counts_and_not_what_it_says_of_somebody_else(app: Flask) -> None:
    adapter = proxy_header_actor(trusted=["10.0.0.1"])
    app.add_url_rule("/", "who", lambda: adapter.current().id or "nobody")
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    client = app.test_client()
    forged = {**HEADERS, "X-Forwarded-For": "10.0.0.1"}

    assert client.get("/", headers=forged, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).text == "nobody"
    through = {**HEADERS, "X-Forwarded-For": "192.0.2.1"}
    assert client.get("/", headers=through, environ_overrides={"REMOTE_ADDR": "10.0.0.1"}).text == "ann"


@pytest.mark.parametrize("said", ["10.0.0.1", '"10.0.0.1"', "192.0.2.9, 10.0.0.1", "10.0.0.1,"])
def test_behind_two_layers_nobody_can_say_that_they_are_the_proxy(app: Flask, said: str) -> None:
    adapter = proxy_header_actor(trusted=["10.0.0.1"])
    app.add_url_rule("/", "who", lambda: adapter.current().id or "nobody")
    app.wsgi_app = ProxyFix(ProxyFix(app.wsgi_app))  # type: ignore[method-assign]
    forged = {**HEADERS, "X-Forwarded-For": said}

    assert app.test_client().get("/", headers=forged, environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).text == "nobody"


def test_a_proxy_can_be_named_in_settings_and_has_to_be_trusted_by_name(app: Flask) -> None:
    app.config["KBWIKI_USER_HEADER"] = "X-Remote-User"
    with pytest.raises(Invalid, match="KBWIKI_TRUSTED_PROXIES"):
        KBWiki(app)
    app.config["KBWIKI_TRUSTED_PROXIES"] = ["ten"]
    with pytest.raises(Invalid, match="ten"):
        KBWiki(app)

    app.config["KBWIKI_TRUSTED_PROXIES"] = ["127.0.0.0/8"]
    found = identity(app)

    assert actor_in(app, found.current, REMOTE_ADDR="127.0.0.1", headers=HEADERS) == Actor("ann", "ann")


@pytest.fixture(autouse=True)
def _instance(tmp_path: Path, app: Flask) -> None:
    app.instance_path = str(tmp_path)
