"""What database drivers need to be told, and what they say, in kbwiki's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError

from .errors import Busy, Conflict, SchemaBehind
from .wording import kb_t

TABLES = "kbwiki_"
"""What the names of all our tables begin with."""


def configure(engine: Engine, lock_timeout: float) -> None:
    """Set what every connection of our own engine needs; `lock_timeout` in seconds."""
    milliseconds = int(lock_timeout * 1000)

    @event.listens_for(engine, "connect")
    def _(dbapi_connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            # The driver must not open transactions of its own: BEGIN IMMEDIATE is ours to send.
            dbapi_connection.isolation_level = None
            cursor = dbapi_connection.cursor()
            for pragma in (
                "journal_mode = WAL",
                # FULL: a power cut loses no acknowledged save (WAL with NORMAL may lose all since the last checkpoint).
                "synchronous = FULL",
                "foreign_keys = ON",
                f"busy_timeout = {milliseconds}",
                "cache_size = -32000",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        else:
            with dbapi_connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = {milliseconds}")
            dbapi_connection.commit()


def unreachable() -> str:
    """What is said where the database does not answer, or the place where it is kept cannot be used."""
    return kb_t("The [wiki]'s database cannot be reached just now. Nothing was changed.")


_WRITES_NOTHING = text("UPDATE kbwiki_wiki SET name = name WHERE id = -1")


def is_in_transaction(connection: Connection) -> bool:
    """Whether the SQLite driver itself is in a transaction: SQLAlchemy believes so long before it is true."""
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", False))


def take_write_lock(connection: Connection) -> None:
    """Be the one writer of an SQLite database until the commit. Errors: the driver's, when the lock is not free.

    In a transaction that somebody else began, a statement that writes nothing takes it: then what is read afterwards is
    the newest there is, or the statement fails.
    """
    if is_in_transaction(connection):
        connection.execute(_WRITES_NOTHING)
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def without_waiting(connection: Connection, milliseconds: int) -> Iterator[None]:
    """Let statements on an SQLite connection wait so long for a lock; afterwards as long as before."""
    before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {before}")


_UNREACHABLE = (
    "unable to open database file",
    "connection failed",
    "connection refused",
    "server closed the connection",
)


@contextmanager
def translated(*, ours_only: bool = False) -> Iterator[None]:
    """Turn what drivers say about locks, races and missing tables into kbwiki's own errors.

    With `ours_only` what they say about statements of the host's is passed on as it is.
    """
    try:
        yield
    except DBAPIError as error:
        if ours_only and TABLES not in (error.statement or TABLES):
            raise
        _translate(error)
        raise
    except TimeoutError as error:  # SQLAlchemy's, of the pool: every connection is lent
        raise Busy(kb_t("The [wiki] is busy with other changes. Nothing was lost; please try again.")) from error


def _translate(error: DBAPIError) -> None:
    """Errors: kbwiki's own, where there is one for this."""
    if isinstance(error, IntegrityError):
        raise Conflict(kb_t("Somebody else changed the same thing at the same moment. Please try again.")) from error
    said = str(error.orig).lower()
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None) or ""
    if "database is locked" in said or state in ("40001", "40P01", "55P03"):
        raise Busy(kb_t("The [wiki] is busy with other changes. Nothing was lost; please try again.")) from error
    if any(one in said for one in _UNREACHABLE):
        raise Busy(unreachable()) from error
    if "no such table: kbwiki_" in said or (state == "42P01" and "kbwiki_" in said):
        raise SchemaBehind() from error
