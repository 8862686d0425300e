"""Handing over reviews their group can no longer read, after a space was set anew or a page moved into another."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, exists, func, or_, select, update

from ..actors import EVERYONE, SIGNED_IN
from ..db import Change, Transaction, table_of
from ..pages.models import Page
from ..spaces.models import Grant
from ..spaces.policy import Right
from ..spaces.queries import responsible_groups
from .access import reads
from .lifecycle import ReviewRow, copy_authors, move_on, take_in
from .models import IS_LIVE, Decision, Review
from .tallies import recount
from .telling import tell, tell_the_rest
from .transitions import Event

RULE = "hand-over"
"""The rule that exempts a hand-over itself: the changes it is about stay up for review."""

_STRANDED = (
    select(table_of(Review))
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        IS_LIVE,
        ~exists().where(
            Grant.space_id == Review.space_id,
            Grant.right == Right.READ.value,
            or_(Grant.group == Review.group, Grant.group.in_((EVERYONE, SIGNED_IN))),
        ),
    )
    .order_by(Review.id)
)


def hand_over_stranded(tx: Transaction) -> None:
    """Give every live review that its group cannot read to the groups that look after its subject now.

    Does nothing unless the transaction set a space or moved a page between spaces. The range goes along whole, so
    nothing that waited stops waiting.
    """
    set_anew = any(change.kind == "set-space" for change in tx.changes)
    if not set_anew and not any(len(change.spaces) > 1 for change in tx.changes):
        return
    if set_anew:
        _refile(tx)
    for row in tx.connection.execute(_STRANDED, {"wiki_id": tx.wiki_id}).all():
        _hand_over(tx, ReviewRow(*row))
    if set_anew:
        recount(tx)
    tell_the_rest(tx)


def _refile(tx: Transaction) -> None:
    """Let the live reviews of pages, and of decisions about pages, follow them into the spaces that are there now."""
    of_page = select(Page.space_id).where(Page.id == Review.subject_id)
    of_decision = (
        select(Page.space_id)
        .join(Decision, (Decision.subject_id == Page.id) & (Decision.subject_kind == "page"))
        .where(Decision.id == Review.subject_id)
    )
    for kind, found in (("page", of_page), ("decision", of_decision)):
        space = found.correlate(Review).scalar_subquery()
        moved = tx.connection.execute(
            update(table_of(Review))
            .where(
                Review.wiki_id == tx.wiki_id,
                IS_LIVE,
                Review.subject_kind == kind,
                Review.space_id != func.coalesce(space, Review.space_id),
            )
            .values(space_id=func.coalesce(space, Review.space_id))
            .returning(table_of(Review))
        )
        for row in moved.all():
            tell(tx, ReviewRow(*row))


def keep_or_hand_over(tx: Transaction, review: ReviewRow) -> list[ReviewRow]:
    """The reviews that hold the range of a live one: itself, or those it is handed over to, as its group cannot read.

    For whoever lets something wait again that was closed while it lay in another space.
    """
    return [review] if reads(tx.connection, review.space_id, review.group) else _hand_over(tx, review)


def _hand_over(tx: Transaction, stranded: ReviewRow) -> list[ReviewRow]:
    groups = responsible_groups(tx.connection, [stranded.space_id])
    given = [take_in(tx, replace(stranded.duty, group=group), lambda _: Event.REPORT) for group in groups]
    for taken in given:
        copy_authors(tx, stranded.id, taken.id)
    move_on(tx, stranded, Event.HAND_OVER)
    tx.record(
        Change(
            kind="hand-over",
            subject_kind="review",
            subject_id=stranded.id,
            number=1,
            spaces=(),
            payload={
                stranded.subject_kind: stranded.subject_id,
                "from": stranded.group,
                "to": list(groups),
                "exempt": {"rule": RULE, "probability": 1},
            },
            exempt=RULE,
        )
    )
    return given
