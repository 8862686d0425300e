"""Whether this thread holds what others may wait for: then no plugin is asked (docs/adr/0013)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Held(threading.local):
    depth = 0


_held = _Held()


@contextmanager
def writing() -> Iterator[None]:
    """Mark the block as one in which this thread may hold locks of the database."""
    _held.depth += 1
    try:
        yield
    finally:
        _held.depth -= 1


def is_writing() -> bool:
    """Whether this thread is within such a block."""
    return _held.depth > 0
