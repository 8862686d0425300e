"""A host app with a wiki in it, and a client who can be anybody."""

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


ON_BOTH = {"test_writing", "test_reviewing", "test_queue", "test_batches", "test_numbers", "test_record"}
"""Modules whose tests run on PostgreSQL, too. Every other screen is read there once (`READ_ON_BOTH`)."""
READ_ON_BOTH = "test_reading_answers_and_changes_nothing"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the databases: what screens ask is tried on both where it is written, so not every screen has to be."""
    if "database_url" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        both = module in ON_BOTH or metafunc.function.__name__ == READ_ON_BOTH
        metafunc.parametrize("database_url", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database without a page in it; see above for its kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


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
