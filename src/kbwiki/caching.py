"""A cache that is bounded by the size of what it keeps."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", str, bytes)


class BoundedCache(Generic[K, V]):
    """Texts or bytes of this process, least recently used out first; safe to share between threads.

    `most` bounds the sum of their lengths; 0 keeps nothing.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """What is kept under `key`, if anything."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def put(self, key: K, value: V) -> None:
        """Keep `value` under `key`, and let go of the oldest until all fits."""
        with self._lock:
            if key in self._kept or len(value) > self._most:
                return
            self._kept[key] = value
            self._size += len(value)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
