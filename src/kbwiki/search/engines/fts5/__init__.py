"""An engine on SQLite's full-text index, FTS5, which comes with Python: a database file of its own in a folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from ....errors import Invalid
from ....wording import kb_t
from ..protocol import Engine
from .index import Fts5Index

if TYPE_CHECKING:
    from .. import Place

FOLDER = "fts5"


def open_engine(place: Place) -> Engine | None:
    """The index in a folder within the place's. Errors: Invalid where SQLite lacks FTS5, saying what to do."""
    if place.folder is None:
        return None
    if not has_fts5():
        raise Invalid(
            "search_engine",
            kb_t(
                "The SQLite {sqlite_version} of this Python was built without FTS5. Install a Python whose "
                "SQLite has it (those of python.org and of Debian do), or choose another [search] engine, for "
                'example "whoosh".',
                sqlite_version=sqlite3.sqlite_version,
            ),
        )
    return Fts5Index(place.folder / FOLDER, place.making)


def has_fts5() -> bool:
    """Whether the SQLite that Python brings can keep this index."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
        except sqlite3.OperationalError:
            return False
    return True
