"""What an index must be able to do, whichever engine keeps it: the one protocol behind the search box.

An engine is given documents whose words have not been taken apart yet, and questions as trees of terms that have
(`tree.py`). It takes texts apart with `analysis`, as all others do, so that the same question finds the same pages
everywhere; what it is free in is how it keeps them and how it ranks. It knows numbers of pages and spaces, never
people: who may read what is asked of the database afterwards, each time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ..documents import Document
from ..tree import All


class IndexUnusable(Exception):
    """The index is missing, damaged or made by another version. A rebuild makes it whole."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The pages an answer may come from: those in these ``spaces`` (None: in any), but for ``without``.

    Nothing outside of it may change an answer, not even by how rare it makes a word look to somebody who compares
    the presence of results; the order of what is found may depend on the whole index.
    """

    spaces: frozenset[int] | None = None
    without: frozenset[int] = frozenset()


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Hits:
    """Pages in order of relevance, from ``offset`` on, and how many match in all.

    ``complete`` pages have every word; the others, which come after them, have some. ``matching`` is every page that
    matches, in no order; it has ``total`` numbers.
    """

    ids: tuple[int, ...]
    scores: tuple[float, ...]
    total: int
    complete: int
    matching: Collection[int] = ()


NOTHING = Hits((), (), 0, 0)


class Filling(Protocol):
    """A new index being filled, beside the one in use."""

    def add(self, documents: Iterable[Document]) -> None:
        """Adds documents, any number of them: they are taken in as they come. The latest of a page counts."""


class Engine(Protocol):
    """Full-text index of the pages of one wiki. One object serves all threads, also after a fork.

    Reading raises ``IndexUnusable``, and nothing else, when the index is missing, damaged, locked for good or made by
    another version: rebuild it. Writing raises ``IndexUnusable`` for the same reasons and ``OSError`` when the disk or
    the server refuses; the index is then as it was before. There is no index until the first rebuild.
    """

    @property
    def name(self) -> str:
        """What the setting calls it."""

    def search(self, root: All, scope: Scope, *, limit: int, offset: int = 0) -> Hits:
        """The pages that match, best first; equal ones by their number, so that turning pages loses nothing.

        Pages with all words come first; when they are fewer than ``loosening.ENOUGH``, pages with some of them follow.
        """

    def occurring(self, terms: Collection[str], scope: Scope) -> frozenset[str]:
        """Which of the terms stand on at least one page of the scope."""

    def position(self) -> int:
        """The position in the journal up to which the index speaks, as of the last commit."""

    def page_count(self) -> int:
        """How many pages the index has."""

    def size(self) -> int:
        """Bytes the index takes up."""

    def is_usable(self) -> bool:
        """Whether the index is there, whole, and made by this version."""

    def update(self, documents: Iterable[Document], delete: Iterable[int] = (), *, position: int | None = None) -> None:
        """Replaces or adds documents, takes out the pages ``delete``, moves to ``position``: in one commit.

        All of it happens or nothing, and it is durable when this returns. Of two documents of one page the later one
        counts; a page both given and deleted is deleted. ``position`` None leaves it as it is.
        """

    def rebuild(self, position: int = 0) -> AbstractContextManager[Filling]:
        """A new index, to be filled in the block; it takes the place of the present one when the block ends.

        Until then the present one is searched, if there is one; if the block raises, it stays. Other writers wait.
        ``position`` is where the journal stood before the first page was read.
        """

    def writer_lock(self, blocking: bool = True) -> AbstractContextManager[bool]:
        """Holds off all other writers, in this and other processes, for the length of a block.

        Yields whether it is held: with ``blocking`` False it gives up at once if somebody else has it. What is called
        in the block may take it again. A process that dies, however it dies, lets go of it.
        """

    def remove(self) -> None:
        """Takes the index away with all it occupies. Removing what is not there does nothing."""

    def close(self) -> None:
        """Lets go of connections and files. The object can be used again."""
