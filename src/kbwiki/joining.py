"""Joining a transaction of the host's: what is done in it holds, and is told, when the host commits, and not before.

A block of ours is a savepoint on the host's connection. Its failure undoes it alone; the host's rollback undoes both.
What has to happen after the commit waits with the connection, goes with a savepoint that is rolled back, and is done
once the commit is known to have happened (docs/adr/0010).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import NestedTransaction
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

from .drivers import take_write_lock, translated

log = logging.getLogger("kbwiki")

Joinable = Session | scoped_session[Any] | Connection
"""What of the host's a transaction can be joined through: a session, the proxy for one, or a connection."""


@dataclass(frozen=True, slots=True)
class AfterCommit:
    """What has to be done after the commit, and a look into the database whether there was one."""

    do: Callable[[], None]
    is_committed: Callable[[], bool]


@dataclass(slots=True)
class Joined:
    """A block within the host's transaction. `afterwards` is done when the host has committed.

    `remember` is asked when a savepoint begins within the block, and what it gives back is called when that one is
    rolled back: what the block believes to have written must go with what it wrote.
    """

    connection: Connection
    savepoint: NestedTransaction
    afterwards: list[AfterCommit] = field(default_factory=list)
    remember: Callable[[], Callable[[], None]] | None = None

    def require_open(self) -> None:
        """Errors: RuntimeError when the host ended its transaction, or a part of it, within the block."""
        if not self.savepoint.is_active:
            raise RuntimeError(
                "The host's transaction ended within the block of wiki.begin(session=…), so nothing of it was saved. "
                "Please leave the block before you commit or roll back."
            )


def connection_of(host: Joinable) -> Connection:
    """The host's connection, in the host's transaction. Nothing is flushed. Errors: TypeError."""
    if isinstance(host, Connection):
        return host
    if isinstance(host, (Session, scoped_session)):
        return host.connection()
    raise TypeError(f"session= takes a SQLAlchemy Session, scoped_session or Connection; it is {host!r}.")


def _begin_for_good(host: Joinable) -> None:
    """Let the outer transaction begin where a session works in savepoints on an SQLite connection it was handed.

    The driver does not, before the first INSERT, and a savepoint outside of a transaction is one by itself: it could
    not be rolled back any more.
    """
    bind = host.get_bind() if isinstance(host, (Session, scoped_session)) else host
    if isinstance(bind, Connection) and bind.dialect.name == "sqlite":
        if not bind.in_transaction():
            bind.begin()
        take_write_lock(bind)


@contextmanager
def joined(host: Joinable) -> Iterator[Joined]:
    """A part of the host's transaction, undone by itself when the block raises. Errors: Busy; those of the block."""
    with translated():
        _begin_for_good(host)
    connection = connection_of(host)
    follower = _follower(connection, host)
    with translated():
        if connection.dialect.name == "sqlite":
            take_write_lock(connection)
        savepoint = connection.begin_nested()
    block = Joined(connection, savepoint)
    with translated(ours_only=True), follower.one_more(block):
        yield block


