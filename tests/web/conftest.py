"""A host app with a wiki in it, on both databases, and a client who can be anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.hooks import Plugin
from kbwiki.testing import WRITER


class Visitor:
    """A client that reads forms before it sends them, as a browser does. `actor` is who it is."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.actor: Actor = WRITER

    def get(self, address: str) -> TestResponse:
        """Open an address; redirects are followed."""
        return self.client.get(address, follow_redirects=True)

    def text(self, address: str) -> str:
        """What an address answers, as text; it must answer 200."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status)
        return response.get_data(as_text=True)

    def post(self, address: str, *, form: str | None = None, **fields: str) -> TestResponse:
        """Fill in the form at `form` (default: the address itself) and send it."""
        page = self.client.get(form or address).get_data(as_text=True)
        hidden = {
            name: unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        }
        return self.client.post(address, data={**hidden, **fields})


def host(database: str, folder: Path, *plugins: type[Plugin]) -> Flask:
    """A host with a wiki at /wiki, for whom `come` names."""
    app = Flask("host", instance_path=str(folder))
    app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=database, TESTING=True)
    app.config["visitor"] = None
    app.config["KBWIKI_HOOK_SECONDS"] = 5.0  # a machine with other tests on it may be slow
    who = lambda: app.config["visitor"].actor if app.config["visitor"] else ANONYMOUS  # noqa: E731
    KBWiki(app, actor=who, plugins=plugins)
    return app


def come(app: Flask) -> Visitor:
    """A writer, until told otherwise."""
    visitor = Visitor(app.test_client())
    app.config["visitor"] = visitor
    return visitor


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A host with a wiki at /wiki."""
    app = host(database_url, tmp_path / "instance")
    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


@pytest.fixture
def wiki(app: Flask) -> Wiki:
    """The wiki in the host."""
    found: Wiki = app.extensions["kbwiki"]["main"].wiki
    return found


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A writer, until told otherwise."""
    return come(app)
