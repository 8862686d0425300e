"""What a closed review was about may have moved since: nobody learns of it from the review who cannot read it now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kbwiki.actors import SYSTEM, Actor
from kbwiki.errors import NotFound
from kbwiki.moderation.age_runs import look_again
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.desk.aside import snooze
from kbwiki.moderation.desk.leases import take_lease
from kbwiki.moderation.queries.appeals import get_appeal
from kbwiki.moderation.queries.around import own_aside, own_decision
from kbwiki.moderation.queries.log import record_lines
from kbwiki.moderation.queries.titles import ReviewTitle, titles_of
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.pages.actions import move_page
from kbwiki.testing import MODERATOR, WRITER, TickingClock, look, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

from .conftest import PEOPLE, PEOPLE_TOO, decide_on, decided, ranges, seen

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


def approved(wiki: Wiki) -> tuple[int, int]:
    """A page that the people approved before it was moved away; the review, and the decision about it."""
    save(wiki, "people/page", "One.\n")
    (line,) = open_reviews(wiki, "people")
    decision = decided(wiki, "people/page", "approve", by=PEOPLE, group="people")
    move_away(wiki, 1)
    return line.id, decision.decision_id


def answered_appeal(wiki: Wiki) -> int:
    """An appeal that the moderators answered before its page was moved away."""
    save(wiki, "people/page", "One.\n")
    decided(wiki, "people/page", "approve", by=PEOPLE, group="people")
    save(wiki, "people/page", "One.\nSensitive.\n", base=1)
    decision = decided(wiki, "people/page", "revert", by=PEOPLE, group="people")
    with wiki.begin(WRITER) as tx:
        review_id = appeal(tx, decision.decision_id, "It was right.")
    with wiki.begin(MODERATOR) as tx:
        take_lease(tx, review_id)
    decide_on(wiki, seen(wiki, review_id), "uphold", by=MODERATOR, note="Sensitive words.")
    move_away(wiki, 3)
    return review_id


def test_what_one_decided_last_is_not_named_by_a_title_one_cannot_read(closed: Wiki) -> None:
    _, decision = approved(closed)
    insider = Actor(PEOPLE.id, PEOPLE.name, frozenset({"people", "board"}))
    with closed.read() as connection:
        assert own_decision(connection, closed.id, PEOPLE, decision, closed.subjects) is None
        told = own_decision(connection, closed.id, insider, decision, closed.subjects)
    assert told is not None
    assert told.title == "Merger with Acme"


def test_what_one_put_aside_is_not_named_by_a_title_one_cannot_read(closed: Wiki) -> None:
    save(closed, "people/page", "One.\n")
    (line,) = open_reviews(closed, "people")
    with closed.begin(PEOPLE) as tx:
        snooze(tx, line.id, tx.now + timedelta(days=2))
    decided(closed, "people/page", "approve", by=PEOPLE_TOO, group="people")
    with closed.read() as connection:
        assert own_aside(connection, closed.id, PEOPLE, line.id, closed.subjects) is not None
    move_away(closed, 1)
    with closed.read() as connection:
        assert own_aside(connection, closed.id, PEOPLE, line.id, closed.subjects) is None


def test_the_titles_of_ticked_reviews_are_of_what_can_be_read_now(closed: Wiki) -> None:
    review, _ = approved(closed)
    with closed.read() as connection:
        assert titles_of(connection, closed.id, [review], PEOPLE, closed.subjects) == []
        told = titles_of(connection, closed.id, [review], INSIDER, closed.subjects)
    assert told == [ReviewTitle(review, "Merger with Acme", "secret/merger")]


def test_a_closed_review_is_shown_to_those_who_can_read_its_page_now(closed: Wiki) -> None:
    review, _ = approved(closed)
    with pytest.raises(NotFound, match="review"):
        look(closed, review, by=PEOPLE)
    assert look(closed, review, by=INSIDER).place.path == "secret/merger"


def test_an_answered_appeal_is_shown_to_those_who_can_read_what_it_was_about(closed: Wiki) -> None:
    review = answered_appeal(closed)
    insider = Actor("both", "Bodil", frozenset({"board", "moderators"}))
    with closed.read() as connection:
        with pytest.raises(NotFound):
            get_appeal(connection, closed.id, review, MODERATOR, closed.subjects)
        assert titles_of(connection, closed.id, [review], MODERATOR, closed.subjects) == []
        told = get_appeal(connection, closed.id, review, insider, closed.subjects)
    assert told.title == "Objection about Merger with Acme"
    with pytest.raises(NotFound):
        look(closed, review, by=MODERATOR)


def test_the_record_tells_of_appeals_to_those_who_can_read_what_they_were_about(closed: Wiki) -> None:
    answered_appeal(closed)
    insider = Actor("both", "Bodil", frozenset({"board", "moderators"}))
    with closed.read() as connection:
        assert record_lines(connection, closed.id, MODERATOR, "admins") == []
        told = record_lines(connection, closed.id, insider, "admins")
    assert [(line.kind, line.verdict) for line in told] == [("decide", "uphold"), ("take", "")]
    assert told[0].note == "Sensitive words."
