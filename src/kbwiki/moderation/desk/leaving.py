"""What a decision clears from the desks."""

from __future__ import annotations

from ...db import Transaction
from ..lifecycle import ReviewRow
from .drafts import forget_draft
from .leases import end_lease
from .seen import mark_seen


def leave_desk(tx: Transaction, decided: ReviewRow) -> None:
    """After a decision about the part `decided`: nobody has the review, the actor's draft is used up, the part seen."""
    end_lease(tx, decided.id)
    forget_draft(tx, decided.id)
    mark_seen(tx, decided.subject_kind, decided.subject_id, decided.head)
