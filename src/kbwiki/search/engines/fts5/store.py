"""The database file: its tables, how connections are opened and lent, how pages go in and out."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from ....wording import kb_t
from ...documents import Document
from ..protocol import IndexUnusable
from .columns import COLUMNS, TOKENIZER, Filed, filed, unpacked

FORMAT = 1
PATIENCE = 30.0
"""Seconds to wait for another process that opens or recovers the file."""

_MOST_IDLE = 8
_USUAL_HASH = 1 << 20
_REBUILDING_HASH = 1 << 25
"""Bytes of postings that FTS5 gathers in memory before it writes them."""

_COLUMN_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" * len(COLUMNS))
_PUT = f"INSERT INTO words (rowid, {_COLUMN_NAMES}) VALUES (?, {_MARKS})"  # noqa: S608 -- our own names
_TAKE_OUT = f"INSERT INTO words (words, rowid, {_COLUMN_NAMES}) VALUES ('delete', ?, {_MARKS})"  # noqa: S608
_TABLES = (
    "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), format INTEGER NOT NULL, analysis TEXT NOT NULL, "
    "position INTEGER NOT NULL)",
    "CREATE TABLE document (id INTEGER PRIMARY KEY, page INTEGER NOT NULL UNIQUE, space INTEGER NOT NULL)",
    # Apart from the numbers, which every query reads.
    "CREATE TABLE kept (id INTEGER PRIMARY KEY, filed BLOB NOT NULL)",
    f"CREATE VIRTUAL TABLE words USING fts5({_COLUMN_NAMES}, content = '', tokenize = \"{TOKENIZER}\")",
)


def connected(path: Path, fingerprint: str) -> sqlite3.Connection:
    """A connection to a file that is there. Errors: sqlite3.Error; IndexUnusable when it was made otherwise."""
    connection = _opened(f"{path.absolute().as_uri()}?mode=rw")
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cell_size_check = ON")
        made = connection.execute("SELECT format, analysis FROM state").fetchone()
        if made != (FORMAT, fingerprint):
            raise IndexUnusable(kb_t("the index was made by another version, or for other languages or weights"))
    except BaseException:
        connection.close()
        raise
    return connection


def created(path: Path, position: int, fingerprint: str) -> sqlite3.Connection:
    """A connection to a new file, which nobody else knows of; `completed` makes it durable."""
    connection = _opened(f"{path.absolute().as_uri()}?mode=rwc")
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN")
    for table in _TABLES:
        connection.execute(table)
    connection.execute("INSERT INTO state VALUES (1, ?, ?, ?)", (FORMAT, fingerprint, position))
    connection.execute("INSERT INTO words(words, rank) VALUES ('hashsize', ?)", (_REBUILDING_HASH,))
    return connection


def completed(connection: sqlite3.Connection) -> None:
    """Ends what `created` began, and closes."""
    connection.execute("INSERT INTO words(words, rank) VALUES ('hashsize', ?)", (_USUAL_HASH,))
    connection.execute("COMMIT")
    connection.execute("PRAGMA locking_mode = NORMAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _opened(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def put(connection: sqlite3.Connection, documents: Iterable[Document]) -> None:
    """Adds the documents, each in the place of what was there of its page."""
    for document in documents:
        take_out(connection, [document.id])
        page = filed(document)
        number = connection.execute(
            "INSERT INTO document (page, space) VALUES (?, ?)", (document.id, document.space)
        ).lastrowid
        connection.execute("INSERT INTO kept VALUES (?, ?)", (number, page.packed()))
        connection.execute(_PUT, (number, *page.columns))


def take_out(connection: sqlite3.Connection, pages: Iterable[int]) -> None:
    """Takes out what there is of the pages."""
    for page in pages:
        row = connection.execute("SELECT id FROM document WHERE page = ?", (page,)).fetchone()
        if row is None:
            continue
        connection.execute(_TAKE_OUT, (row[0], *filed_as(connection, row[0]).columns))
        connection.execute("DELETE FROM kept WHERE id = ?", row)
        connection.execute("DELETE FROM document WHERE id = ?", row)


def filed_as(connection: sqlite3.Connection, number: int) -> Filed:
    """What FTS5 was given of a document. Errors: sqlite3.DatabaseError when the file has lost it."""
    row = connection.execute("SELECT filed FROM kept WHERE id = ?", (number,)).fetchone()
    try:
        return unpacked(row[0])
    except (TypeError, ValueError, zlib.error) as error:
        raise sqlite3.DatabaseError(f"document {number} has lost its columns") from error


class Connections:
    """Connections of one process to the generation in use, lent to one thread at a time."""

    _idle: list[tuple[str, sqlite3.Connection]]

    def __init__(self) -> None:
        self._forget()

    def take(self, generation: str) -> sqlite3.Connection | None:
        """An idle connection to this generation, if there is one."""
        self._notice_fork()
        with self._turn:
            stale = [connection for known, connection in self._idle if known != generation]
            self._idle = [each for each in self._idle if each[0] == generation]
            found = self._idle.pop()[1] if self._idle else None
        _close(stale)
        return found

    def give_back(self, generation: str, connection: sqlite3.Connection) -> None:
        """For the next one who needs it."""
        with self._turn:
            keeping = len(self._idle) < _MOST_IDLE
            if keeping:
                self._idle.append((generation, connection))
        if not keeping:
            connection.close()

    def close(self) -> None:
        """Closes what is idle."""
        self._notice_fork()
        with self._turn:
            idle, self._idle = self._idle, []
        _close(connection for _, connection in idle)

    def __del__(self) -> None:
        """Whoever stops using an index need not say so: a wiki of a tenant is let go of while others still read it."""
        self.close()

    def _notice_fork(self) -> None:
        if self._process != os.getpid():
            _of_parents.extend(connection for _, connection in self._idle)
            self._forget()

    def _forget(self) -> None:
        """Also in a forked child: another thread may have held the lock at the moment of the fork."""
        self._process = os.getpid()
        self._turn = Lock()
        self._idle = []


_of_parents: list[sqlite3.Connection] = []
"""Connections that came over a fork. SQLite forbids to use them here, and closing is using."""


def _close(connections: Iterable[sqlite3.Connection]) -> None:
    for connection in connections:
        with suppress(sqlite3.Error):
            connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection, kind: str) -> Iterator[None]:
    """One view of the file for all that is read in the block; what is written in it happens as a whole."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
