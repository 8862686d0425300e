"""The index in a database file of its own: searched by any number of threads and processes, written by one at a time.

It is not kept in the wiki's own database: SQLite has one writer at a time, and who saves a page must not wait for
the index. So it also serves a wiki that lives in PostgreSQL. Within the file a commit is SQLite's, in its
write-ahead log, with the position in the journal in the same transaction: readers wait for nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from ....wording import kb_t
from ...documents import Document
from ...making import USUALLY, Making
from ...tree import All
from ..durable import sync_files, sync_folder
from ..generations import Generations
from ..protocol import Hits, IndexUnusable, Scope
from .matching import Asking, any_of
from .ranking import rank
from .store import Connections, completed, connected, created, put, take_out, transaction

__all__ = ["Fts5Index"]

_ATTEMPTS = 20
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REFUSED = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
    }
)


class Fts5Index:
    """Full-text index of pages in one folder. One object serves all threads, also after a fork."""

    name = "fts5"

    def __init__(self, folder: Path, making: Making = USUALLY) -> None:
        self.folder = Path(folder)
        self._making = making
        self._generations = Generations(self.folder)
        self._connections = Connections()
        self._checked: str | None = None

    def search(self, root: All, scope: Scope, *, limit: int, offset: int = 0) -> Hits:
        """The pages that match, best first; only those of the scope."""
        with self._reading() as connection:
            return rank(connection, root, scope, self._making.standing, limit=limit, offset=offset)

    def occurring(self, terms: Collection[str], scope: Scope) -> frozenset[str]:
        """Which of the terms stand on at least one page of the scope."""
        with self._reading() as connection:
            asking = Asking(connection, scope)
            return frozenset(term for term in terms if asking.has_any(any_of((term,))))

    def position(self) -> int:
        """The position in the journal up to which the index speaks, as of the last commit."""
        with self._reading() as connection:
            return int(connection.execute("SELECT position FROM state").fetchone()[0])

    def page_count(self) -> int:
        """How many pages the index has."""
        with self._reading() as connection:
            return int(connection.execute("SELECT count(*) FROM document").fetchone()[0])

    def size(self) -> int:
        """Bytes of the database file and of its log."""
        with self._reading():
            return sum(path.stat().st_size for path in self.folder.glob(f"{self._generations.current()}*"))

    def is_usable(self) -> bool:
        """Whether the index is there, whole as far as SQLite can tell, and made by this version.

        SQLite keeps no checksums: the file is read through once for each process and generation, and what is damaged
        so that this does not show is noticed when a search stumbles over it.
        """
        try:
            generation = self._generations.current()
            with self._reading() as connection:
                if self._checked != generation:
                    self._check(connection)
            self._checked = generation
        except IndexUnusable:
            return False
        return True

    def update(self, documents: Iterable[Document], delete: Iterable[int] = (), *, position: int | None = None) -> None:
        """Replaces or adds documents, takes out the pages ``delete``, moves to ``position``: in one commit.

        All of it happens or nothing, and it is on the disk when this returns. Of two documents of one page
        the later one counts; a page both given and deleted is deleted. ``position`` None leaves it as it is.
        """
        gone = frozenset(delete)
        latest = {document.id: document for document in documents if document.id not in gone}
        with self.writer_lock(), self._lent(writing=True) as connection, transaction(connection, "IMMEDIATE"):
            take_out(connection, gone)
            put(connection, latest.values())
            if position is not None:
                connection.execute("UPDATE state SET position = ?", (position,))

    @contextmanager
    def rebuild(self, position: int = 0) -> Iterator[Rebuild]:
        """A new index, to be filled in the block; it takes the place of the present one when the block ends.

        Until then the present one is searched, if there is one; if the block raises, it stays. Other writers
        wait. ``position`` is where the journal stood before the first page was read.
        """
        with self.writer_lock():
            generation = self._generations.new()
            path = self._path(generation)
            try:
                with _refused():
                    connection = created(path, position, self._making.fingerprint)
                try:
                    yield Rebuild(connection)
                    with _refused():
                        completed(connection)
                finally:
                    connection.close()
                sync_files([path])
                sync_folder(self.folder)
                self._generations.publish(generation)
            finally:
                self._generations.sweep()

    def writer_lock(self, blocking: bool = True) -> AbstractContextManager[bool]:
        """Holds off all other writers of this folder, in this and other processes, for the length of a block.

        Yields whether it is held: with ``blocking`` False it gives up at once if somebody else has it. What
        is called in the block may take it again.
        """
        return self._generations.lock.held(blocking)

    def remove(self) -> None:
        """Takes the index away; the folder stays, with the lock in it. Removing what is not there does nothing."""
        with self.writer_lock():
            self._connections.close()
            self._generations.forget()

    def close(self) -> None:
        """Lets go of connections. The object can be used again."""
        self._connections.close()

    def _path(self, generation: str) -> Path:
        return self.folder / f"{generation}.db"

    def _check(self, connection: sqlite3.Connection) -> None:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if answer != "ok":
            self._generations.found_damaged(self._generations.current())
            raise IndexUnusable(kb_t("the index is damaged: {error}", error=answer))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lent(writing=False) as connection, transaction(connection, "DEFERRED"):
            yield connection

    @contextmanager
    def _lent(self, *, writing: bool) -> Iterator[sqlite3.Connection]:
        """A connection to the index as it is now. Turns what SQLite says into what the protocol promises."""
        generation, connection = self._taken(writing)
        try:
            yield connection
        except BaseException as error:
            with suppress(sqlite3.Error):
                connection.close()
            if isinstance(error, sqlite3.Error):
                raise self._said(error, generation, writing) from error
            raise
        self._connections.give_back(generation, connection)

    def _taken(self, writing: bool) -> tuple[str, sqlite3.Connection]:
        """Opens what CURRENT names; again, when a rebuild has moved on and removed files meanwhile."""
        for _ in range(_ATTEMPTS):
            generation = self._generations.current()
            connection = self._connections.take(generation)
            if connection is not None:
                return generation, connection
            try:
                connection = connected(self._path(generation), self._making.fingerprint)
            except (sqlite3.Error, IndexUnusable) as error:
                if self._generations.current() != generation:
                    continue
                if isinstance(error, IndexUnusable):
                    raise
                raise self._said(error, generation, writing) from error
            if self._generations.current() == generation:
                return generation, connection
            connection.close()
        raise IndexUnusable(kb_t("the index changes faster than it can be opened"))

    def _said(self, error: sqlite3.Error, generation: str, writing: bool) -> Exception:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _DAMAGE:
            self._generations.found_damaged(generation)
        elif writing and code in _REFUSED and self._path(generation).exists():
            return OSError(f"the index cannot be written: {error}")
        return IndexUnusable(kb_t("the index cannot be read: {error}", error=error))


@contextmanager
def _refused() -> Iterator[None]:
    """What SQLite says of a file that is only being made: the disk refuses it."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(f"the index cannot be written: {error}") from error


class Rebuild:
    """A new index being filled, beside the one in use."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, documents: Iterable[Document]) -> None:
        """Adds documents, any number of them: they are taken in as they come. The latest of a page counts."""
        for document in documents:
            with _refused():
                put(self._connection, [document])
