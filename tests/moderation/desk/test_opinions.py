"""Second looks: blind until they are given, from colleagues who may decide, and never more than once."""

from __future__ import annotations

import pytest

from kbwiki import Actor, Wiki
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.moderation.desk.opinions import (
    OpinionView,
    ask_opinion,
    asked_of,
    colleagues,
    give_opinion,
    opinions_of,
)
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, answer, look, save

from .conftest import FIVE, in_order

THIRD = FIVE[3]


@pytest.fixture
def known(desk: Wiki) -> Wiki:
    """The same, where the colleagues have been about before."""
    for actor in (SECOND_MODERATOR, THIRD):
        with desk.begin(actor):
            pass
    return desk


def ask(
    wiki: Wiki, review: int, colleague: Actor = SECOND_MODERATOR, *, by: Actor = MODERATOR, leaning: str = "revert"
) -> int:
    with wiki.begin(by) as tx:
        return ask_opinion(tx, review, colleague.id, leaning)


def give(wiki: Wiki, opinion: int, verdict: str = "revert", *, by: Actor = SECOND_MODERATOR, note: str = "") -> None:
    with wiki.begin(by) as tx:
        give_opinion(tx, opinion, verdict, note)


def seen_by(wiki: Wiki, review: int, actor: Actor) -> list[OpinionView]:
    with wiki.read() as connection:
        return opinions_of(connection, wiki.id, review, actor)


def test_who_is_asked_sees_nobodys_view_before_giving_their_own(known: Wiki) -> None:
    (review, *_) = in_order(known)
    first = ask(known, review, THIRD)
    give(known, first, "hide", by=THIRD, note="It is private.")
    ask(known, review, SECOND_MODERATOR)

    (one,) = seen_by(known, review, SECOND_MODERATOR)

    assert one.to_me
    assert one.asked_by == MODERATOR.name
    assert (one.own_verdict, one.verdict, one.note, one.agrees) == (None, None, "", None)


def test_asker_and_group_see_it_once_it_is_given(known: Wiki) -> None:
    (review, *_) = in_order(known)
    opinion = ask(known, review)
    (waiting,) = seen_by(known, review, MODERATOR)
    (others,) = seen_by(known, review, THIRD)
    assert (waiting.own_verdict, waiting.verdict) == ("revert", None)
    assert (others.own_verdict, others.verdict) == (None, None)

    give(known, opinion, "approve", note="It is right.")

    for actor in (MODERATOR, SECOND_MODERATOR, THIRD):
        (one,) = seen_by(known, review, actor)
        assert (one.own_verdict, one.verdict, one.note, one.agrees) == ("revert", "approve", "It is right.", False)
    assert seen_by(known, review, WRITER) == []


def test_agreement_is_the_same_verdict(known: Wiki) -> None:
    (review, *_) = in_order(known)

    give(known, ask(known, review), "revert")

    assert seen_by(known, review, MODERATOR)[0].agrees is True


def test_it_is_given_once_by_the_one_who_was_asked(known: Wiki) -> None:
    (review, *_) = in_order(known)
    opinion = ask(known, review)

    with pytest.raises(NotFound):
        give(known, opinion, by=THIRD)
    give(known, opinion, "approve")
    with pytest.raises(Conflict):
        give(known, opinion, "revert")

    assert seen_by(known, review, MODERATOR)[0].verdict == "approve"


def test_a_stranger_to_the_group_cannot_answer(known: Wiki) -> None:
    (review, *_) = in_order(known)
    opinion = ask(known, review)
    moved = Actor(SECOND_MODERATOR.id, SECOND_MODERATOR.name, frozenset({"staff"}))

    with pytest.raises(NotFound):
        give(known, opinion, by=moved)


def test_an_author_is_not_asked_does_not_ask_and_does_not_answer(known: Wiki) -> None:
    (review, *_) = in_order(known)
    opinion = ask(known, review)
    with pytest.raises(Invalid):
        ask(known, review, WRITER)

    save(known, "page0", "more words\n", by=SECOND_MODERATOR, base=1)

    with pytest.raises(Forbidden):
        give(known, opinion)
    with pytest.raises(Forbidden):
        ask(known, review, THIRD, by=SECOND_MODERATOR)


@pytest.mark.parametrize(
    ("colleague", "leaning"),
    [(MODERATOR, "approve"), (Actor("nobody", "N"), "approve"), (Actor("", "N"), "approve"), (THIRD, "shout")],
)
def test_only_what_makes_sense_is_asked(known: Wiki, colleague: Actor, leaning: str) -> None:
    (review, *_) = in_order(known)

    with pytest.raises(Invalid):
        ask(known, review, colleague, leaning=leaning)


def test_nobody_is_asked_twice_at_a_time(known: Wiki) -> None:
    (review, *_) = in_order(known)
    ask(known, review)

    with pytest.raises(Conflict):
        ask(known, review, by=THIRD)


def test_what_one_is_asked_for_is_listed_until_it_is_given_or_decided(known: Wiki) -> None:
    first, second, _ = in_order(known)
    opinion = ask(known, first)
    ask(known, second)
    with known.read() as connection:
        assert [one.review_id for one in asked_of(connection, known.id, SECOND_MODERATOR)] == [first, second]
        assert asked_of(connection, known.id, THIRD) == []

    give(known, opinion)
    answer(known, look(known, second), "approve")

    with known.read() as connection:
        assert asked_of(connection, known.id, SECOND_MODERATOR) == []


def test_people_who_decided_lately_are_proposed(known: Wiki) -> None:
    first, *_ = in_order(known)
    answer(known, look(known, first), "approve", by=THIRD)

    with known.read() as connection:
        assert colleagues(connection, known.id, "moderators", MODERATOR) == [(THIRD.id, THIRD.name)]
        assert colleagues(connection, known.id, "moderators", THIRD) == []
