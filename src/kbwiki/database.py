"""The engine: reads from any number of threads, and writes that the database lets through one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from .db import compact_json
from .drivers import configure, take_write_lock, translated, unreachable, without_waiting
from .errors import Busy
from .holding import writing

Source = str | Engine | Callable[[], str | Engine]
"""An address, an engine of the host's, or a function that says which of the two, asked when it is first needed."""

_WAIT_AT_MOST = text("SELECT set_config('lock_timeout', :lock, true)")
_IN_A_HURRY = text(
    "SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :all, true), "
    "set_config('synchronous_commit', 'off', true)"
)


class Database:
    """Where the wiki is kept: reads from any number of threads, writes in immediate transactions.

    For an address it has an engine of its own. An engine of the host's is used as it is: nothing is set on it or its
    connections, and closing it stays with the host.
    """

    def __init__(self, source: Source, *, lock_timeout: float = 5.0) -> None:
        self._source = source
        self._milliseconds = int(lock_timeout * 1000)
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self.is_hosts = False
        if not callable(source):
            self._open(source)

    @property
    def is_known(self) -> bool:
        """Whether it is settled which database this is."""
        return self._engine is not None

    @property
    def engine(self) -> Engine:
        """The engine; the first who asks settles which it is."""
        if self._engine is None:
            with self._opening:
                if self._engine is None:
                    assert callable(self._source)
                    self._open(self._source())
        assert self._engine is not None
        return self._engine

    def _open(self, source: str | Engine) -> None:
        if isinstance(source, Engine):
            self.is_hosts, self._engine = True, _in_transactions(source)
            return
        parsed = make_url(source)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        ping = parsed.get_backend_name() != "sqlite"
        engine = create_engine(parsed, pool_pre_ping=ping, json_serializer=compact_json)
        configure(engine, self._milliseconds / 1000)
        self._engine = engine

    @property
    def dialect(self) -> str:
        """The kind of database, as SQLAlchemy calls it."""
        return self.engine.dialect.name

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
                take_write_lock(connection)
            elif self.is_hosts:
                connection.execute(_WAIT_AT_MOST, {"lock": str(self._milliseconds)})
            with writing():
                yield connection

    @contextmanager
    def write_if_free(self) -> Iterator[Connection | None]:
        """Like `write`, but gives None at once when somebody else is writing. For caches, which may be skipped."""
        with translated(), self.engine.connect() as connection, connection.begin():
            if self.has_single_writer and not _takes_lock_at_once(connection):
                yield None
                return
            with writing():
                yield connection

    @contextmanager
    def write_aside(self, patience: float) -> Iterator[Connection]:
        """Like `write`, for what nobody is to wait for and what a power cut may take: the last moments of it, no more.

        It gives up after `patience` seconds of waiting for another writer, and does not wait for the disk (that takes
        a setting of the connection, which is left alone where it is the host's). Errors: Busy.
        """
        milliseconds = max(1, int(patience * 1000))
        with translated(), self.engine.connect() as connection:
            if not self.has_single_writer:
                with connection.begin():
                    connection.execute(_IN_A_HURRY, {"lock": str(milliseconds), "all": str(milliseconds * 10)})
                    with writing():
                        yield connection
                return
            with without_waiting(connection, milliseconds), self._not_to_disk(connection):
                connection.rollback()  # what was set stays; the lock is for this transaction alone
                with connection.begin():
                    take_write_lock(connection)
                    with writing():
                        yield connection

    @contextmanager
    def _not_to_disk(self, connection: Connection) -> Iterator[None]:
        if self.is_hosts:
            yield
            return
        connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            connection.exec_driver_sql("PRAGMA synchronous = FULL")

    def make_folder(self) -> None:
        """Make the folder of an embedded database, so that its file can be created. Errors: Busy where it cannot be."""
        if self.has_single_writer and (file := self.engine.url.database) and file != ":memory:":
            try:
                FilePath(file).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise Busy(unreachable()) from error

    def dispose(self) -> None:
        """Close every pooled connection, unless they are the host's."""
        if self._engine is not None and not self.is_hosts:
            self._engine.dispose()


def _takes_lock_at_once(connection: Connection) -> bool:
    with without_waiting(connection, 0):
        try:
            take_write_lock(connection)
        except OperationalError:
            return False
    return True


def _in_transactions(engine: Engine) -> Engine:
    """The same engine, with transactions where the host's own work does without (AUTOCOMMIT)."""
    level = engine.get_execution_options().get("isolation_level") or getattr(
        engine.dialect, "_on_connect_isolation_level", None
    )
    if level != "AUTOCOMMIT":
        return engine
    usual = "SERIALIZABLE" if engine.dialect.name == "sqlite" else "READ COMMITTED"
    return engine.execution_options(isolation_level=usual)


@contextmanager
def committing(connection: Connection) -> Iterator[Connection]:
    """A transaction on a connection that is kept for longer, as for a lock of its session. Errors: the driver's."""
    with connection.begin():
        yield connection
