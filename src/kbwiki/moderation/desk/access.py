"""Whom a review is shown to, for everything moderators keep beside it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, select

from ...actors import Actor
from ...db import Transaction
from ...errors import Conflict, NotFound
from ...journal.models import ActorRow
from ...spaces.policy import Right
from ...spaces.queries import has_right
from ...wording import kb_t
from ..lifecycle import ReviewRow, get_review_row
from ..models import Review
from ..transitions import LIVE, State

ME: ScalarSelect[int] = (
    select(ActorRow.id)
    .where(ActorRow.wiki_id == bindparam("wiki_id"), ActorRow.external_id == bindparam("actor"))
    .scalar_subquery()
)
"""SQL: the row of the actor passed as `who_asks`; none for somebody who never did anything here."""


def who_asks(wiki_id: int, actor: Actor) -> dict[str, object]:
    """The parameters that `ME` and `ours` need to speak about `actor`."""
    return {"wiki_id": wiki_id, "actor": actor.id}


def ours(actor: Actor) -> ColumnElement[bool]:
    """SQL: the review is one of the actor's groups'."""
    return Review.group.in_(sorted(actor.effective_groups))


_HELD = select(Review.id).where(Review.id == bindparam("review_id")).with_for_update(read=True, key_share=True)


def hold(tx: Transaction, review_id: int) -> None:
    """Let nobody decide the review or let it lapse before the transaction is over; any number may hold it at once.

    Ask for it before writing anything that is kept beside the review: who decides takes the locks in that order, too.
    A review that is read as live afterwards stays live, unless its author puts back what was there before. Where
    writers come one at a time it needs no lock.
    """
    tx.connection.execute(_HELD, {"review_id": review_id})


def get_shown(tx: Transaction, review_id: int, *, lock: bool = False) -> ReviewRow:
    """The review, if the actor is in its group and may read what it is about. Errors: NotFound, whichever it is."""
    review = get_review_row(tx.connection, tx.wiki_id, review_id, lock=lock)
    if review.group not in tx.actor.effective_groups or not has_right(
        tx.connection, review.space_id, Right.READ, tx.actor
    ):
        raise NotFound("review", str(review_id))
    return review


def get_live(tx: Transaction, review_id: int, *, lock: bool = False) -> ReviewRow:
    """The same, of a review that still waits for something. Errors: NotFound, Conflict when it is closed."""
    review = get_shown(tx, review_id, lock=lock)
    if State(review.state) not in LIVE:
        raise Conflict(kb_t("This [review] has been closed meanwhile, so there is nothing left to do about it."))
    return review
