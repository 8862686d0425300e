"""What the tests of the desk share: five moderators, a clock to wait with, and shorthands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from kbwiki import Actor, Wiki
from kbwiki.moderation.desk.next import Given, next_review
from kbwiki.testing import TickingClock, open_reviews, save

FIVE = tuple(Actor(f"moderator{who}", f"Moderator {who}", frozenset({"moderators"})) for who in range(5))


@pytest.fixture
def clock() -> TickingClock:
    """The time of the wiki `desk`."""
    return TickingClock()


@pytest.fixture
def desk(database_url: str, clock: TickingClock) -> Iterator[Wiki]:
    """A wiki whose time stands still but for the clock's ticks, with three reviews waiting."""
    wiki = Wiki(url=database_url, clock=clock)
    for number in range(3):
        save(wiki, f"page{number}", "words\n")
    yield wiki
    wiki.close()


def wait(clock: TickingClock, **delta: float) -> datetime:
    """Let time pass; the moment then."""
    clock.now += timedelta(**delta)
    return clock.now


def get_next(wiki: Wiki, by: Actor) -> Given | None:
    """What "Next" gives to a moderator."""
    with wiki.begin(by) as tx:
        return next_review(tx)


def next_id(wiki: Wiki, by: Actor) -> int | None:
    """The id of the review that "Next" gives to a moderator."""
    given = get_next(wiki, by)
    return given.review_id if given else None


def in_order(wiki: Wiki) -> list[int]:
    """The ids of all reviews of the moderators, in the order of their places."""
    return [line.id for line in open_reviews(wiki)]
