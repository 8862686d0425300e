"""Handing over reviews their group can no longer read, after a space was set anew or a page moved into another."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, insert, literal, or_, select, update

from ..actors import EVERYONE, SIGNED_IN
from ..db import Change, Transaction, insert_or_ignore, table_of
from ..pages.models import Page
from ..spaces.models import Grant
from ..spaces.policy import Right
from ..spaces.queries import responsible_groups
from .models import IS_OPEN, Review, ReviewAuthor

RULE = "hand-over"
"""The rule that exempts a hand-over itself: the changes it is about stay up for review."""

_STRANDED = (
    select(Review.id, Review.group, Review.subject_id, Review.base, Review.head, Review.opened_at, Page.space_id)
    .join(Page, Page.id == Review.subject_id)
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        IS_OPEN,
        Review.subject_kind == "page",
        ~exists().where(
            Grant.space_id == Page.space_id,
            Grant.right == Right.READ.value,
            or_(Grant.group == Review.group, Grant.group.in_((EVERYONE, SIGNED_IN))),
        ),
    )
    .order_by(Review.id)
)


def hand_over_stranded(tx: Transaction) -> None:
    """Give every open review that its group cannot read to the groups that look after its page now.

    Does nothing unless the transaction set a space or moved a page between spaces. The range goes along whole, so
    nothing that waited stops waiting.
    """
    if not any(change.kind == "set-space" or len(change.spaces) > 1 for change in tx.changes):
        return
    for stranded in tx.connection.execute(_STRANDED, {"wiki_id": tx.wiki_id}).all():
        groups = responsible_groups(tx.connection, [stranded.space_id])
        for group in groups:
            _take_over(tx, stranded, group)
        tx.connection.execute(
            update(Review).where(Review.id == stranded.id).values(state="handed-over", updated_at=tx.now)
        )
        tx.record(
            Change(
                kind="hand-over",
                subject_kind="review",
                subject_id=stranded.id,
                number=1,
                spaces=(),
                payload={
                    "page": stranded.subject_id,
                    "from": stranded.group,
                    "to": list(groups),
                    "exempt": {"rule": RULE, "probability": 1},
                },
                exempt=RULE,
            )
        )


def _take_over(tx: Transaction, stranded: Any, group: str) -> None:
    """Let the group's open review of the page cover the stranded range too, opening one if it has none."""
    own = tx.connection.execute(
        select(Review.id, Review.base, Review.head).where(
            Review.subject_kind == "page",
            Review.subject_id == stranded.subject_id,
            Review.group == group,
            Review.wiki_id == tx.wiki_id,
            IS_OPEN,
        )
    ).first()
    if own is None:
        review_id = tx.connection.execute(
            insert(table_of(Review)).returning(Review.id),
            {
                "wiki_id": tx.wiki_id,
                "group": group,
                "subject_kind": "page",
                "subject_id": stranded.subject_id,
                "base": stranded.base,
                "head": stranded.head,
                "state": "open",
                "opened_at": stranded.opened_at,
                "updated_at": tx.now,
            },
        ).scalar_one()
    else:
        review_id = own.id
        covered = {"base": min(own.base, stranded.base), "head": max(own.head, stranded.head)}
        tx.connection.execute(update(Review).where(Review.id == own.id).values(updated_at=tx.now, **covered))
    authors = select(literal(review_id), ReviewAuthor.actor_id).where(ReviewAuthor.review_id == stranded.id)
    tx.connection.execute(
        insert_or_ignore(tx.connection, ReviewAuthor).from_select(["review_id", "actor_id"], authors)
    )
