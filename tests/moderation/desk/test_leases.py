"""Leases: one at a time, ending by themselves, taken over at will, and never in the way of a decision."""

from __future__ import annotations

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.errors import Conflict, Forbidden, NotFound
from kbwiki.moderation.desk.drafts import Draft, draft_of, keep_draft
from kbwiki.moderation.desk.leases import Held, find_lease, leases_of, release, renew, take_lease
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, TickingClock, answer, look, make_space, save

from .conftest import in_order, next_id, wait


def take(wiki: Wiki, review: int, *, by: Actor = MODERATOR, over: bool = False) -> Held:
    with wiki.begin(by) as tx:
        return take_lease(tx, review, take_over=over)


def holder(wiki: Wiki, review: int) -> str | None:
    with wiki.read() as connection:
        held = find_lease(connection, review, wiki.clock())
    return held.who if held else None


def draft(wiki: Wiki, review: int, by: Actor = MODERATOR) -> Draft | None:
    with wiki.read() as connection:
        return draft_of(connection, wiki.id, review, by)


def test_a_lease_says_who_has_the_review_and_until_when(desk: Wiki) -> None:
    (review, *_) = in_order(desk)

    held = take(desk, review)

    assert held.taken
    assert held.who == "Mona Moderator"
    assert (held.until - held.since).total_seconds() == 300


def test_a_second_moderator_learns_who_has_it(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)

    held = take(desk, review, by=SECOND_MODERATOR)

    assert not held.taken
    assert held.who == "Mona Moderator"


def test_a_lease_ends_after_five_idle_minutes(desk: Wiki, clock: TickingClock) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)

    wait(clock, minutes=4)
    assert holder(desk, review) == "Mona Moderator"
    wait(clock, minutes=1)

    assert holder(desk, review) is None
    assert take(desk, review, by=SECOND_MODERATOR).taken


def test_it_lasts_as_long_as_the_setting_says(database_url: str, clock: TickingClock) -> None:
    wiki = Wiki(database_url, clock=clock, settings=Settings(lease_minutes=0.5))
    save(wiki, "page", "words")

    held = take(wiki, *in_order(wiki))

    assert (held.until - held.since).total_seconds() == 30
    wiki.close()


def test_working_on_renews_it(desk: Wiki, clock: TickingClock) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)
    wait(clock, minutes=4)

    with desk.begin(MODERATOR) as tx:
        assert renew(tx, review)
    wait(clock, minutes=4)

    assert holder(desk, review) == "Mona Moderator"


def test_renewing_does_not_take_from_somebody_else(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)

    with desk.begin(SECOND_MODERATOR) as tx:
        assert not renew(tx, review)

    assert holder(desk, review) == "Mona Moderator"


def test_it_is_taken_over_without_losing_a_draft_note(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)
    with desk.begin(MODERATOR) as tx:
        keep_draft(tx, review, "revert", "wrong", "The price is of last year.")

    held = take(desk, review, by=SECOND_MODERATOR, over=True)

    assert held.taken
    assert held.who == SECOND_MODERATOR.name
    kept = draft(desk, review)
    assert kept is not None
    assert (kept.verdict, kept.reason, kept.note) == ("revert", "wrong", "The price is of last year.")
    assert draft(desk, review, SECOND_MODERATOR) is None


def test_a_draft_outlives_the_lease_until_its_author_decides(desk: Wiki, clock: TickingClock) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)
    with desk.begin(MODERATOR) as tx:
        keep_draft(tx, review, note="Begun.")
    wait(clock, hours=30)
    assert draft(desk, review) is not None

    answer(desk, look(desk, review), "approve")

    assert draft(desk, review) is None


def test_somebody_elses_decision_leaves_the_draft(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    with desk.begin(MODERATOR) as tx:
        keep_draft(tx, review, note="Begun.")

    answer(desk, look(desk, review), "approve", by=SECOND_MODERATOR)

    assert draft(desk, review) is not None


def test_an_emptied_draft_is_forgotten(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    with desk.begin(MODERATOR) as tx:
        keep_draft(tx, review, note="Begun.")
        keep_draft(tx, review, note="  ")

    assert draft(desk, review) is None


def test_a_lease_never_keeps_anybody_from_deciding_and_ends_with_the_decision(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)

    answer(desk, look(desk, review), "approve", by=SECOND_MODERATOR)

    assert holder(desk, review) is None
    with pytest.raises(Conflict):
        take(desk, review)


def test_it_is_given_back_by_its_holder_alone(desk: Wiki) -> None:
    (review, *_) = in_order(desk)
    take(desk, review)

    with desk.begin(SECOND_MODERATOR) as tx:
        release(tx, review)
    assert holder(desk, review) == "Mona Moderator"
    with desk.begin(MODERATOR) as tx:
        release(tx, review)

    assert holder(desk, review) is None
    assert next_id(desk, SECOND_MODERATOR) == review


def test_the_leases_of_a_whole_page_of_the_queue_are_one_question(desk: Wiki) -> None:
    first, second, third = in_order(desk)
    take(desk, first)
    take(desk, third, by=SECOND_MODERATOR)

    with desk.read() as connection:
        held = leases_of(connection, [first, second, third], desk.clock())

    assert {review: one.who for review, one in held.items()} == {first: MODERATOR.name, third: SECOND_MODERATOR.name}


def test_it_is_for_members_of_the_group_who_may_read(desk: Wiki) -> None:
    make_space(desk, "secret", readers=("board",), writers=("staff", "board"), reviewers=("board",))
    member = Actor("b", "Board", frozenset({"board"}))
    save(desk, "secret/plan", "words", by=member)
    (review, *_) = in_order(desk)

    with pytest.raises(NotFound):
        take(desk, review, by=WRITER)
    with pytest.raises(NotFound):
        take(desk, 4)


def test_an_author_cannot_keep_others_from_a_review(desk: Wiki) -> None:
    both = Actor("writer", "Wim Writer", frozenset({"staff", "moderators"}))
    (review, *_) = in_order(desk)

    with pytest.raises(Forbidden):
        take(desk, review, by=both)
