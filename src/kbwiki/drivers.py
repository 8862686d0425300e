"""What database drivers need to be told, and what they say, in kbwiki's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from .errors import Busy, Conflict, SchemaBehind
from .wording import kb_t


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


_UNREACHABLE = (
    "unable to open database file",
    "connection failed",
    "connection refused",
    "server closed the connection",
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what drivers say about locks, races and missing tables into kbwiki's own errors."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(kb_t("Somebody else changed the same thing at the same moment. Please try again.")) from error
    except DBAPIError as error:
        text = str(error.orig).lower()
        state = getattr(error.orig, "sqlstate", "")
        if "database is locked" in text or state in ("40001", "40P01", "55P03"):
            raise Busy(kb_t("The [wiki] is busy with other changes. Nothing was lost; please try again.")) from error
        if any(said in text for said in _UNREACHABLE):
            raise Busy(kb_t("The [wiki]'s database cannot be reached just now. Nothing was changed.")) from error
        if "no such table: kbwiki_" in text or (state == "42P01" and "kbwiki_" in text):
            raise SchemaBehind() from error
        raise
