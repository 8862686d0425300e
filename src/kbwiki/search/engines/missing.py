"""An engine that cannot be loaded, for which the database answers until the package it needs is installed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from ..documents import Document
from ..tree import All
from .protocol import Filling, Hits, IndexUnusable, Scope

log = logging.getLogger("kbwiki.search")


class MissingEngine:
    """Unusable in every respect, and says why. Nobody can hold its lock, so nobody tries to build it."""

    def __init__(self, name: str, reason: Exception) -> None:
        self.name = name
        self._reason = f"the engine {name!r} cannot be loaded: {reason!r}"
        log.warning("Search answers from the database: %s", self._reason)

    def search(self, root: All, scope: Scope, *, limit: int, offset: int = 0) -> Hits:
        """See `Engine.search`."""
        self._refuse()

    def occurring(self, terms: Collection[str], scope: Scope) -> frozenset[str]:
        """See `Engine.occurring`."""
        self._refuse()

    def position(self) -> int:
        """See `Engine.position`."""
        self._refuse()

    def page_count(self) -> int:
        """See `Engine.page_count`."""
        self._refuse()

    def size(self) -> int:
        """See `Engine.size`."""
        self._refuse()

    def is_usable(self) -> bool:
        """See `Engine.is_usable`."""
        return False

    def update(self, documents: Iterable[Document], delete: Iterable[int] = (), *, position: int | None = None) -> None:
        """See `Engine.update`."""
        self._refuse()

    @contextmanager
    def rebuild(self, position: int = 0) -> Iterator[Filling]:
        """See `Engine.rebuild`."""
        self._refuse()
        yield

    @contextmanager
    def writer_lock(self, blocking: bool = True) -> Iterator[bool]:
        """Never held, whatever is asked."""
        yield False

    def remove(self) -> None:
        """See `Engine.remove`."""
        self._refuse()

    def close(self) -> None:
        """See `Engine.close`."""

    def _refuse(self) -> NoReturn:
        raise IndexUnusable(self._reason)
