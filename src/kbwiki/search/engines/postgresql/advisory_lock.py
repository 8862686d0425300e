"""One writer at a time, across threads, processes and machines: a lock of a database session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import RLock
from typing import cast
from weakref import WeakSet

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || :name, 0))")
_WAIT = text("SELECT pg_advisory_lock(hashtextextended(current_schema() || :name, 0))")
_LET_GO = text("SELECT pg_advisory_unlock(hashtextextended(current_schema() || :name, 0))")
_TIMED_OUT = "55P03"


class AdvisoryLock:
    """A lock that the server takes back when the session ends, so that a dead process cannot hold it.

    The thread that holds it may take it again. What is written under it goes through `connection`, the session that
    has the lock: when that session is lost, so that somebody else may have the lock by now, nothing more is written.
    """

    def __init__(self, engine: Engine, name: Callable[[], str]) -> None:
        self._engine = engine
        self._name = name
        self._threads = RLock()
        self._connection: Connection | None = None
        _locks.add(self)

    @property
    def connection(self) -> Connection:
        """The session that has the lock; only for the thread that holds it."""
        assert self._connection is not None, "the lock is not held"
        return self._connection

    @contextmanager
    def held(self, blocking: bool = True) -> Iterator[bool]:
        """Yields whether the lock is held. Only without ``blocking`` can it be False. Errors: OSError when
        the server cannot be asked."""
        threads = self._threads
        if not threads.acquire(blocking=blocking):
            yield False
            return
        try:
            if self._connection is not None:
                yield True
                return
            connection = self._session_with_lock(blocking)
            if connection is None:
                yield False
                return
            self._connection = connection
            try:
                yield True
            finally:
                self._connection = None
                self._let_go(connection)
        finally:
            threads.release()

    def _session_with_lock(self, blocking: bool) -> Connection | None:
        try:
            connection = self._engine.connect()
        except DBAPIError as error:
            raise OSError(f"the search index cannot be locked: {error.orig}") from error
        try:
            if self._taken(connection, blocking):
                return connection
        except DBAPIError as error:
            connection.close()
            raise OSError(f"the search index cannot be locked: {error.orig}") from error
        except BaseException:
            connection.invalidate()  # the lock may have been given to it
            connection.close()
            raise
        connection.close()
        return None

    def _taken(self, connection: Connection, blocking: bool) -> bool:
        while True:
            try:
                with connection.begin():
                    got = connection.execute(_WAIT if blocking else _TRY, {"name": self._name()}).scalar()
                return blocking or cast(bool, got)
            except DBAPIError as error:
                # Our connections wait for no lock longer than a save may; this one is worth waiting for.
                if getattr(error.orig, "sqlstate", "") != _TIMED_OUT:
                    raise

    def _let_go(self, connection: Connection) -> None:
        try:
            if connection.in_transaction():
                connection.rollback()
            with connection.begin():
                connection.execute(_LET_GO, {"name": self._name()})
        except DBAPIError:
            with suppress(DBAPIError):
                connection.invalidate()  # the session ends, and with it the lock
        finally:
            connection.close()

    def _forget_after_fork(self) -> None:
        """In the child: the session is the parent's, so it is neither used nor closed here."""
        self._threads = RLock()
        if self._connection is not None:
            _left_to_the_parent.append(self._connection)
            self._connection = None


_locks: WeakSet[AdvisoryLock] = WeakSet()
_left_to_the_parent: list[Connection] = []


def _forget_all_after_fork() -> None:
    for lock in _locks:
        lock._forget_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all_after_fork)
