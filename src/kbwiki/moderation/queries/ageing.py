"""Age as SQL: what is overdue or due soon, for lists and counts to share, and what an age run has to touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, literal_column, select, tuple_

from ...db import UtcDateTime
from ...journal.models import Entry
from ...settings import Settings
from ..ageing import soon_by
from ..models import Aside, Decision, DraftNote, Evidence, Lease, Opinion, Review

_NOW = bindparam("now", type_=UtcDateTime)
_SOON = bindparam("soon", type_=UtcDateTime)

OVERDUE: ColumnElement[bool] = and_(Review.due_at.is_not(None), Review.due_at <= _NOW)
"""SQL: the review's due time is over. A review with a due time has it as its place in the queue (`queue_at`)."""
DUE_SOON: ColumnElement[bool] = and_(Review.due_at > _NOW, Review.due_at <= _SOON)
"""SQL: the review is due soon, and not overdue. Both agree with `ageing.age_of`; execute them with `age_bound`."""


def age_bound(now: datetime, settings: Settings) -> dict[str, datetime]:
    """The parameters that `OVERDUE` and `DUE_SOON` need."""
    return {"now": now, "soon": soon_by(now, settings)}


# Spelled out as the partial indexes have them, so that only what is due is read, however much waits.
_CAN_ESCALATE = (
    Review.escalate_at.is_not(None),
    Review.state.op("IN", is_comparison=True)(literal_column("('open', 'verify')")),
    Review.escalate_at <= _NOW,
)
CAN_LAPSE: tuple[ColumnElement[bool], ...] = (
    Review.lapse_at.is_not(None),
    Review.state == literal_column("'open'"),
    Review.lapse_at <= _NOW,
    ~exists().where(Evidence.review_id == Review.id, Evidence.kind.in_(("report", "appeal"))),
    ~exists().where(Lease.review_id == Review.id, Lease.expires_at > _NOW),
    ~exists().where(Opinion.review_id == Review.id),
    ~exists().where(Decision.review_id == Review.id),
    ~exists().where(DraftNote.review_id == Review.id),
    ~exists().where(Aside.review_id == Review.id),
    # A lease ends after some idle minutes; that somebody had the review is told by the journal alone.
    ~exists().where(Entry.subject_id == Review.id, Entry.subject_kind == literal_column("'take'")),
)
"""SQL: nobody took the review up, and its policy lets it lapse by `now`. Asked only of what is due, by index."""


@dataclass(frozen=True, slots=True)
class Aging:
    """A review whose time has come: to be given to the group `to`, or closed under the policy of that name (`to`)."""

    id: int
    at: datetime
    group: str
    subject_kind: str
    subject_id: int
    base: int
    head: int
    to: str


def _due(column: Any, to: Any, conditions: Sequence[ColumnElement[bool]]) -> Any:
    after = tuple_(bindparam("after_at", type_=UtcDateTime), bindparam("after_id"))
    return (
        select(
            Review.id,
            column,
            Review.group,
            Review.subject_kind,
            Review.subject_id,
            Review.base,
            Review.head,
            to,
        )
        .where(Review.wiki_id == bindparam("wiki_id"), *conditions, tuple_(column, Review.id) > after)
        .order_by(column, Review.id)
        .limit(bindparam("count"))
    )


ESCALATING = _due(Review.escalate_at, Review.escalate_to, _CAN_ESCALATE)
LAPSING = _due(Review.lapse_at, Review.lapse_policy, CAN_LAPSE)


def due_to_escalate(
    connection: Connection, wiki_id: int, now: datetime, after: tuple[datetime, int], count: int
) -> list[Aging]:
    """Reviews whose group is late by `now`, the longest first, behind the place (`at`, id)."""
    return _found(connection, ESCALATING, wiki_id, now, after, count)


def due_to_lapse(
    connection: Connection, wiki_id: int, now: datetime, after: tuple[datetime, int], count: int
) -> list[Aging]:
    """Reviews that lapse by `now`, the longest first, behind the place (`at`, id)."""
    return _found(connection, LAPSING, wiki_id, now, after, count)


def _found(
    connection: Connection, statement: Any, wiki_id: int, now: datetime, after: tuple[datetime, int], count: int
) -> list[Aging]:
    key = {"wiki_id": wiki_id, "now": now, "after_at": after[0], "after_id": after[1], "count": count}
    return [Aging(*row) for row in connection.execute(statement, key)]
