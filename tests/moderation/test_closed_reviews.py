"""What a closed review was about may have moved since: nobody learns of it from the review who cannot read it now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kbwiki.actors import SYSTEM, Actor
from kbwiki.moderation.age_runs import look_again
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.pages.actions import move_page
from kbwiki.testing import TickingClock, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

from .conftest import ranges

INSIDER = Actor("both", "Bodil", frozenset({"board", "people"}))
QUIET = {"lapse_after": {"hours": 100, "working": False}, "lapse_policy": "quiet pages"}


@pytest.fixture
def closed(sqlite_wiki: Wiki) -> Wiki:
    """`people/` belongs to one group; only another can read `secret/`."""
    make_space(sqlite_wiki, "people", reviewers=("people",))
    make_space(sqlite_wiki, "secret", readers=("board",), writers=("board",), reviewers=("board",))
    return sqlite_wiki


def move_away(wiki: Wiki, number: int) -> None:
    """Move the page, whose newest revision is `number`, into the closed space, under a title that says too much."""
    with wiki.begin(INSIDER) as tx:
        move_page(tx, "people/page", "secret/merger")
    save(wiki, "secret/merger", "Secret.\n", by=INSIDER, title="Merger with Acme", base=number + 1)


def test_what_lapsed_waits_again_for_those_who_can_read_it_now(closed: Wiki) -> None:
    closed.clock = clock = TickingClock()
    with closed.begin(SYSTEM) as tx:
        set_rule(tx, "Quiet", {}, QUIET)
    save(closed, "people/page", "One.\n")
    (lapsed,) = (line.id for line in open_reviews(closed, "people"))
    clock.now += timedelta(hours=101)
    assert closed.age_reviews().lapsed == 1
    move_away(closed, 1)

    with closed.begin(INSIDER) as tx:
        again = look_again(tx, lapsed)
    with closed.begin(INSIDER) as tx:
        assert look_again(tx, lapsed) == again

    assert ranges(closed, "people") == {}
    assert [(line.id, line.base, line.head) for line in open_reviews(closed, "board")] == [(again, 0, 3)]
    assert faults(closed) == []
