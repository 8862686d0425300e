"""One writer at a time, across threads and processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from weakref import WeakSet

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _wait_for_lock(descriptor: int) -> None:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            except OSError:  # LK_LOCK gives up after ten seconds
                continue
            return

    def _unlock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _wait_for_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock(descriptor: int) -> None:
        # Closing is not enough: a process forked meanwhile has the same descriptor, and with it the lock.
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class WriteLock:
    """A lock on a file. The operating system takes it from a process that dies, however it dies.

    The thread that holds it may take it again. A forked child does not hold what its parent holds.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = RLock()
        self._descriptor: int | None = None
        _locks.add(self)

    @contextmanager
    def held(self, blocking: bool = True) -> Iterator[bool]:
        """Yields whether the lock is held. Only without ``blocking`` can it be False."""
        threads = self._threads
        if not threads.acquire(blocking=blocking):
            yield False
            return
        try:
            if self._descriptor is not None:
                yield True
                return
            self._descriptor = self._open(blocking)
            try:
                yield self._descriptor is not None
            finally:
                self._close()
        finally:
            threads.release()

    def _open(self, blocking: bool) -> int | None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if blocking:
                _wait_for_lock(descriptor)
            else:
                _try_lock(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _close(self) -> None:
        if self._descriptor is not None:
            _unlock(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def _let_go_after_fork(self) -> None:
        """In the child: the thread that held the lock is not here, and the file must not stay locked for it."""
        self._threads = RLock()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


_locks: WeakSet[WriteLock] = WeakSet()


def _let_all_go_after_fork() -> None:
    for lock in _locks:
        lock._let_go_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_all_go_after_fork)
