"""Moving open reviews to the groups that the rules name now. What was decided stays decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import exists, select

from ...db import Change, Transaction, table_of
from ..lifecycle import ReviewRow, copy_authors, get_review_row, move_on, take_in
from ..models import IS_LIVE, Decision, Evidence, Review
from ..policy import Verdict
from ..subjects import subject_of
from ..transitions import LIVE, Event, State
from .actions import require_administrator
from .evaluation import RuleSet
from .loading import load_rules
from .replay import Replay

RULE = "re-routing"
"""The rule that exempts a re-routing itself: the changes it is about stay up for review."""


@dataclass(frozen=True, slots=True)
class Rerouted:
    """How many reviews were looked through, moved away from their group, and opened for further groups.

    `last` is the id to go on `after`; None when there are no more.
    """

    seen: int
    moved: int
    opened: int
    last: int | None


def reroute(tx: Transaction, *, after: int = 0, count: int = 500) -> Rerouted:
    """Let the groups that the rules name now have the open reviews, with their whole range and their authors.

    A group that has had the range already is not given it again. What a moderator handed over, what a group was given
    because another is late, what is about an appeal or a report alone, and what would be left with nobody stays where
    it is. Errors: Forbidden.
    """
    require_administrator(tx)
    waiting = (
        select(Review.id)
        .where(Review.wiki_id == tx.wiki_id, IS_LIVE, Review.id > after, Review.base < Review.head)
        .where(~exists().where(Evidence.review_id == Review.id, Evidence.kind == "appeal"))
        .order_by(Review.id)
        .limit(count)
    )
    ids = tx.connection.execute(waiting).scalars().all()
    rules = RuleSet(load_rules(tx.connection, tx.wiki_id))
    replay = Replay(tx.connection, tx.wiki_id, tx.settings)
    moved = opened = 0
    for review_id in ids:
        gone, new = _reroute_one(tx, replay, rules, review_id)
        moved += gone
        opened += new
    return Rerouted(len(ids), moved, opened, ids[-1] if len(ids) == count else None)


def _reroute_one(tx: Transaction, replay: Replay, rules: RuleSet, review_id: int) -> tuple[bool, int]:
    review = get_review_row(tx.connection, tx.wiki_id, review_id)
    # The subject first, as everywhere: whoever saves or decides holds it before any review of it.
    subject_of(tx, review.subject_kind).lock(tx, review.subject_id)
    review = get_review_row(tx.connection, tx.wiki_id, review_id, lock=True)
    if State(review.state) not in LIVE or _handed_over_by_hand(tx, review) or _helps_a_late_group(tx, review):
        return False, 0
    wanted = _wanted(replay, rules, review)
    had = _had_it(tx, review)
    new = [group for group in wanted if group != review.group and group not in had]
    stays = review.group in wanted or not (new or wanted & _has_it_open(tx, review))
    if stays and not new:
        return False, 0
    for group in new:
        taken = take_in(tx, replace(review.duty, group=group), lambda _: Event.REPORT)
        copy_authors(tx, review.id, taken.id)
    if not stays:
        move_on(tx, review, Event.HAND_OVER)
    _record(tx, review, new, moved=not stays)
    return not stays, len(new)


def _wanted(replay: Replay, rules: RuleSet, review: ReviewRow) -> set[str]:
    """The groups that the rules name for any change in the range that is to be looked at."""
    rows = replay.of_subject(review.subject_kind, review.subject_id, review.base, review.head)
    looked_at = [row for row in rows if row.exempt is None]
    return {group for row in looked_at for group in replay.ask(rules, row, review.space_id).groups}


def _same_subject(review: ReviewRow) -> Any:
    return (
        (Review.wiki_id == review.wiki_id)
        & (Review.subject_kind == review.subject_kind)
        & (Review.subject_id == review.subject_id)
        & (Review.id != review.id)
    )


def _had_it(tx: Transaction, review: ReviewRow) -> set[str]:
    """Groups that have, or had, a review of this very range: handing over is the one way not to have had it."""
    covering = select(Review.group).where(
        _same_subject(review),
        Review.base <= review.base,
        Review.head >= review.head,
        Review.state != State.HANDED_OVER.value,
    )
    return set(tx.connection.execute(covering).scalars())


def _has_it_open(tx: Transaction, review: ReviewRow) -> set[str]:
    """Groups that have to look at this very range as it is."""
    covering = select(Review.group).where(
        _same_subject(review), IS_LIVE, Review.base <= review.base, Review.head >= review.head
    )
    return set(tx.connection.execute(covering).scalars())


def _handed_over_by_hand(tx: Transaction, review: ReviewRow) -> bool:
    """Whether a moderator gave the review to its group: their word counts more than a rule's."""
    decisions = select(table_of(Decision).c.facts).where(
        Decision.subject_kind == review.subject_kind,
        Decision.subject_id == review.subject_id,
        Decision.verdict == Verdict.HAND_OVER.value,
    )
    return any(facts.get("review") == review.id for facts in tx.connection.execute(decisions).scalars())


def _helps_a_late_group(tx: Transaction, review: ReviewRow) -> bool:
    """Whether the group was given the review because another was late, and nobody has decided there.

    No rule names it for these changes, and an escalation happens once: taken away, nobody would be asked again.
    Re-routed or handed over, the late review has gone on to a third group, and the help is wanted as before.
    """
    late = select(Review.id).where(
        _same_subject(review),
        Review.escalated_at.is_not(None),
        Review.escalate_to == review.group,
        IS_LIVE | (Review.state == State.HANDED_OVER.value),
        Review.base < review.head,
        Review.head > review.base,
    )
    return tx.connection.execute(late.limit(1)).first() is not None


def _record(tx: Transaction, review: ReviewRow, new: list[str], *, moved: bool) -> None:
    tx.record(
        Change(
            kind="re-route",
            subject_kind="review",
            subject_id=review.id,
            number=1,
            spaces=(),
            payload={
                review.subject_kind: review.subject_id,
                "from": review.group,
                "to": new,
                "moved": moved,
                "exempt": {"rule": RULE, "probability": 1},
            },
            exempt=RULE,
        )
    )
