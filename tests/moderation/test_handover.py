"""Handing over: a review whose group can no longer read its page goes to those who look after the page now."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki.errors import Forbidden
from kbwiki.journal.models import Entry
from kbwiki.moderation.decide import Answer, MovedOn, decide
from kbwiki.moderation.models import Review
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.state import looked_at
from kbwiki.pages.actions import Edit, move_page, save_page, undo_change
from kbwiki.testing import WRITER, look, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

from .conftest import BOTH, PEOPLE, SAFETY, decided, ranges, review_of


@pytest.fixture
def closable(organised: Wiki) -> Wiki:
    """`vault/` can be read by the safety group alone, which looks after it."""
    make_space(organised, "vault", readers=("safety",), writers=("safety",), reviewers=("safety",))
    return organised


def states(wiki: Wiki) -> list[tuple[str, str]]:
    with wiki.read() as connection:
        rows = connection.execute(select(Review.group, Review.state).order_by(Review.id))
        return [(row.group, row.state) for row in rows]


def into_the_vault(wiki: Wiki, path: str) -> None:
    with wiki.begin(BOTH) as tx:
        move_page(tx, path, "vault/page")


def test_a_move_into_a_closed_space_takes_the_open_review_along(closable: Wiki) -> None:
    save(closable, "people/page", "1\n")
    save(closable, "people/page", "2\n", base=1)
    into_the_vault(closable, "people/page")
    assert ranges(closable, "people") == {}
    assert ranges(closable, "safety") == {"vault/page": (0, 3)}
    assert states(closable) == [("people", "handed-over"), ("safety", "open")]
    line = review_of(closable, "vault/page", "safety")
    assert line.authors == (BOTH.name, WRITER.name)


def test_a_space_that_is_closed_hands_over_what_waits_in_it(organised: Wiki) -> None:
    save(organised, "people/page", "1\n")
    save(organised, "people/decided", "1\n")
    save(organised, "elsewhere", "1\n")
    decided(organised, "people/decided", "approve", by=PEOPLE, group="people")
    make_space(organised, "people", readers=("safety",), writers=("safety",), reviewers=("safety",))
    assert ranges(organised, "safety") == {"people/page": (0, 1)}
    assert ranges(organised) == {"elsewhere": (0, 1)}
    assert states(organised).count(("people", "handed-over")) == 1


def test_a_group_that_can_still_read_the_page_keeps_its_review(organised: Wiki) -> None:
    save(organised, "people/page", "1\n")
    with organised.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    make_space(organised, "people", reviewers=("safety",))
    assert ranges(organised, "people") == {"safety/page": (0, 2)}
    assert ranges(organised, "safety") == {"safety/page": (1, 2)}


def test_a_group_that_has_a_review_of_the_page_gets_the_rest_added(closable: Wiki) -> None:
    save(closable, "both/page", "1\n")
    decided(closable, "both/page", "approve", by=SAFETY, group="safety")
    save(closable, "both/page", "2\n", base=1)
    into_the_vault(closable, "both/page")
    assert ranges(closable, "safety") == {"vault/page": (0, 3)}
    assert states(closable) == [("people", "handed-over"), ("safety", "decided"), ("safety", "open")]


def test_nothing_that_was_not_looked_at_stops_waiting(closable: Wiki) -> None:
    saved = save(closable, "people/page", "1\n")
    into_the_vault(closable, "people/page")
    with closable.read() as connection:
        state = looked_at(connection, saved.page_id)
    assert state is not None
    assert (state.waiting, state.base, state.verdict) == (2, 0, None)


def test_a_hand_over_is_in_the_journal_with_its_rule(closable: Wiki) -> None:
    save(closable, "people/page", "1\n")
    into_the_vault(closable, "people/page")
    with closable.read() as connection:
        entry = connection.execute(select(Entry).where(Entry.kind == "hand-over")).one()
    assert (entry.subject_kind, entry.exempt) == ("review", "hand-over")
    assert (entry.payload["from"], entry.payload["to"]) == ("people", ["safety"])
    assert entry.payload["exempt"] == {"rule": "hand-over", "probability": 1}
    assert faults(closable) == []


def test_a_review_that_was_handed_over_cannot_be_decided_by_those_who_had_it(closable: Wiki) -> None:
    save(closable, "people/page", "1\n")
    view = look(closable, review_of(closable, "people/page", "people").id, by=PEOPLE)
    into_the_vault(closable, "people/page")
    given = Answer(view.id, view.shown.base, view.shown.head, view.shown.digest, Verdict.APPROVE)
    with pytest.raises(MovedOn) as raised, closable.begin(PEOPLE) as tx:
        decide(tx, given)
    assert "handed over" in str(raised.value)
    assert ranges(closable, "safety") == {"vault/page": (0, 2)}


def test_an_author_among_those_who_take_over_still_does_not_decide(closable: Wiki) -> None:
    save(closable, "people/page", "1\n", by=SAFETY)
    into_the_vault(closable, "people/page")
    with pytest.raises(Forbidden):
        decided(closable, "vault/page", "approve", by=SAFETY, group="safety")


def test_what_was_handed_over_is_decided_as_a_whole(closable: Wiki) -> None:
    save(closable, "people/page", "1\n")
    into_the_vault(closable, "people/page")
    outcome = decided(closable, "vault/page", "revert", by=SAFETY, group="safety")
    assert outcome.number == 3
    assert ranges(closable, "safety") == {}
    assert faults(closable) == []


def test_a_page_that_comes_back_is_reviewed_where_it_is(closable: Wiki) -> None:
    save(closable, "people/page", "1\n")
    into_the_vault(closable, "people/page")
    with closable.begin(BOTH) as tx:
        undo_change(tx, "vault/page", 2)
    assert ranges(closable, "people") == {"people/page": (2, 3)}
    assert ranges(closable, "safety") == {"people/page": (0, 3)}


def test_changes_and_the_move_in_one_transaction_are_handed_over_together(closable: Wiki) -> None:
    with closable.begin(BOTH) as tx:
        save_page(tx, Edit("people/page", "1\n"))
        move_page(tx, "people/page", "vault/page")
    assert ranges(closable, "safety") == {"vault/page": (0, 2)}
    assert [line.path for line in open_reviews(closable, "people", by=PEOPLE)] == []
    assert look(closable, review_of(closable, "vault/page", "safety").id, by=SAFETY).why_not == ""
