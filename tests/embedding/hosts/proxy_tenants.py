"""A host behind a proxy that signs people in, with a wiki for each of its tenants, which live below their own path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask, abort, jsonify, request
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix

from kbwiki import Actor, Identity, KBWiki, proxy_header_actor

TENANTS = ("acme", "bolt")
PREFIX = "/acme/kb"
PROXY = "10.1.0.5"
PEOPLE = {"ann": "acme", "mona": "acme,acme-stewards", "root": "acme,it", "eve": "bolt"}


def make_app(folder: Path) -> Flask:
    """The host as it is."""
    app = Flask("suite", instance_path=str(folder / "instance"))
    app.config.update(SECRET_KEY="suite", TESTING=True)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)  # type: ignore[method-assign]

    @app.before_request
    def only_members() -> None:
        tenant = request.path.split("/")[1]
        if tenant in TENANTS and tenant not in request.headers.get("X-Remote-Groups", "").split(","):
            abort(403)

    @app.get("/<tenant>/orders")
    def orders(tenant: str) -> Any:
        return jsonify(tenant=tenant, who=request.headers["X-Remote-User"], url=request.url_root)

    app.register_error_handler(403, lambda error: (jsonify(error="not your tenant"), 403))
    app.register_error_handler(404, lambda error: (jsonify(error="no such thing"), 404))
    return app


class Members(Identity):
    """Whoever the proxy signed in; what they are is said for the tenant whose address they are at."""

    def __init__(self) -> None:
        self._in_front = proxy_header_actor(trusted=[PROXY])

    def current(self) -> Actor:
        """Members read and write; stewards and the one IT department are told apart by the names of their groups."""
        actor = self._in_front.current()
        tenant = request.path.split("/")[1]
        ours = {tenant: "members", f"{tenant}-stewards": "moderators", "it": "admins"}
        return replace(actor, groups=frozenset(ours[one] for one in actor.groups if one in ours))


def mount(app: Flask) -> None:
    """The lines that put a wiki in for each tenant."""
    app.config.update(KBWIKI_READERS=["members"], KBWIKI_WRITERS=["members"])
    KBWiki(app, url_prefix="/<tenant>/kb", tenant=lambda tenant: tenant if tenant in TENANTS else None, actor=Members())


def sign_in(client: FlaskClient, who: str) -> dict[str, Any]:
    """What the proxy puts into every request of somebody."""
    headers = {"X-Remote-User": who, "X-Remote-Groups": PEOPLE[who], "X-Forwarded-For": "192.0.2.7"}
    return {"headers": headers, "environ_overrides": {"REMOTE_ADDR": PROXY}}


class Suite:
    """The host's own tests."""

    def test_members_see_their_orders(self, app: Flask) -> None:
        client = app.test_client()
        told = client.get("/acme/orders", **sign_in(client, "ann")).json
        assert told == {"tenant": "acme", "who": "ann", "url": "http://localhost/"}

    def test_nobody_sees_those_of_others(self, app: Flask) -> None:
        client = app.test_client()
        answer = client.get("/acme/orders", **sign_in(client, "eve"))
        assert (answer.status_code, answer.json) == (403, {"error": "not your tenant"})

    def test_what_is_not_there_is_json(self, app: Flask) -> None:
        client = app.test_client()
        answer = client.get("/acme/nowhere", **sign_in(client, "ann"))
        assert (answer.status_code, answer.json) == (404, {"error": "no such thing"})

    def test_no_answer_sets_a_cookie(self, app: Flask) -> None:
        client = app.test_client()
        assert "Set-Cookie" not in client.get("/acme/orders", **sign_in(client, "ann")).headers
