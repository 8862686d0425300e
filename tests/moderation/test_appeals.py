"""Appeals: an author objects once, somebody who did not decide answers, and the decision stands or is undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kbwiki.actors import Actor
from kbwiki.errors import Conflict, Forbidden, Invalid, NotFound
from kbwiki.moderation.acts import restrict_author
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import MovedOn
from kbwiki.moderation.queries.evidence import evidence_of, objections_of
from kbwiki.moderation.record import Decided
from kbwiki.moderation.take_back import take_back
from kbwiki.settings import Settings
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    make_space,
    open_reviews,
    read,
    save,
)
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, PEOPLE_TOO, decide_on, decided, review_of, seen, state_of

JUDGE = Actor("judge", "Jo Judge", frozenset({"judges"}))


@pytest.fixture
def court(database_url: str) -> Iterator[Wiki]:
    """A wiki whose appeals go to the judges."""
    wiki = Wiki(database_url, settings=Settings(appeals_group="judges"))
    yield wiki
    wiki.close()


def rejected(wiki: Wiki, verdict: str = "revert") -> Decided:
    """A page with a second change that the moderator decided about like this."""
    save(wiki, "tea", "Green.", by=SECOND_WRITER)
    decided(wiki, "tea", "approve")
    save(wiki, "tea", "Green and black.", base=1)
    return decided(wiki, "tea", verdict)


def object_to(wiki: Wiki, decision_id: int, text: str = "It was right.", by: Actor = WRITER) -> int:
    """Appeal."""
    with wiki.begin(by) as tx:
        return appeal(tx, decision_id, text)


def test_an_appeal_waits_in_the_group_named_for_appeals(court: Wiki) -> None:
    decision = rejected(court)

    review_id = object_to(court, decision.decision_id)

    (line,) = open_reviews(court, "judges")
    assert (line.id, line.subject_kind, line.title, line.path) == (review_id, "decision", "Objection about tea", "tea")
    with court.read() as connection:
        assert [one.text for one in evidence_of(connection, review_id)] == ["It was right."]


@pytest.mark.parametrize("verdict", ["revert", "hide", "delete"])
def test_overturning_gives_the_text_back_and_lets_the_change_wait_again(court: Wiki, verdict: str) -> None:
    decision = rejected(court, verdict)
    review_id = object_to(court, decision.decision_id)

    decide_on(court, seen(court, review_id), "overturn", by=JUDGE)

    assert read(court, "tea") == "Green and black."
    assert review_of(court, "tea").base == 1
    assert open_reviews(court, "judges") == []
    with pytest.raises(Conflict, match="already taken this back"), court.begin(MODERATOR) as tx:
        take_back(tx, decision.decision_id)


def test_upholding_leaves_everything_as_it_is_and_can_be_taken_back(court: Wiki) -> None:
    decision = rejected(court)
    review_id = object_to(court, decision.decision_id)

    upheld = decide_on(court, seen(court, review_id), "uphold", by=JUDGE)

    assert read(court, "tea") == "Green."
    assert state_of(court, review_id) == "decided"
    with court.read() as connection:
        told = objections_of(connection, WRITER, court.id, [decision.decision_id])
    assert told[decision.decision_id].answer == "uphold"
    with court.begin(JUDGE) as tx:
        take_back(tx, upheld.decision_id)
    assert [line.subject_kind for line in open_reviews(court, "judges")] == ["decision"]


def test_neither_who_decided_nor_who_objects_answers_an_appeal(wiki: Wiki) -> None:
    decision = rejected(wiki)
    review_id = object_to(wiki, decision.decision_id)
    shown = seen(wiki, review_id)
    writer_too = Actor(WRITER.id, WRITER.name, frozenset({"moderators"}))

    for own in (MODERATOR, writer_too):
        with pytest.raises(Forbidden, match="somebody else"):
            decide_on(wiki, shown, "uphold", by=own)

    assert decide_on(wiki, shown, "uphold", by=SECOND_MODERATOR).review_id == review_id


def test_an_appeal_is_upheld_or_overturned_and_nothing_else_is(wiki: Wiki) -> None:
    decision = rejected(wiki)
    review_id = object_to(wiki, decision.decision_id)
    save(wiki, "coffee", "Strong.")

    for verdict in ("approve", "revert", "hide", "delete", "edit"):
        with pytest.raises(Invalid, match="uphold"):
            decide_on(wiki, seen(wiki, review_id), verdict, by=SECOND_MODERATOR, reason="wrong")
    for verdict in ("uphold", "overturn"):
        with pytest.raises(Invalid, match="Only an objection"):
            decide_on(wiki, seen(wiki, review_of(wiki, "coffee").id), verdict, by=MODERATOR)


def test_an_author_objects_once_and_only_to_what_was_theirs(wiki: Wiki) -> None:
    decision = rejected(wiki)
    object_to(wiki, decision.decision_id)

    with pytest.raises(Conflict, match="already"):
        object_to(wiki, decision.decision_id)
    with pytest.raises(Forbidden, match="somebody else's work"):
        object_to(wiki, decision.decision_id, by=READER)


def test_there_is_nothing_to_object_to_in_an_approval_or_in_what_was_taken_back(wiki: Wiki) -> None:
    save(wiki, "coffee", "Strong.")
    approved = decided(wiki, "coffee", "approve")
    reverted = rejected(wiki)
    with wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, reverted.decision_id)

    with pytest.raises(Invalid, match="nothing to object to"):
        object_to(wiki, approved.decision_id)
    with pytest.raises(Conflict, match="taken back"):
        object_to(wiki, reverted.decision_id)


def test_a_second_author_joins_the_appeal_and_who_had_it_open_is_told(court: Wiki) -> None:
    save(court, "tea", "Green.")
    save(court, "tea", "Green.\n\nBlack.", by=SECOND_WRITER, base=1)
    decision = decided(court, "tea", "revert")
    review_id = object_to(court, decision.decision_id)
    before = seen(court, review_id)

    assert object_to(court, decision.decision_id, "I agree.", by=SECOND_WRITER) == review_id

    with pytest.raises(MovedOn):
        decide_on(court, before, "uphold", by=JUDGE)
    assert (seen(court, review_id).base, seen(court, review_id).head) == (0, 2)


def test_a_decision_taken_back_meanwhile_is_neither_upheld_nor_undone_twice(court: Wiki) -> None:
    decision = rejected(court)
    before = seen(court, object_to(court, decision.decision_id))
    with court.begin(SECOND_MODERATOR) as tx:
        take_back(tx, decision.decision_id)

    for verdict in ("uphold", "overturn"):
        with pytest.raises(MovedOn):
            decide_on(court, before, verdict, by=JUDGE)
    with pytest.raises(Conflict, match="already taken this back"):
        decide_on(court, seen(court, before.review_id), "overturn", by=JUDGE)
    assert decide_on(court, seen(court, before.review_id), "uphold", by=JUDGE).number == 1


def test_a_restricted_author_objects_and_can_write_again_when_overturned(court: Wiki) -> None:
    save(court, "tea", "Green.")
    with court.begin(MODERATOR) as tx:
        until = tx.now.replace(year=tx.now.year + 1)
        restricted = restrict_author(tx, WRITER.id, "tea", until=until, group="moderators", reason="abuse")
    with pytest.raises(Forbidden, match="You cannot write"):
        save(court, "tea", "Black.", base=1)
    review_id = object_to(court, restricted.decision_id)

    decide_on(court, seen(court, review_id), "overturn", by=JUDGE)

    assert save(court, "tea", "Black.", base=1).number == 2


def test_an_appeal_about_what_the_appeals_group_cannot_read_goes_to_who_can(court: Wiki) -> None:
    make_space(court, "people", readers=("people",), writers=("people",), reviewers=("people",))
    save(court, "people/pay", "Numbers.", by=PEOPLE)
    decision = decided(court, "people/pay", "revert", by=PEOPLE_TOO, group="people")

    review_id = object_to(court, decision.decision_id, by=PEOPLE)

    assert open_reviews(court, "judges") == []
    assert [line.id for line in open_reviews(court, "people")] == [review_id]


def test_an_appeal_follows_its_page_into_a_closed_space(court: Wiki) -> None:
    object_to(court, rejected(court).decision_id)

    make_space(court, "tea", readers=("people",), writers=("people",), reviewers=("people",))

    assert open_reviews(court, "judges") == []
    assert [line.subject_kind for line in open_reviews(court, "people")] == ["decision"]


def test_what_an_author_can_no_longer_read_they_cannot_object_to(court: Wiki) -> None:
    decision = rejected(court)
    make_space(court, "tea", readers=("people",), writers=("people",), reviewers=("people",))

    with pytest.raises(NotFound):
        object_to(court, decision.decision_id)
