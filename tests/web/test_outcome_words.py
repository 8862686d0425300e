"""Whatever became of a change or a report, there are words for it, and they name the group."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.mine import GroupAnswer, OwnChange
from kbwiki.moderation.take_back import TAKEN_BACK
from kbwiki.moderation.transitions import LIVE, State
from kbwiki.pages.queries.history import RevisionLine
from kbwiki.web.outcome_words import MARKS, change_words, chips_of, decision_words, report_words

AT = datetime(2026, 5, 3, 10, 15, tzinfo=UTC)
ANSWERS = (
    Verdict.APPROVE,
    Verdict.EDIT,
    Verdict.REVERT,
    Verdict.REVERT_PART,
    Verdict.HIDE,
    Verdict.DELETE,
)
UNDOING = (None, Verdict.TAKE_BACK, Verdict.OVERTURN)


def stands(state: State, verdict: Verdict | None = None, undone: Verdict | None = None) -> GroupAnswer:
    """How a group stands."""
    closed_as = "quiet pages" if state is State.LAPSED else ""
    return GroupAnswer("Safety", state, closed_as, verdict, undone, 1, "", AT, "", "")


EVERY = [stands(state) for state in State if state not in (State.DECIDED, State.HANDED_OVER)] + [
    stands(State.DECIDED, verdict, undone)
    for verdict, undone in product(ANSWERS, UNDOING)
    if undone is None or verdict in TAKEN_BACK
]


def line(*, exempt: str | None = None, hidden: bool = False) -> RevisionLine:
    """A change in a list."""
    return RevisionLine(
        1, 1, "tea", "Tea", 1, "edit", "Wim", "human", AT, "", 1, 1, hidden, exempt, deleted=False, page_deleted=False
    )


@pytest.mark.parametrize("answer", EVERY, ids=lambda one: f"{one.state}-{one.verdict}-{one.undone}")
def test_every_state_of_a_change_and_of_a_report_has_its_words(answer: GroupAnswer) -> None:
    for said in (change_words(answer), report_words(answer)):
        assert said
        assert "{" not in said
        assert said != "closed"
    assert answer.became in MARKS
    if answer.state in LIVE or answer.undone is None:
        assert "Safety" in report_words(answer) or answer.state is State.SUPERSEDED


def test_a_lapse_names_the_policy_under_which_nobody_looked() -> None:
    assert "quiet pages" in change_words(stands(State.LAPSED))


@pytest.mark.parametrize(
    ("exempt", "words"),
    [("import", "taken over from elsewhere"), ("regulars", "you are trusted here"), (None, "part of a decision")],
)
def test_what_nobody_has_to_look_at_says_why(exempt: str | None, words: str) -> None:
    (chip,) = chips_of(OwnChange(line(exempt=exempt), ()))

    assert words in chip.text


def test_a_change_that_is_hidden_by_what_somebody_else_wrote_says_so() -> None:
    approved = OwnChange(line(hidden=True), (stands(State.DECIDED, Verdict.APPROVE),))

    assert [chip.text for chip in chips_of(approved)] == ["approved by Safety", "hidden"]


def test_a_decision_names_the_person_only_where_one_is_given() -> None:
    for verdict in (*ANSWERS, Verdict.CONCERN, Verdict.RESTRICT):
        assert "Mona" in decision_words(verdict, "Mona", "Safety", AT, AT)
        assert "The group Safety" in decision_words(verdict, "", "Safety", AT, AT) or "by the group Safety" in (
            decision_words(verdict, "", "Safety", AT, AT)
        )
