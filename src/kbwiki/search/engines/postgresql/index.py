"""The index in the wiki's own database: searched by any number of processes and machines, written by one at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from ....database import Database, committing
from ...documents import Document
from ...making import USUALLY, Making
from ...tree import All
from ..batches import batches
from ..postings import TEXT
from ..protocol import Filling, Hits, IndexUnusable, Scope
from . import tables
from .advisory_lock import AdvisoryLock
from .answers import answer
from .standing import occurring
from .tables import Generation, Record, Superseded, reading, writing
from .vectors import lexeme, row_of

BATCH = 500
"""Pages that are written at a time, at most."""

BATCH_CHARACTERS = 4_000_000
"""Characters of text that are written at a time, at most, but for the last page."""

_FORMAT = 1
_ATTEMPTS = 5

T = TypeVar("T")


class PostgresqlIndex:
    """Full-text index of the pages of one wiki, in tables beside its own; see `protocol.Engine`."""

    name = "postgresql"

    def __init__(self, database: Database, wiki_id: Callable[[], int], making: Making = USUALLY) -> None:
        self._making = making
        self._database = database
        self._wiki_id = wiki_id
        self._lock = AdvisoryLock(database.engine, lambda: f"kbwiki search {wiki_id()}")
        self._generation: Generation | None = None

    def search(self, root: All, scope: Scope, *, limit: int, offset: int = 0) -> Hits:
        """See `Engine.search`."""
        wiki_id = self._wiki_id()
        return self._ask(
            lambda connection, generation: answer(
                connection, wiki_id, generation, root, scope, limit=limit, offset=offset
            )
        )

    def occurring(self, terms: Collection[str], scope: Scope) -> frozenset[str]:
        """See `Engine.occurring`."""
        asked = sorted(terms)
        queries = [lexeme(TEXT, term) for term in asked]
        found = self._ask_anew(lambda connection, generation: occurring(connection, generation, queries, scope))
        return frozenset(term for term, occurs in zip(asked, found, strict=True) if occurs)

    def position(self) -> int:
        """See `Engine.position`."""
        return self._read_record().position

    def page_count(self) -> int:
        """See `Engine.page_count`."""
        return self._read_record().pages

    def size(self) -> int:
        """See `Engine.size`."""
        return self._ask_anew(tables.size_of)

    def is_usable(self) -> bool:
        """See `Engine.is_usable`."""
        try:
            self._read_record()
        except IndexUnusable:
            return False
        return True

    def update(self, documents: Iterable[Document], delete: Iterable[int] = (), *, position: int | None = None) -> None:
        """See `Engine.update`."""
        gone = set(delete)
        rows = {document.id: document for document in documents if document.id not in gone}
        written = [row_of(document, self._making.standing) for document in rows.values()]
        with self._writing() as connection, writing(), committing(connection):
            generation = self._in_use(connection)
            before = generation.remove(connection, [*rows, *gone])
            generation.insert(connection, written)
            tables.advance(connection, self._wiki_id(), position, len(written) - before)

    @contextmanager
    def rebuild(self, position: int = 0) -> Iterator[Filling]:
        """See `Engine.rebuild`."""
        with self._writing() as connection:
            wiki_id = self._wiki_id()
            self._sweep(connection)
            generation = tables.new_generation(wiki_id)
            with writing(), committing(connection):
                generation.make(connection)
            rebuild = Rebuild(connection, generation, self._making)
            try:
                yield rebuild
                with writing(), committing(connection):
                    generation.finish(connection)
                    record = Record(generation.name, position, len(rebuild.pages), made_by(self._making))
                    tables.publish(connection, wiki_id, record)
            finally:
                self._sweep(connection)

    def writer_lock(self, blocking: bool = True) -> AbstractContextManager[bool]:
        """See `Engine.writer_lock`."""
        return self._lock.held(blocking)

    def remove(self) -> None:
        """See `Engine.remove`."""
        with self._writing() as connection, writing(), committing(connection):
            tables.forget(connection, self._wiki_id())

    def close(self) -> None:
        """See `Engine.close`. The connections are the database's, and are closed with it."""
        self._generation = None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._lock.held():
            yield self._lock.connection

    def _read_record(self) -> Record:
        try:
            with reading(), self._database.engine.connect() as connection:
                return usable_record(connection, self._wiki_id(), self._making)
        except Superseded as error:
            raise IndexUnusable("there is no search index in the database") from error

    def _in_use(self, connection: Connection) -> Generation:
        """The generation in use, whose statements are built once."""
        name = usable_record(connection, self._wiki_id(), self._making).generation
        known = self._generation
        if known is None or known.name != name:
            known = self._generation = Generation(name)
        return known

    def _ask_anew(self, question: Callable[[Connection, Generation], T]) -> T:
        self._generation = None
        return self._ask(question)

    def _ask(self, question: Callable[[Connection, Generation], T]) -> T:
        """Asks the generation in use. A rebuild may put another in its place at any moment, and drop this one."""
        for _ in range(_ATTEMPTS):
            try:
                with reading(), self._database.engine.connect() as connection:
                    return question(connection, self._generation or self._in_use(connection))
            except Superseded:
                self._generation = None
        raise IndexUnusable("tables of the index are missing")

    def _sweep(self, connection: Connection) -> None:
        """Drops generations that do not count. Those that somebody reads for too long go the next time."""
        with suppress(SQLAlchemyError):
            with committing(connection):
                left = tables.tables_out_of_use(connection, self._wiki_id())
            for name in left:
                with suppress(SQLAlchemyError), committing(connection):
                    tables.drop(connection, [name])


class Rebuild:
    """A new index being filled, beside the one in use."""

    def __init__(self, connection: Connection, generation: Generation, making: Making) -> None:
        self._making = making
        self._connection = connection
        self._generation = generation
        self.pages: set[int] = set()

    def add(self, documents: Iterable[Document]) -> None:
        """See `Filling.add`."""
        for batch in batches(documents, pages=BATCH, characters=BATCH_CHARACTERS):
            rows = [row_of(document, self._making.standing) for document in batch.values()]
            with writing(), committing(self._connection):
                known = self.pages & batch.keys()
                if known:
                    self._generation.remove(self._connection, sorted(known))
                self._generation.insert(self._connection, rows)
            self.pages |= batch.keys()


def made_by(making: Making) -> str:
    """What an index has to be made by to be of use to this version."""
    return f"{_FORMAT}, {making.fingerprint}"


def usable_record(connection: Connection, wiki_id: int, making: Making) -> Record:
    """Errors: IndexUnusable when there is none, or it was made otherwise; Superseded without the table of records."""
    record = tables.record_of(connection, wiki_id)
    if record.made_by != made_by(making):
        raise IndexUnusable("the index was made by another version, in other languages or with other weights")
    return record
