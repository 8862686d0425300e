"""What became of changes: who looked at them, what they decided, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, select
from sqlalchemy.orm import aliased

from ...journal.models import ActorRow
from ..models import IS_LIVE, Decision, Review
from ..policy import Verdict, why_of
from ..transitions import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to the review that a change is part of; `verdict` is None while it waits.

    `reason` is the key, `why` the words it had in the catalogue when the decision was taken; `lapsed` tells that nobody
    looked in time, and a policy closed it.
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
    waits_for_author: bool = False
    taken_back: bool = False
    why: str = ""
    lapsed: bool = False


def outcomes(connection: Connection, page_ids: Iterable[int]) -> dict[int, list[Outcome]]:
    """For each page the reviews of its changes, newest first. The caller has made sure the pages may be read."""
    ids = sorted(set(page_ids))
    if not ids:
        return {}
    undone = aliased(Decision)
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
            Review.state,
            _undone(undone).label("taken_back"),
            Decision.facts,
        )
        .select_from(Review)
        .outerjoin(Decision, (Decision.review_id == Review.id) & (Decision.final | _asked(undone)))
        .outerjoin(ActorRow, ActorRow.id == Decision.actor_id)
        .where(Review.subject_kind == "page", Review.subject_id.in_(ids), Review.state != "handed-over")
        .order_by(Review.id.desc(), Decision.id.desc())
    )
    found: dict[int, list[Outcome]] = {}
    for row in rows:
        outcome = Outcome(
            *row[:7],
            row.reason or "",
            row.note or "",
            row.id,
            row.state == State.CONCERN,
            bool(row.taken_back),
            why_of(row.reason or "", row.facts),
            row.state == State.LAPSED,
        )
        found.setdefault(outcome.page_id, []).append(outcome)
    return found


def _asked(undone: type[Decision]) -> ColumnElement[bool]:
    """SQL: the decision is a concern that was not taken back, in a review that is not decided yet."""
    return (Decision.verdict == Verdict.CONCERN.value) & IS_LIVE & ~_undone(undone)


def _undone(undone: type[Decision]) -> ColumnElement[bool]:
    return exists(select(undone.id).where(undone.takes_back == Decision.id).correlate(Decision))


def outcome_of(reviews: Iterable[Outcome], number: int) -> Outcome | None:
    """Of a page's reviews, the one that says most about change `number`: a decision before a wait, the newest first."""
    about = [one for one in reviews if one.base < number <= one.head]
    return next((one for one in about if one.verdict is not None), about[0] if about else None)
