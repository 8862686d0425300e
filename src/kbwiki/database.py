"""The engine: reads from any number of threads, and writes that the database lets through one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from .db import compact_json
from .drivers import configure, translated

_IN_A_HURRY = text(
    "SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :all, true), "
    "set_config('synchronous_commit', 'off', true)"
)


class Database:
    """The wiki's own engine: reads from any number of threads, writes in immediate transactions."""

    def __init__(self, url: str, *, lock_timeout: float = 5.0) -> None:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        ping = parsed.get_backend_name() != "sqlite"
        self.engine = create_engine(parsed, pool_pre_ping=ping, json_serializer=compact_json)
        self.dialect = self.engine.dialect.name
        self._lock_timeout = lock_timeout
        configure(self.engine, lock_timeout)

    @property
    def has_single_writer(self) -> bool:
        """True where the database lets one transaction write at a time, so that write order is commit order."""
        return self.dialect == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries. It takes no write lock and commits nothing."""
        with translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: committed when the block ends, rolled back when it raises.

        On SQLite the write lock is taken at once (BEGIN IMMEDIATE): a transaction that reads first and upgrades
        later fails under concurrency instead of waiting. Errors: Busy when the lock is not free in time.
        """
        with translated(), self.engine.connect() as connection, connection.begin():
            if self.has_single_writer:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def write_if_free(self) -> Iterator[Connection | None]:
        """Like `write`, but gives None at once when somebody else is writing. For caches, which may be skipped."""
        with translated(), self.engine.connect() as connection, connection.begin():
            yield connection if not self.has_single_writer or self._takes_lock_at_once(connection) else None

    @contextmanager
    def write_aside(self, patience: float) -> Iterator[Connection]:
        """Like `write`, for what nobody is to wait for and what a power cut may take: the last moments of it, no more.

        It gives up after `patience` seconds of waiting for another writer, and does not wait for the disk.
        Errors: Busy.
        """
        milliseconds = max(1, int(patience * 1000))
        with translated(), self.engine.connect() as connection:
            if not self.has_single_writer:
                with connection.begin():
                    connection.execute(_IN_A_HURRY, {"lock": str(milliseconds), "all": str(milliseconds * 10)})
                    yield connection
                return
            try:
                with connection.begin():
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
                    connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                    yield connection
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(self._lock_timeout * 1000)}")
                connection.exec_driver_sql("PRAGMA synchronous = FULL")

    def _takes_lock_at_once(self, connection: Connection) -> bool:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError:
            return False
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(self._lock_timeout * 1000)}")
        return True

    def make_folder(self) -> None:
        """Make the folder of an embedded database, so that its file can be created."""
        if self.has_single_writer and (file := self.engine.url.database) and file != ":memory:":
            FilePath(file).parent.mkdir(parents=True, exist_ok=True)

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
