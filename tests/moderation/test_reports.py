"""Reports: a reader says that something is wrong, every responsible group hears it, and it is answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kbwiki.actors import ANONYMOUS, SYSTEM, Actor
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.moderation.decide import MovedOn
from kbwiki.moderation.evidence import report
from kbwiki.moderation.queries.evidence import evidence_of
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.take_back import take_back
from kbwiki.pages.queries.view import get_page
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, WRITER, TickingClock, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, decide_on, decided, review_of, seen, state_of


def tell(
    wiki: Wiki, path: str, text: str = "This is not so.", *, by: Actor = READER, reason: str = "wrong"
) -> list[int]:
    """Report a page."""
    with wiki.begin(by) as tx:
        return report(tx, path, reason, text)


def looked_at(wiki: Wiki, path: str, *texts: str) -> None:
    """A page of so many revisions that somebody has looked at."""
    for number, text in enumerate(texts):
        save(wiki, path, text, base=number or None)
    decided(wiki, path, "approve")


def test_a_report_opens_a_review_for_every_group_that_looks_after_the_page(organised: Wiki) -> None:
    save(organised, "both/rules", "Rules.")
    for group in ("people", "safety"):
        member = Actor(group, group, frozenset({group}))
        decide_on(organised, seen(organised, review_of(organised, "both/rules", group).id), "approve", by=member)

    opened = tell(organised, "both/rules")

    assert sorted(opened) == sorted(review_of(organised, "both/rules", group).id for group in ("people", "safety"))
    shown = seen(organised, opened[0])
    assert (shown.base, shown.head) == (1, 1)


def test_a_report_joins_the_review_that_waits_and_who_had_it_open_is_told(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    before = seen(wiki, review_of(wiki, "tea").id)

    (review_id,) = tell(wiki, "tea", "It is black.")

    assert review_id == before.review_id
    with pytest.raises(MovedOn):
        decide_on(wiki, before, "approve", by=MODERATOR)
    with wiki.read() as connection:
        assert [one.text for one in evidence_of(connection, review_id)] == ["It is black."]
    assert decide_on(wiki, seen(wiki, review_id), "approve", by=MODERATOR).successor is None


def test_a_report_is_not_answered_by_who_wants_to_decide_on_what_they_saw_before_it(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    before = seen(wiki, review_of(wiki, "tea").id)
    tell(wiki, "tea")

    with pytest.raises(MovedOn):
        decide_on(wiki, before, "approve", by=MODERATOR, partial=True)
    save(wiki, "tea", "Green.\n\nBlack.", by=SECOND_WRITER, base=1)
    with pytest.raises(MovedOn):
        decide_on(wiki, before, "approve", by=MODERATOR, partial=True)


def test_a_report_of_what_came_later_stays_open_with_the_rest(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.")
    before = seen(wiki, review_of(wiki, "tea").id)
    save(wiki, "tea", "Green.\n\nPoison.", by=SECOND_WRITER, base=1)
    tell(wiki, "tea")

    decision = decide_on(wiki, before, "approve", by=MODERATOR, partial=True)

    assert decision.successor == review_of(wiki, "tea").id
    with wiki.read() as connection:
        assert [one.text for one in evidence_of(connection, decision.successor)] == ["This is not so."]


def test_a_reported_page_is_found_right(wiki: Wiki) -> None:
    looked_at(wiki, "tea", "Green.", "Green tea.")
    (review_id,) = tell(wiki, "tea")

    decide_on(wiki, seen(wiki, review_id), "approve", by=MODERATOR)

    assert open_reviews(wiki) == []
    assert read(wiki, "tea") == "Green tea."


def test_the_newest_change_of_a_reported_page_is_reverted_and_that_is_taken_back(wiki: Wiki) -> None:
    looked_at(wiki, "tea", "Green.", "Poison.")
    (review_id,) = tell(wiki, "tea")

    reverted = decide_on(wiki, seen(wiki, review_id), "revert", by=MODERATOR, reason="wrong")

    assert read(wiki, "tea") == "Green."
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, reverted.decision_id)
    assert read(wiki, "tea") == "Poison."
    with wiki.read() as connection:
        again = evidence_of(connection, review_of(wiki, "tea").id)
    assert [one.kind for one in again] == ["report"]


def test_the_newest_change_of_a_reported_page_is_hidden_and_that_is_taken_back(wiki: Wiki) -> None:
    looked_at(wiki, "tea", "Green.", "Secret.")
    (review_id,) = tell(wiki, "tea")

    hidden = decide_on(wiki, seen(wiki, review_id), "hide", by=MODERATOR, reason="private")

    assert read(wiki, "tea") == "Green."
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, hidden.decision_id)
    assert read(wiki, "tea") == "Secret."
    with wiki.read() as connection:
        assert not get_page(connection, wiki.id, "tea", READER).hidden


def test_a_concern_about_a_reported_page_goes_to_the_author_of_its_newest_change(wiki: Wiki) -> None:
    looked_at(wiki, "tea", "Green.", "Green tea.")
    (review_id,) = tell(wiki, "tea")

    decide_on(wiki, seen(wiki, review_id), "concern", by=MODERATOR, reason="unclear")

    assert state_of(wiki, review_id) == "concern"
    save(wiki, "tea", "Green tea, from Assam.", base=2)
    assert state_of(wiki, review_id) == "verify"


def test_the_author_of_the_newest_change_does_not_judge_its_report(wiki: Wiki) -> None:
    save(wiki, "tea", "Green.", by=MODERATOR)
    decide_on(
        wiki, seen(wiki, review_of(wiki, "tea").id), "approve", by=Actor("x", "X", frozenset({"moderators"}))
    )
    (review_id,) = tell(wiki, "tea")

    with pytest.raises(Forbidden, match="your own"):
        decide_on(wiki, seen(wiki, review_id), "approve", by=MODERATOR)


def test_a_report_does_not_vanish_when_the_author_goes_back(wiki: Wiki) -> None:
    looked_at(wiki, "tea", "Green.", "Green tea.")
    (review_id,) = tell(wiki, "tea")

    save(wiki, "tea", "Other.", base=2)
    save(wiki, "tea", "Green tea.", base=3)

    assert state_of(wiki, review_id) == "open"


def test_the_same_reader_adds_to_a_report_once_an_hour(wiki: Wiki) -> None:
    wiki.clock = TickingClock()
    save(wiki, "tea", "Green.")
    tell(wiki, "tea")

    with pytest.raises(Invalid, match="Thank you"):
        tell(wiki, "tea", "Really!")
    tell(wiki, "tea", "I think so too.", by=SECOND_WRITER)
    wiki.clock.now += timedelta(hours=1)
    (review_id,) = tell(wiki, "tea", "And another thing.")

    with wiki.read() as connection:
        assert len(evidence_of(connection, review_id)) == 3


def test_only_who_can_read_a_page_reports_it_and_says_something(wiki: Wiki) -> None:
    make_space(wiki, "people", readers=("people",), writers=("people",), reviewers=("people",))
    save(wiki, "people/pay", "Numbers.", by=PEOPLE)
    save(wiki, "tea", "Green.")

    for path in ("people/pay", "nowhere"):
        with pytest.raises(NotFound):
            tell(wiki, path)
    with pytest.raises(Invalid):
        tell(wiki, "tea", " ", reason="")
    with pytest.raises(Invalid):
        tell(wiki, "tea", reason="because")
    assert tell(wiki, "tea", "", by=ANONYMOUS)
    assert wiki.verify().intact


def test_the_writer_may_report_too(wiki: Wiki) -> None:
    looked_at(wiki, "tea", "Green.")

    assert tell(wiki, "tea", "I was wrong.", by=WRITER)


def test_a_report_goes_to_whom_a_rule_gave_the_page_as_well(wiki: Wiki) -> None:
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Legal", {}, {"replace_groups": ["legal"]})
    save(wiki, "contract", "One.\n")
    (waiting,) = open_reviews(wiki, "legal")

    told = tell(wiki, "contract")

    assert waiting.id in told
    with wiki.read() as connection:
        assert [one.text for one in evidence_of(connection, waiting.id)] == ["This is not so."]
    assert seen(wiki, waiting.id).version == waiting.version + 1
