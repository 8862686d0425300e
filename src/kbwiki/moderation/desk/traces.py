"""What the record keeps of work at the desk: that a review was taken, and that a second look was given."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ...db import Change, Transaction
from ..looks import EXEMPT
from ..models import Review
from ..record import told_kind


def trace(tx: Transaction, kind: str, review_id: int, subject_id: int, **facts: Any) -> None:
    """Record that the actor did `kind` about a review, in the name of its group.

    An entry of its own kind of subject, like a look at hidden text: nothing was changed, so nobody has to review it.
    """
    review = tx.connection.execute(
        select(Review.group, Review.subject_kind, Review.subject_id).where(Review.id == review_id)
    ).one()
    # `decision` is what an entry itself decided: an appeal is about one.
    subject = "about" if review.subject_kind == "decision" else review.subject_kind
    about = {"review": review_id, "group": review.group, subject: review.subject_id}
    payload = {**about, **facts, **told_kind(tx)}
    tx.record(Change(kind, kind, subject_id, 1, (), payload, exempt=EXEMPT))
