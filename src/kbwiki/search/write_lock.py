"""One writer at a time, across threads and processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

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

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _wait_for_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


class WriteLock:
    """A lock on a file. The operating system takes it from a process that dies, however it dies.

    The thread that holds it may take it again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = RLock()
        self._descriptor: int | None = None

    @contextmanager
    def held(self, blocking: bool = True) -> Iterator[bool]:
        """Yields whether the lock is held. Only without ``blocking`` can it be False."""
        if not self._threads.acquire(blocking=blocking):
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
            self._threads.release()

    def _open(self, blocking: bool) -> int | None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if blocking:
                _wait_for_lock(descriptor)
            else:
                _try_lock(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
