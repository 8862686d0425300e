"""Engines as the tests of all of them open them, in this process and in others."""

from __future__ import annotations

from pathlib import Path

from kbwiki.database import Database
from kbwiki.search.engines import Place
from kbwiki.search.engines import open_engine as open_by_name
from kbwiki.search.engines.protocol import Engine

IN_FOLDERS = ("whoosh", "fts5")


def open_engine(name: str, folder: Path, url: str = "sqlite://") -> Engine:
    """The engine of this name with its index in the folder or, if it keeps it there, in the database."""
    engine = open_by_name(name, Place(folder, Database(url, lock_timeout=30.0), lambda: 1))
    assert engine is not None
    return engine
