"""The tables of the index: one row for each wiki that says which tables are in use, and those tables.

::

    kbwiki_search_index              for each wiki: the generation in use, and what it is
    kbwiki_search_1_9f86d081         wiki 1's pages of one generation: their terms, graded
    kbwiki_search_1_9f86d081_places  and where the terms stand

No migration makes them (docs/adr/0008): they are derived, a rebuild makes them anew beside the old ones, and only
wikis with this engine have them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR, insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ....wording import kb_t
from ..protocol import IndexUnusable
from .vectors import Row

RECORDS = Table(
    "kbwiki_search_index",
    MetaData(),
    Column("wiki_id", BigInteger, primary_key=True),
    Column("generation", String, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    Column("made_by", String, nullable=False),
)

_MAKING = 0x6B62_7771
"""The key of the lock under which the table of records is made and dropped."""

_MISSING = ("42P01", "42703", "3F000")
"""No such table, column or schema."""

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_MAKE_RECORDS = text(
    "CREATE TABLE IF NOT EXISTS kbwiki_search_index (wiki_id bigint PRIMARY KEY, generation text NOT NULL,"
    " position bigint NOT NULL, pages bigint NOT NULL, made_by text NOT NULL)"
)
_COLUMNS = text(
    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped"
)
_THERE = text("SELECT count(*) FROM unnest(CAST(:names AS text[])) AS one WHERE to_regclass(one) IS NOT NULL")
_OURS = text(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relname ~ :pattern"
    " ORDER BY relname"
)
_SIZE = text(
    "SELECT coalesce(sum(pg_total_relation_size(to_regclass(one))), 0) FROM unnest(CAST(:names AS text[])) AS one"
)


class Superseded(Exception):
    """The generation is not there any more, or not in use: the record says which one is."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is said of the index of a wiki."""

    generation: str
    position: int
    pages: int
    made_by: str


