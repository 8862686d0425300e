"""What entries tell of reviews: with it the whole life of every review can be read from the journal alone.

Where reviews are written, each step is told to the transaction; the next change that is recorded takes it along in its
payload, under `reviews`. No statement is needed for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..db import Change, Transaction

if TYPE_CHECKING:
    from .lifecycle import ReviewRow

RULE = "reviews"
"""The rule that exempts the entry that tells nothing but what became of reviews."""


def tell(tx: Transaction, review: ReviewRow) -> None:
    """Let the next journal entry say how the review stands now, so that the journal alone tells its whole life.

    `due` is left out where there is no due time; `since` is told once, of a review that has waited elsewhere before.
    """
    said: dict[str, Any] = {
        "group": review.group,
        "state": review.state,
        "version": review.version,
        "space": review.space_id,
    }
    if review.due_at is not None:
        said["due"] = review.due_at.isoformat()
    since = review.opened_at.isoformat() if review.version == 1 and review.opened_at != tx.now else None
    if since := since or tx.reviews.get(review.id, {}).get("since"):
        said["since"] = since
    tx.reviews[review.id] = said


def tell_the_rest(tx: Transaction) -> None:
    """Let the last entry of the transaction tell what became of reviews after it was recorded; see `tell`.

    Where nothing was recorded, that reviews moved on is an entry of its own.
    """
    if not tx.reviews:
        return
    if tx.changes:
        tx.changes[-1] = tx.told(tx.changes[-1])
        return
    payload = {"exempt": {"rule": RULE, "probability": 1}}
    tx.record(Change("reviews", "review", next(iter(tx.reviews)), 1, (), payload, exempt=RULE))
