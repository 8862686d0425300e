"""Questions for the tests of the search log: asked at a time, by nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from kbwiki.search.log.models import AskedRow
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.testing import TickingClock
from kbwiki.wiki import Wiki


class SettableClock(TickingClock):
    """A clock that goes on by a second with each look, and further when told."""

    def pass_by(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def with_clock(wiki: Wiki) -> SettableClock:
    """Give the wiki a clock that the test sets."""
    clock = SettableClock()
    wiki.clock = clock
    wiki.search_log._clock = clock
    return clock


def ask(wiki: Wiki, text: str, found: int = 0, *, path: str = "", token: str | None = None) -> int | None:
    return wiki.search_log.record(Asked(text, found, Screen.PAGE, path, token))


def entries(wiki: Wiki) -> list[Any]:
    with wiki.read() as connection:
        return list(connection.execute(select(AskedRow).order_by(AskedRow.id)))
