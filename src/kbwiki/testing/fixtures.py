"""Fixtures for plugins and hosts: `pytest_plugins = ["kbwiki.testing.fixtures"]` in a conftest.py.

Only this module needs pytest. Every test has a wiki of its own, in an SQLite file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from shutil import copyfile
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ..actors import Actor
from ..hooks.loading import Wanted
from ..moderation.queries.review import ReviewView
from ..pages.actions import Saved
from ..web import KBWiki
from ..wiki import Wiki
from . import MODERATOR, WRITER, TickingClock, look, open_reviews, save

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """Somebody with a browser: reads forms before it sends them, so that their hidden inputs come along.

    `actor` is who it is: a writer, unless told otherwise.
    """

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.actor: Actor = WRITER

    def get(self, address: str) -> TestResponse:
        """Open an address; redirects are followed."""
        return self.client.get(address, follow_redirects=True)

    def post(self, address: str, form: str = "", **fields: str) -> TestResponse:
        """Send the form that is at the address `form` (the same, unless it is named); redirects are followed."""
        page = self.client.get(form or address, follow_redirects=True).text
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
        return self.client.post(address, data={**hidden, **fields}, follow_redirects=True)

    @contextmanager
    def as_actor(self, actor: Actor) -> Iterator[Browser]:
        """Be somebody else within the block."""
        before, self.actor = self.actor, actor
        try:
            yield self
        finally:
            self.actor = before


class MakePage(Protocol):
    """Saves a page."""

    def __call__(self, path: str = "home", text: str = "Some words.\n", **more: Any) -> Saved:
        """Save it; `more` is what `kbwiki.testing.save` takes."""


class MakeReview(Protocol):
    """Saves a page, and gives back its open review."""

    def __call__(self, path: str = "home", text: str = "Some words.\n", **more: Any) -> ReviewView:
        """Save it; `more` is what `kbwiki.testing.save` takes."""


@pytest.fixture
def kbwiki_plugins() -> tuple[Wanted, ...]:
    """The plugins of the wiki: override this one, to give back yours."""
    return ()


@pytest.fixture
def kbwiki_settings() -> dict[str, Any]:
    """Settings of the app: override this one, to set `KBWIKI_…` keys."""
    return {}


@pytest.fixture(scope="session")
def kbwiki_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with kbwiki's tables and nothing in them: made once, copied for each test."""
    file = tmp_path_factory.mktemp("kbwiki") / "kbwiki.db"
    made = Wiki(f"sqlite:///{file}")
    made.upgrade()
    made.close()
    return file


@pytest.fixture
def app(
    tmp_path: Path,
    kbwiki_database: Path,
    kbwiki_plugins: tuple[Wanted, ...],
    kbwiki_settings: dict[str, Any],
) -> Iterator[Flask]:
    """An app with a wiki at /wiki, ready to be asked; it knows the `client` and nobody else."""
    copyfile(kbwiki_database, tmp_path / "kbwiki.db")
    made = Flask("host", instance_path=str(tmp_path / "instance"))
    usual = {"TESTING": True, "KBWIKI_FOLDER": str(tmp_path), "KBWIKI_HOOK_SECONDS": 5.0}
    made.config.update({**usual, **kbwiki_settings})
    made.secret_key = "tests"  # noqa: S105 - it keeps nothing
    browser = made.extensions["kbwiki.testing"] = Browser(made.test_client())
    mounted = KBWiki(made, actor=lambda: browser.actor, plugins=kbwiki_plugins)
    found = made.extensions["kbwiki"][mounted.name]
    found.wiki.clock = TickingClock()
    found.make_ready()
    yield made
    found.wiki.close()


@pytest.fixture
def wiki(app: Flask) -> Wiki:
    """The wiki in the app."""
    found: Wiki = app.extensions["kbwiki"]["main"].wiki
    return found


@pytest.fixture
def client(app: Flask) -> Browser:
    """Somebody who uses the app: a writer."""
    found: Browser = app.extensions["kbwiki.testing"]
    return found


@pytest.fixture
def as_moderator(client: Browser) -> Browser:
    """The same, as a moderator."""
    client.actor = MODERATOR
    return client


@pytest.fixture
def make_page(wiki: Wiki) -> MakePage:
    """A function that saves a page."""

    def make(path: str = "home", text: str = "Some words.\n", **more: Any) -> Saved:
        return save(wiki, path, text, **more)

    return make


@pytest.fixture
def make_review(wiki: Wiki) -> MakeReview:
    """A function that saves a page, and gives back what a moderator sees of its review."""

    def make(path: str = "home", text: str = "Some words.\n", **more: Any) -> ReviewView:
        saved = save(wiki, path, text, **more)
        line = next(one for one in open_reviews(wiki) if one.path == saved.path)
        return look(wiki, line.id)

    return make
