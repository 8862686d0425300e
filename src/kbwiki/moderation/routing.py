"""What happens on leaving a transaction: every recorded change opens or extends a review of each responsible group."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update

from ..db import Change, Transaction, table_of
from ..pages.models import Revision
from ..pages.practice import RULE as SANDBOX
from ..pages.practice import is_own_practice
from ..spaces.queries import find_space
from .access import is_author, reads
from .ageing import STAYS, Ageing
from .lifecycle import Duty, ReviewRow, add_author, live_reviews, move_on, take_in
from .models import IS_LIVE, Decision, Evidence, Review, ReviewAuthor
from .rules.assign import Assigned, assign
from .rules.matching import Exemption
from .subjects import subject_of
from .telling import tell, tell_the_rest
from .transitions import Event

DECIDED = "decision"
"""The rule that exempts a change made by a decision when no other group is responsible: a human has just looked."""

_RIDING = {"page": ("page", "help")}
"""Kinds of subject whose reviews go where the subject goes, since it is one thing under one id."""

SELF_REVERTED = "self-reverted"
"""How a review ends whose author has restored what was there before."""


def route(tx: Transaction) -> None:
    """Give every change of the transaction to its groups, in order; replace each change by what was decided about it.

    A change without exemption always ends up with at least one group, because every space has one (the fallback
    group where nothing else is set). A change made by a decision does not go back to the group that decided.
    """
    tell_the_rest(tx)
    tx.changes[:] = [tx.told(_route_one(tx, change)) for change in tx.changes]


def _route_one(tx: Transaction, change: Change) -> Change:
    if len(change.spaces) > 1:
        _follow(tx, change)
    if change.exempt is not None:
        return _exempted(change, change.exempt)
    if is_own_practice(tx, change) and not _was_ever_reviewed(tx, change):
        return _left_unseen(tx, change, Exemption(SANDBOX, 0, 1))
    assigned = assign(tx, change)
    change = replace(change, payload={**change.payload, **assigned.payload})
    groups = [one for one in assigned.groups if one != change.decided_by]
    if not groups:
        return _exempted(change, DECIDED)
    if assigned.exempt is not None:
        return _left_unseen(tx, change, assigned.exempt)
    _give_to_all(tx, change, groups, assigned)
    return change


def _give_to_all(tx: Transaction, change: Change, groups: list[str], assigned: Assigned) -> None:
    """Let every group look, and those to whom one of their reviews was escalated: they help with it until it is closed.

    Otherwise what comes to a page whose group is away would escalate once, and never again.
    """
    given, waiting = set(groups), list(groups)
    while waiting:
        group = waiting.pop(0)
        review = _give(tx, change, group, assigned.due_at.get(group), assigned.ageing.get(group, STAYS))
        helping = review.escalate_to if review.escalated_at is not None else None
        if helping is None or helping in given or helping == change.decided_by:
            continue
        if reads(tx.connection, review.space_id, helping):
            given.add(helping)
            waiting.append(helping)


def _was_ever_reviewed(tx: Transaction, change: Change) -> bool:
    """Whether a group has, or had, to look at the subject: somebody else changed it, or reported something."""
    found = select(Review.id).where(
        Review.subject_id == change.subject_id,
        Review.subject_kind == change.subject_kind,
        Review.wiki_id == tx.wiki_id,
    )
    return tx.connection.execute(found.limit(1)).first() is not None


def _left_unseen(tx: Transaction, change: Change, by: Exemption) -> Change:
    """The change of a trusted author that was not drawn, recorded as exempt, on the page's revision too."""
    if change.subject_kind == "page":
        tx.connection.execute(
            update(table_of(Revision))
            .where(Revision.page_id == change.subject_id, Revision.number == change.number)
            .values(exempt=by.rule)
        )
    return _exempted(change, by.rule, by.probability)


def _give(tx: Transaction, change: Change, group: str, due_at: datetime | None, ageing: Ageing) -> ReviewRow:
    """Let the group look at the change; its review of it."""
    duty = Duty(
        group,
        change.subject_kind,
        change.subject_id,
        change.spaces[-1] if change.spaces else find_space(tx.connection, tx.wiki_id, ""),
        change.number - 1,
        change.number,
        due_at,
        ageing=ageing,
    )
    review = take_in(tx, duty, lambda row: Event.AMEND if is_author(tx, row.id) else Event.CHANGE)
    add_author(tx, review.id, tx.actor_id)
    if review.version > 1 and review.base > 0:
        _close_if_returned(tx, review)
    return review


def _close_if_returned(tx: Transaction, review: ReviewRow) -> None:
    """Close a review whose only author has put back what was there before: nothing is left to look at.

    Unless a reader reported something: that wants an answer by a human, whatever its author did since.
    """
    authors = tx.connection.execute(select(ReviewAuthor.actor_id).where(ReviewAuthor.review_id == review.id))
    if {row.actor_id for row in authors} != {tx.actor_id}:
        return
    reported = select(Evidence.id).where(Evidence.review_id == review.id, Evidence.kind == "report").limit(1)
    if tx.connection.execute(reported).first() is not None:
        return
    if subject_of(tx, review.subject_kind).returned(tx.connection, review.subject_id, review.base, review.head):
        move_on(tx, review, Event.SUPERSEDE, closed_as=SELF_REVERTED)


def _follow(tx: Transaction, change: Change) -> None:
    """Let what waits about a subject follow it into its new space."""
    new = change.spaces[-1]
    about: list[ReviewRow] = []
    for kind in _RIDING.get(change.subject_kind, (change.subject_kind,)):
        about += live_reviews(tx, kind, change.subject_id)
        about += _live_appeals(tx, kind, change.subject_id)
    for review in about:
        if review.space_id != new:
            tx.connection.execute(
                update(table_of(Review)).where(Review.id == review.id).values(space_id=new)
            )
            tell(tx, replace(review, space_id=new))
            tx.tally(review.group, review.space_id, review.state, -1)
            tx.tally(review.group, new, review.state, 1)


def _live_appeals(tx: Transaction, subject_kind: str, subject_id: int) -> list[ReviewRow]:
    """The live reviews of decisions about the subject: who may see them follows from where the subject is."""
    decisions = tx.connection.execute(
        select(Decision.id)
        .join(Review, (Review.subject_id == Decision.id) & (Review.subject_kind == "decision"))
        .where(Decision.subject_kind == subject_kind, Decision.subject_id == subject_id, IS_LIVE)
        .order_by(Decision.id)
    )
    return [review for decision_id in decisions.scalars() for review in live_reviews(tx, "decision", decision_id)]


def _exempted(change: Change, rule: str, probability: float = 1) -> Change:
    """The same change, recorded as exempt under `rule`, which applies with `probability`."""
    payload = {**change.payload, "exempt": {"rule": rule, "probability": probability}}
    return replace(change, payload=payload, exempt=rule)
