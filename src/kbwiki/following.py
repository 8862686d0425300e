"""What follows the journal inside a wiki: links, suggestions, and what the search index needs before it reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from .journal.tail import cursor_of, last_position, stand_of
from .markup import Dialect
from .pages.links import CONSUMER as LINKS
from .pages.links import refresh_links, take_in_links
from .search.feed import all_pages
from .search.suggestion_rows import CONSUMER as SUGGESTIONS
from .search.suggestion_rows import take_in_suggestions

if TYPE_CHECKING:
    from .wiki import Wiki


_STEP = 500
_TakeIn = Callable[[Connection, int, int, Dialect], int]


class Following:
    """The consumers of one wiki that kbwiki itself has."""

    def __init__(self, wiki: Wiki) -> None:
        self._wiki = wiki

    def links(self, *, wait: bool = True) -> int:
        """Let links and backlinks take in everything that is in the journal; how many entries were read."""
        self._wiki.seal()
        return self._follow(LINKS, take_in_links, wait=wait)

    def links_again(self) -> int:
        """Read the links of every page anew, as after a plugin came or went that reads texts otherwise; how many."""
        wiki = self._wiki
        with wiki.read() as connection:
            ids = all_pages(connection, wiki.id)
        for start in range(0, len(ids), _STEP):
            with wiki.database.write() as connection:
                refresh_links(connection, wiki.id, ids[start : start + _STEP], wiki.dialect)
        return len(ids)

    def suggestions(self) -> int:
        """Let suggestions take in everything that is in the journal; how many entries were read."""
        self.links()
        return self._follow(SUGGESTIONS, take_in_suggestions)

    def prepare_search(self) -> int:
        """What must have happened before the index reads the journal: entries have their place, texts are parsed.

        Gives back the position up to which the index can read now.
        """
        wiki = self._wiki
        with wiki.read() as connection:
            stand = stand_of(connection, wiki.id, LINKS)
        if not stand.unsealed and stand.cursor >= stand.last:
            return stand.last
        self.links(wait=False)  # the index reads texts by itself, too: nobody waits for the lock
        with wiki.read() as connection:
            return last_position(connection, wiki.id)

    def _follow(self, consumer: str, take_in: _TakeIn, *, wait: bool = True) -> int:
        database, read, dialect = self._wiki.database, 0, self._wiki.dialect
        while self._has_to_read(consumer):
            with database.write() if wait else database.write_if_free() as connection:
                step = take_in(connection, self._wiki.id, _STEP, dialect) if connection is not None else 0
            read += step
            if step == 0:
                break
        return read

    def _has_to_read(self, consumer: str) -> bool:
        """Whether the journal went on since a consumer last read; asked first, so that no lock is taken for nothing."""
        with self._wiki.read() as connection:
            return cursor_of(connection, self._wiki.id, consumer) < last_position(connection, self._wiki.id)