class Generation:
    """The tables of one build of the index."""

    def __init__(self, name: str) -> None:
        self.name = name
        here = MetaData()
        self.pages = Table(
            name, here, Column("page", BigInteger), Column("space", BigInteger), Column("terms", TSVECTOR)
        )
        self.places = Table(
            f"{name}_places", here, Column("page", BigInteger), Column("part", Integer), Column("words", TSVECTOR)
        )
        self._insert_pages = text(
            f"INSERT INTO {name} SELECT page, space, CAST(terms AS tsvector) FROM"  # noqa: S608 - the name is ours
            " unnest(CAST(:pages AS bigint[]), CAST(:spaces AS bigint[]), CAST(:terms AS text[]))"
            " AS given (page, space, terms)"
        )
        self._insert_places = text(
            f"INSERT INTO {name}_places SELECT page, part, CAST(words AS tsvector) FROM"  # noqa: S608 - as above
            " unnest(CAST(:pages AS bigint[]), CAST(:parts AS int[]), CAST(:words AS text[]))"
            " AS given (page, part, words)"
        )

    def make(self, connection: Connection) -> None:
        """The empty tables. Nobody needs statistics of the vectors, and with them a common word would be looked for in
        every single vector, which takes far longer than PostgreSQL believes."""
        for statement in (
            f"CREATE TABLE {self.name} (page bigint PRIMARY KEY, space bigint NOT NULL, terms tsvector NOT NULL)",
            f"ALTER TABLE {self.name} ALTER COLUMN terms SET STATISTICS 0",
            f"CREATE TABLE {self.name}_places"
            " (page bigint, part integer, words tsvector NOT NULL, PRIMARY KEY (page, part))",
            f"ALTER TABLE {self.name}_places ALTER COLUMN words SET STATISTICS 0",
        ):
            connection.execute(text(statement))

    def finish(self, connection: Connection) -> None:
        """The indexes, which are made faster of what is there than with each row.

        Without a list of what is pending, each search would read through what a merge has not yet taken in.
        """
        connection.execute(
            text(f"CREATE INDEX {self.name}_terms ON {self.name} USING gin (terms) WITH (fastupdate = off)")
        )
        connection.execute(text(f"CREATE INDEX {self.name}_spaces ON {self.name} (space, page)"))
        connection.execute(text(f"ANALYZE {self.name}, {self.name}_places"))

    def remove(self, connection: Connection, pages: Sequence[int]) -> int:
        """Takes the pages out; how many there were."""
        for_these = [int(page) for page in pages]
        there = delete(self.pages).where(self.pages.c.page == _any(for_these))
        places = delete(self.places).where(self.places.c.page == _any(for_these))
        connection.execute(places)
        return connection.execute(there).rowcount

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Puts pages in that are not there."""
        if not rows:
            return
        connection.execute(
            self._insert_pages,
            {
                "pages": [row.page for row in rows],
                "spaces": [row.space for row in rows],
                "terms": [row.terms for row in rows],
            },
        )
        parts = [(row.page, part, words) for row in rows for part, words in enumerate(row.places)]
        connection.execute(
            self._insert_places,
            {
                "pages": [page for page, _, _ in parts],
                "parts": [part for _, part, _ in parts],
                "words": [words for _, _, words in parts],
            },
        )


def _any(numbers: list[int]) -> Any:
    """The numbers as one parameter, so that a statement is the same for any of them."""
    return func.any(bindparam(None, numbers, type_=ARRAY(BigInteger)))


def new_generation(wiki_id: int) -> Generation:
    """A generation of a name nobody has had."""
    return Generation(f"kbwiki_search_{wiki_id}_{secrets.token_hex(4)}")


def record_of(connection: Connection, wiki_id: int) -> Record:
    """Errors: IndexUnusable when there is none, or tables that it speaks of are missing."""
    row = connection.execute(_RECORD, {"wiki_id": wiki_id}).one_or_none()
    if row is None:
        raise IndexUnusable(kb_t("there is no [search] index in the database"))
    if not row.whole:
        raise IndexUnusable(kb_t("tables of the [search] index are missing"))
    return Record(row.generation, row.position, row.pages, row.made_by)


_RECORD = text(
    "SELECT generation, position, pages, made_by, to_regclass(generation) IS NOT NULL"
    " AND to_regclass(generation || '_places') IS NOT NULL AND to_regclass(generation || '_terms') IS NOT NULL AS whole"
    " FROM kbwiki_search_index WHERE wiki_id = :wiki_id"
)


def make_records(connection: Connection) -> None:
    """The table of records, unless it is there. One of another form goes: what it spoke of is built anew."""
    connection.execute(_LOCK, {"key": _MAKING})
    columns = set(connection.execute(_COLUMNS, {"name": RECORDS.name}).scalars())
    if columns and columns != {column.name for column in RECORDS.columns}:
        drop(connection, [RECORDS.name])
    connection.execute(_MAKE_RECORDS)


def publish(connection: Connection, wiki_id: int, record: Record) -> None:
    """From now on this generation counts."""
    make_records(connection)
    said = {
        "generation": record.generation, "position": record.position, "pages": record.pages, "made_by": record.made_by,
    }  # fmt: skip
    statement = insert(RECORDS).values(wiki_id=wiki_id, **said)
    connection.execute(statement.on_conflict_do_update(index_elements=["wiki_id"], set_=said))


def advance(connection: Connection, wiki_id: int, position: int | None, more: int) -> None:
    """Moves the record to the position, with so many pages more."""
    changes: dict[str, Any] = {"pages": RECORDS.c.pages + more}
    if position is not None:
        changes["position"] = position
    connection.execute(update(RECORDS).where(RECORDS.c.wiki_id == wiki_id).values(changes))


def size_of(connection: Connection, generation: Generation) -> int:
    """Bytes on the disk, indexes included."""
    return int(connection.execute(_SIZE, {"names": [generation.name, f"{generation.name}_places"]}).scalar_one())


def tables_of(connection: Connection, wiki_id: int) -> list[str]:
    """The tables of all generations of the wiki, also of those whose builder died."""
    pattern = rf"^kbwiki_search_{wiki_id}_[0-9a-f]{{8}}(_places)?$"
    return list(connection.execute(_OURS, {"pattern": pattern}).scalars())


def tables_out_of_use(connection: Connection, wiki_id: int) -> list[str]:
    """The tables of all generations but the one the record names."""
    tables = tables_of(connection, wiki_id)
    make_records(connection)
    row = connection.execute(_RECORD, {"wiki_id": wiki_id}).one_or_none()
    return [name for name in tables if row is None or name.removesuffix("_places") != row.generation]


def drop(connection: Connection, tables: Sequence[str]) -> None:
    """Drops the tables. It waits for who is reading them, no longer than for any lock."""
    for name in tables:
        connection.execute(text(f"DROP TABLE IF EXISTS {name}"))


def forget(connection: Connection, wiki_id: int) -> None:
    """Removes all there is of the wiki, and the table of records when no other wiki has one in it."""
    connection.execute(_LOCK, {"key": _MAKING})
    drop(connection, tables_of(connection, wiki_id))
    if not connection.execute(_THERE, {"names": [RECORDS.name]}).scalar():
        return
    connection.execute(delete(RECORDS).where(RECORDS.c.wiki_id == wiki_id))
    if connection.execute(select(RECORDS.c.wiki_id).limit(1)).first() is None:
        drop(connection, [RECORDS.name])


@contextmanager
def reading() -> Iterator[None]:
    """Turns whatever the driver says into IndexUnusable, or Superseded when a table is missing."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in _MISSING:
            raise Superseded from error
        raise IndexUnusable(kb_t("the index cannot be read: {error}", error=error.orig)) from error
    except SQLAlchemyError as error:
        raise IndexUnusable(kb_t("the index cannot be read: {error}", error=error)) from error


@contextmanager
def writing() -> Iterator[None]:
    """Turns whatever the driver says into OSError, or IndexUnusable when a table is missing."""
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") in _MISSING:
            raise IndexUnusable(
                kb_t("there is no [search] index in the database: {error}", error=error.orig)
            ) from error
        raise OSError(f"the database refuses to write the search index: {error.orig}") from error
    except SQLAlchemyError as error:
        raise OSError(f"the database refuses to write the search index: {error}") from error
