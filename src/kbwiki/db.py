"""The database ground: Base, column types, the engine's settings, and the one Transaction all changes go through.

Rows are read and written through a SQLAlchemy Core connection (docs/adr/0002): declarative classes say what a
table is, statements are built once, and no identity map or lazy load stands between a view and its queries.
"""

from __future__ import annotations

import json
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from .actors import Actor
from .drivers import TABLES, translated
from .settings import Settings
from .wording.kept import SIGN, Kept, as_said

TABLE_PREFIX = TABLES


class Base(DeclarativeBase):
    """The root of kbwiki's tables; every constraint has a name, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, whatever the database makes of time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: a moment without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("kbwiki stores aware datetimes only")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back UTC on every database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Words that people wrote, or a sentence of ours: read, it is in the language that is spoken (`wording.kept`)."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is stored: nobody but `keep` writes the form that is said later."""
        if value is None or isinstance(value, Kept):
            return value and str(value)
        return value.replace(SIGN, " ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """What is shown."""
        return None if value is None else as_said(value)


Path = String(1024).with_variant(String(1024, collation="C"), "postgresql")
"""A page path; compared byte by byte on every database, so that ranges over prefixes mean the same everywhere."""

Id = BigInteger().with_variant(Integer(), "sqlite")
Digest = LargeBinary(32)


def compact_json(value: Any) -> str:
    """JSON as it is stored: no spaces, characters as themselves (but for halves of surrogate pairs, which cannot be).

    So an entry's payload, whose keys are in order, stands there byte for byte as its digest was made of it."""
    said = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    try:
        said.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return said


class Json(TypeDecorator[Any]):
    """Values as JSON, written by `compact_json` whatever the engine would make of them: it may be the host's."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """The text that is stored; None is NULL where the column says so, and `null` elsewhere."""
        none_as_null = cast(JSON, self.impl_instance).none_as_null
        return lambda value: None if value is None and none_as_null else compact_json(value)


class _ListOf(TypeDecorator[list[Any]]):
    """A list as one parameter: an array on PostgreSQL, JSON elsewhere."""

    impl = String
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(self.item))
        return dialect.type_descriptor(String())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        """The list itself, or its JSON."""
        return value if dialect.name == "postgresql" or value is None else json.dumps(value)


class _EachOf(FunctionElement[Any]):
    """The values in a single list parameter, as a subquery."""

    name = "each_of"
    inherit_cache = True


@compiles(_EachOf)
def _each_in_json(element: _EachOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **kw)}))"  # noqa: S608 - a placeholder, compiled


@compiles(_EachOf, "postgresql")
def _each_in_array(element: _EachOf, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **kw)}))"


def in_list(column: Any, parameter: str) -> ColumnElement[bool]:
    """SQL: `column` is one of the values of the list passed as `parameter`.

    Unlike IN with its one placeholder for each value, the statement is the same for every length, so it is compiled
    once; and no list is too long for it.
    """
    item: TypeEngine[Any] = BigInteger() if isinstance(column.type, (Integer, BigInteger)) else String()
    expression: ColumnElement[bool] = column.op("IN", is_comparison=True)(
        _EachOf(bindparam(parameter, type_=_ListOf(item)))
    )
    return expression


@dataclass(frozen=True, slots=True)
class Change:
    """What an action tells the journal: one fact that can be reviewed.

    `number` is the state of the subject that this change made (1, 2, 3 … for each subject); `spaces` are the
    ids of all spaces it touches, whose groups look at it. `exempt` names the rule that frees it from review.
    `decided_by` is the group in whose name a decision made this change: that group has seen it.
    """

    kind: str
    subject_kind: str
    subject_id: int
    number: int
    spaces: tuple[int, ...]
    payload: Mapping[str, Any]
    exempt: str | None = None
    decided_by: str | None = None


@dataclass(slots=True)
class Transaction:
    """One database transaction, one actor, one moment. Handed out by `Wiki.begin`; actions write through it.

    Leaving the block of `Wiki.begin` routes every recorded change to its reviews, appends it to the journal and
    commits; an exception rolls everything back. `subjects` are the kinds of things that can be reviewed, by name;
    `chance` draws samples, a number from 0 up to 1. `reviews` is what became of reviews since a change was last
    recorded, by id: the next entry tells it. `joined` says that it is part of a transaction of the host's; `settled`
    are the entries of changes that are routed and journalled already. `dialect` is what texts are read in
    (`markup.Dialect`; None: kbwiki's own markup).
    """

    connection: Connection
    wiki_id: int
    actor: Actor
    actor_id: int
    now: datetime
    settings: Settings
    subjects: Mapping[str, Any] = field(default_factory=dict)
    chance: Callable[[], float] = random.random
    batch: str = field(default_factory=lambda: uuid.uuid4().hex)
    changes: list[Change] = field(default_factory=list)
    tallies: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    reviews: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    joined: bool = False
    settled: list[dict[str, Any]] = field(default_factory=list)
    dialect: Any = None

    def record(self, change: Change) -> None:
        """Put `change` on the one road: it will be reviewed and journalled when the transaction is left."""
        self.changes.append(self.told(change))

    def told(self, change: Change) -> Change:
        """The change, whose entry tells from now on what became of reviews since the last one was recorded."""
        if not self.reviews:
            return change
        reviews = {**change.payload.get("reviews", {}), **{str(id): said for id, said in self.reviews.items()}}
        self.reviews.clear()
        return replace(change, payload={**change.payload, "reviews": reviews})

    def tally(self, group: str, space_id: int, state: str, by: int) -> None:
        """Remember that the group has so many more live reviews of a state in a space; written on leaving."""
        self.tallies[group, space_id, str(state)] += by

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that can fail alone: an exception undoes what the block did, and is passed on."""
        go_back = self.remember()
        try:
            with translated(ours_only=self.joined), self.connection.begin_nested():
                yield
        except BaseException:
            go_back()
            raise

    def remember(self) -> Callable[[], None]:
        """What is recorded and settled so far, as a function that makes it so again: for a savepoint rolled back."""
        changes, tallies, reviews = list(self.changes), Counter(self.tallies), dict(self.reviews)
        settled = list(self.settled)

        def go_back() -> None:
            self.changes[:], self.tallies, self.reviews = changes, Counter(tallies), dict(reviews)
            self.settled[:] = settled

        return go_back


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that are to stay plain SQL."""
    return cast(Table, model.__table__)


def insert_or_ignore(connection: Connection, model: type[Base], *returning: Any) -> Insert:
    """An INSERT that leaves an existing row alone, giving back the columns `returning`: no row means it was there.

    (The row count would not say so everywhere: it is unknown where the driver fetches new keys by itself.)
    """
    return _insert_or_ignore(connection.dialect.name, model, returning)


@lru_cache(maxsize=100)
def _insert_or_ignore(dialect: str, model: type[Base], returning: tuple[Any, ...]) -> Insert:
    """The statement, built once, so that it is compiled once."""
    upsert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = upsert(table_of(model)).on_conflict_do_nothing()
    return statement.returning(*returning) if returning else statement.inline()