class _Follower:
    """Follows the transactions of one connection: what waits for the commit, and in which savepoints it was done."""

    def __init__(self, connection: Connection) -> None:
        self._waiting: list[tuple[frozenset[str], AfterCommit]] = []
        self._ended: list[AfterCommit] = []
        self._open: list[Joined] = []
        self._before: dict[str, list[Callable[[], None]]] = {}
        self._newest: list[Callable[[], None]] | None = None
        self._spoiled = False
        for name, function in (
            ("begin", self._begins),
            ("commit", self._commits),
            ("commit_twophase", self._commits),
            ("rollback", self._rolls_back),
            ("rollback_twophase", self._rolls_back),
            ("savepoint", self._begins_savepoint),
            ("rollback_savepoint", self._rolls_back_to),
            ("release_savepoint", self._releases),
        ):
            event.listen(connection, name, function)

    @contextmanager
    def one_more(self, block: Joined) -> Iterator[None]:
        """Commit the block's savepoint when it ends well, and let wait what is to be done afterwards."""
        connection, savepoint = block.connection, block.savepoint
        root = connection.get_transaction()
        self._open.append(block)
        try:
            yield
            block.require_open()
            savepoint.commit()
            within = _savepoints(connection)
            self._waiting += ((within, one) for one in block.afterwards)
        except BaseException:
            if savepoint.is_active:
                savepoint.rollback()
            elif root is not None and root.is_active:
                self._spoiled = True  # the savepoint is gone, and what was written in it is there, without its reviews
            raise
        finally:
            self._open.remove(block)
            if not self._open:
                self._before, self._newest = {}, None

    def finish(self, *, committed: bool) -> None:
        """Do what waited for the commit that has just been; `committed` says that it is known to have succeeded."""
        ended, self._ended = self._ended, []
        for one in ended:
            try:
                if committed or one.is_committed():
                    one.do()
            except Exception:
                log.exception("What follows a commit of the host's failed; the change itself is not touched by it.")

    def _begins(self, connection: Connection) -> None:
        self.finish(committed=False)

    def _commits(self, connection: Connection, *_: Any) -> None:
        if self._open or self._spoiled:
            raise RuntimeError(
                "This would save a part of what wiki.begin(session=…) does, without its review. "
                "Please leave the block before you commit; after an error in it, roll back."
            )
        self._ended += (one for _, one in self._waiting)
        self._waiting = []

    def _rolls_back(self, connection: Connection, *_: Any) -> None:
        self._waiting, self._spoiled = [], False

    def _rolls_back_to(self, connection: Connection, name: str, context: Any) -> None:
        self._waiting = [(within, one) for within, one in self._waiting if name not in within]
        for go_back in self._taken(name):
            go_back()

    def _begins_savepoint(self, connection: Connection, name: str | None) -> None:
        """Remember how blocks stand. The new savepoint has no name yet; by the next of its events it has one."""
        nested = connection.get_nested_transaction()
        if self._newest is not None and nested is not None:
            self._before.setdefault(str(nested._savepoint), self._newest)
        self._newest = [block.remember() for block in self._open if block.remember is not None] or None

    def _releases(self, connection: Connection, name: str, context: Any) -> None:
        self._taken(name)

    def _taken(self, name: str) -> list[Callable[[], None]]:
        if name in self._before:
            return self._before.pop(name)
        newest, self._newest = self._newest, None
        return newest or []


def _savepoints(connection: Connection) -> frozenset[str]:
    """The names of the savepoints the connection is in; a name is given once in the life of a connection."""
    names, nested = set(), connection.get_nested_transaction()
    while nested is not None:
        names.add(nested._savepoint)
        nested = nested._previous_nested
    return frozenset(names)


class _SessionFollower:
    """Tells the followers of a session's connections that its transaction is over, and they are given back."""

    def __init__(self, session: Session) -> None:
        self._followers: list[_Follower] = []
        self._committed = False
        event.listen(session, "after_commit", self._after_commit)
        event.listen(session, "after_transaction_end", self._after_end)

    def add(self, follower: _Follower) -> None:
        """Take in one more connection of the session's present transaction."""
        if follower not in self._followers:
            self._followers.append(follower)

    def _after_commit(self, session: Session) -> None:
        # Also sent for savepoints; what counts is the last one before the end.
        self._committed = True

    def _after_end(self, session: Session, transaction: SessionTransaction) -> None:
        committed, self._committed = self._committed, False
        if transaction.parent is not None:
            return
        followers, self._followers = self._followers, []
        for follower in followers:
            follower.finish(committed=committed)


_INFO = "kbwiki.joining"
_lock = threading.Lock()
_followers: WeakKeyDictionary[Connection, _Follower] = WeakKeyDictionary()
_sessions: WeakKeyDictionary[Session, _SessionFollower] = WeakKeyDictionary()
_watched: WeakSet[Engine] = WeakSet()


def _follower(connection: Connection, host: Joinable) -> _Follower:
    with _lock:
        follower = _followers.get(connection)
        if follower is None:
            follower = _followers[connection] = _Follower(connection)
        session = None if isinstance(host, Connection) else host() if isinstance(host, scoped_session) else host
        if session is not None and not isinstance(session.get_bind(), Connection):
            if session not in _sessions:
                _sessions[session] = _SessionFollower(session)
            _sessions[session].add(follower)
        else:
            _watch(connection, follower)
    return follower


def _watch(connection: Connection, follower: _Follower) -> None:
    """Where no session says that all is over, the pool does, when it gets the connection back."""
    connection.info[_INFO] = follower
    if connection.engine not in _watched:
        _watched.add(connection.engine)
        event.listen(connection.engine, "checkin", _given_back)


def _given_back(dbapi_connection: Any, record: Any) -> None:
    follower = record.info.pop(_INFO, None)
    if follower is not None:
        follower.finish(committed=False)
