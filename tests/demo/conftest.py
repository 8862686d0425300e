"""The demo for tests: filled once for the run, copied for every test that asks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kbwiki.demo import create_app
from kbwiki.demo.seeding import fill_once


class Visitor:
    """Somebody at a browser: follows links, fills in the forms that the pages show, and nothing else."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def read(self, address: str) -> str:
        """The page at an address, wherever it leads."""
        response = self.client.get(address, follow_redirects=True)
        assert response.status_code == 200, (address, response.status)
        return response.get_data(as_text=True)

    def post(self, address: str, **fields: str) -> TestResponse:
        """Send a form with the token that the sign-in page's own form carries."""
        return self.client.post(address, data={**self.token(), **fields})

    def token(self) -> dict[str, str]:
        """The hidden field with which the host's forms prove where they come from."""
        page = self.client.get("/sign-in").get_data(as_text=True)
        found = re.search(r'name="csrf_token" value="([^"]*)"', page)
        return {"csrf_token": unescape(found[1])} if found else {}

    def sign_in(self, person: str) -> Visitor:
        """Press somebody's card."""
        assert self.post("/sign-in", person=person).status_code == 303
        return self


@pytest.fixture(scope="session")
def filled_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder as the first start leaves it. Not to be written to: take `instance`."""
    folder = tmp_path_factory.mktemp("demo")
    fill_once(folder)
    return folder


@pytest.fixture
def instance(filled_instance: Path, tmp_path: Path) -> Path:
    """An instance folder as the first start leaves it, the test's own."""
    return Path(shutil.copytree(filled_instance, tmp_path / "instance"))


@pytest.fixture
def app(instance: Path) -> Iterator[Flask]:
    """The intranet in the test's own folder."""
    app = create_app(instance)
    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A visitor who has not signed in."""
    return Visitor(app.test_client())
