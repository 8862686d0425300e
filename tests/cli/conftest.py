"""A host as its command line sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kbwiki import KBWiki, Wiki
from tests.databases import SqliteTemplate


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = Flask("host", instance_path=str(tmp_path / "instance"))
    app.secret_key = "test"
    KBWiki(app)
    yield app
    app.extensions["kbwiki"]["main"].wiki.close()


@pytest.fixture
def wiki(app: Flask, _sqlite_template: SqliteTemplate) -> Wiki:
    folder = Path(app.instance_path)
    folder.mkdir(exist_ok=True)
    _sqlite_template.copy_to(folder / "kbwiki.db")  # where the wiki would make it
    mount = app.extensions["kbwiki"]["main"]
    mount.make_ready()
    found: Wiki = mount.wiki
    return found
