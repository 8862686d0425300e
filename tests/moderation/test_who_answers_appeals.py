"""Appeals are never decided by the one who decided: on no way, from no group, and not after any detour."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from kbwiki.actors import Actor
from kbwiki.cli import main
from kbwiki.errors import Forbidden, Invalid
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.batches.plan import BULK, plan_batch
from kbwiki.moderation.batches.run import run_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.desk.next import next_review
from kbwiki.moderation.lifecycle import get_review_row
from kbwiki.moderation.policy import NEEDS_REASON, Verdict
from kbwiki.moderation.take_back import take_back
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, SECOND_WRITER, WRITER, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

from .conftest import SAFETY, decide_on, decided, seen, state_of

EVERYWHERE = Actor(MODERATOR.id, MODERATOR.name, frozenset({"moderators", "people", "safety", "admins"}))
"""Whoever decided, now in every group there is."""


@pytest.fixture
def appealed(wiki: Wiki) -> int:
    """The review of an appeal against what the moderator decided."""
    save(wiki, "tea", "Green.", by=SECOND_WRITER)
    decided(wiki, "tea", "approve", by=SECOND_MODERATOR)
    save(wiki, "tea", "Black.", base=1)
    return objected(wiki, decided(wiki, "tea", "revert").decision_id)


def objected(wiki: Wiki, decision_id: int) -> int:
    """The writer objects; the review of the appeal."""
    with wiki.begin(WRITER) as tx:
        return appeal(tx, decision_id, "It was right.")


def refused(wiki: Wiki, review_id: int) -> None:
    """Whoever decided can answer the appeal in no way, whatever groups they are in."""
    shown = seen(wiki, review_id)
    for verdict in ("uphold", "overturn", "concern", "hand-over"):
        with pytest.raises(Forbidden, match="somebody else"):
            decide_on(wiki, shown, verdict, by=EVERYWHERE, reason="wrong" if verdict == "concern" else "")
        with pytest.raises(Forbidden, match="somebody else"):
            decide_on(wiki, shown, verdict, by=EVERYWHERE, reason="wrong", partial=True)


def handed_over(wiki: Wiki, review_id: int, to: str) -> int:
    """A colleague gives the appeal to another group; its review there."""
    shown = seen(wiki, review_id)
    with wiki.begin(SECOND_MODERATOR) as tx:
        seen_range = review_id, shown.base, shown.head, shown.digest
        decide(tx, Answer(*seen_range, Verdict.HAND_OVER, details={"to": to}))
    (line,) = [line for line in open_reviews(wiki, to) if line.subject_kind == "decision"]
    return line.id


def test_who_decided_is_refused_whatever_the_answer(wiki: Wiki, appealed: int) -> None:
    refused(wiki, appealed)

    decide_on(wiki, seen(wiki, appealed), "uphold", by=SECOND_MODERATOR)


def test_who_decided_is_refused_in_the_group_it_was_handed_to(wiki: Wiki, appealed: int) -> None:
    there = handed_over(wiki, appealed, "people")

    refused(wiki, there)


def test_who_decided_is_refused_where_the_page_takes_the_appeal(wiki: Wiki, appealed: int) -> None:
    make_space(wiki, "tea", readers=("safety",), writers=("safety",), reviewers=("safety",))
    (line,) = [line for line in open_reviews(wiki, "safety") if line.subject_kind == "decision"]

    refused(wiki, line.id)

    decide_on(wiki, seen(wiki, line.id), "overturn", by=SAFETY)
    assert read(wiki, "tea", by=SAFETY) == "Black."


def test_who_decided_is_refused_when_the_answer_was_taken_back(wiki: Wiki, appealed: int) -> None:
    upheld = decide_on(wiki, seen(wiki, appealed), "uphold", by=SECOND_MODERATOR)
    with pytest.raises(Forbidden), wiki.begin(EVERYWHERE) as tx:
        take_back(tx, upheld.decision_id)
    with wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, upheld.decision_id)
    (line,) = [line for line in open_reviews(wiki) if line.subject_kind == "decision"]

    refused(wiki, line.id)


def test_who_decides_the_same_anew_is_refused_about_both(wiki: Wiki, appealed: int) -> None:
    with wiki.read() as connection:
        first = get_review_row(connection, wiki.id, appealed).subject_id
    with wiki.begin(MODERATOR) as tx:
        take_back(tx, first)
    (line,) = [line for line in open_reviews(wiki) if line.subject_kind == "page"]
    again = decide_on(wiki, seen(wiki, line.id), "revert", by=MODERATOR, reason="wrong")

    second = objected(wiki, again.decision_id)

    assert second != appealed
    refused(wiki, appealed)
    refused(wiki, second)


def test_who_joins_the_decision_later_is_refused_as_well(wiki: Wiki, appealed: int) -> None:
    """The decision was overturned, somebody else decided the same, and whoever overturned may answer that; neither of
    those who decided may."""
    judge = Actor("judge", "Jo Judge", frozenset({"moderators"}))
    decide_on(wiki, seen(wiki, appealed), "overturn", by=judge)
    again = decided(wiki, "tea", "revert", by=SECOND_MODERATOR)
    second = objected(wiki, again.decision_id)

    with pytest.raises(Forbidden):
        decide_on(wiki, seen(wiki, second), "uphold", by=SECOND_MODERATOR)
    decide_on(wiki, seen(wiki, second), "overturn", by=judge)

    assert read(wiki, "tea") == "Black."


def test_next_does_not_give_it_to_who_decided(wiki: Wiki, appealed: int) -> None:
    with wiki.begin(MODERATOR) as tx:
        assert next_review(tx) is None
    with wiki.begin(SECOND_MODERATOR) as tx:
        given = next_review(tx)

    assert given is not None


def test_many_at_once_answer_no_appeal(wiki: Wiki, appealed: int) -> None:
    for verdict in ("uphold", "overturn"):
        with pytest.raises(Invalid, match="needs a look"):
            plan_batch(wiki, MODERATOR, Selection(review_ids=(appealed,)), verdict)
    for verdict in sorted(BULK):
        reason = "wrong" if verdict in NEEDS_REASON else ""
        details = {"to": "people"} if verdict == Verdict.HAND_OVER else {}
        plan = plan_batch(
            wiki, MODERATOR, Selection(review_ids=(appealed,)), verdict, reason=reason, details=details
        )
        run_batch(wiki, MODERATOR, plan.batch_id)

    assert state_of(wiki, appealed) == "open"
    assert read(wiki, "tea") == "Green."


def test_the_command_line_refuses_it_too(wiki: Wiki, appealed: int, database_url: str) -> None:
    shown = seen(wiki, appealed)
    as_decider = ("--actor", MODERATOR.id, "--actor-name", MODERATOR.name, "--in-group", "moderators")
    what = ("--base", str(shown.base), "--head", str(shown.head), "--digest", shown.digest.hex())

    said = CliRunner().invoke(
        main, ["--database", database_url, "reviews", "decide", str(appealed), "overturn", *what, *as_decider]
    )

    assert said.exit_code != 0
    assert "somebody else" in said.output
    assert state_of(wiki, appealed) == "open"
