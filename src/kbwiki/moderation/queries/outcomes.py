"""What became of changes: who looked at them, what they decided, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ...journal.models import ActorRow
from ..models import Decision, Review
from ..policy import why_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to the review that a change is part of; `verdict` is None while it waits.

    `reason` is the key, `why` the words it had in the catalogue when the decision was taken.
    """

    page_id: int
    base: int
    head: int
    group: str
    verdict: str | None
    by: str | None
    at: datetime | None
    reason: str
    note: str
    decision_id: int | None
    why: str = ""


def outcomes(connection: Connection, page_ids: Iterable[int]) -> dict[int, list[Outcome]]:
    """For each page the reviews of its changes, newest first. The caller has made sure the pages may be read."""
    ids = sorted(set(page_ids))
    if not ids:
        return {}
    rows = connection.execute(
        select(
            Review.subject_id,
            Review.base,
            Review.head,
            Review.group,
            Decision.verdict,
            ActorRow.name,
            Decision.at,
            Decision.reason,
            Decision.note,
            Decision.id,
            Decision.facts,
        )
        .outerjoin(Decision, Decision.review_id == Review.id)
        .outerjoin(ActorRow, ActorRow.id == Decision.actor_id)
        .where(Review.subject_kind == "page", Review.subject_id.in_(ids), Review.state != "handed-over")
        .order_by(Review.id.desc())
    )
    found: dict[int, list[Outcome]] = {}
    for row in rows:
        outcome = Outcome(*row[:7], row.reason or "", row.note or "", row.id, why_of(row.reason or "", row.facts))
        found.setdefault(outcome.page_id, []).append(outcome)
    return found


def outcome_of(reviews: Iterable[Outcome], number: int) -> Outcome | None:
    """Of a page's reviews, the one that says most about change `number`: a decision before a wait, the newest first."""
    about = [one for one in reviews if one.base < number <= one.head]
    return next((one for one in about if one.verdict is not None), about[0] if about else None)
