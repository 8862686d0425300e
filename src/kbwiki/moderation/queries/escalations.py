"""What was escalated: which group was late, who was given its review, too, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from ...actors import Actor
from ...db import UtcDateTime
from ...pages.models import Page
from ...spaces.queries import bound, readable
from ..models import Review
from ..subjects import Subjects
from .lapses import NEWEST


@dataclass(frozen=True, slots=True)
class EscalatedLine:
    """One review that was escalated, from the group that was late to another; `state` is where the late one stands.

    `helping` is the newest review in which the other group has, or had, something of the range.
    """

    id: int
    group: str
    to: str
    state: str
    title: str
    path: str
    base: int
    head: int
    due_at: datetime | None
    opened_at: datetime
    escalated_at: datetime
    helping: int | None


_Helping = aliased(Review)
_HELPING = (
    select(func.max(_Helping.id))
    .where(
        _Helping.subject_id == Review.subject_id,
        _Helping.subject_kind == Review.subject_kind,
        _Helping.group == Review.escalate_to,
        _Helping.wiki_id == Review.wiki_id,
        _Helping.base < Review.head,
        _Helping.head > Review.base,
    )
    .scalar_subquery()
)
_ESCALATED = (
    select(
        Review.id,
        Review.group,
        Review.escalate_to,
        Review.state,
        Review.subject_kind,
        Review.subject_id,
        Page.title,
        Page.path,
        Review.base,
        Review.head,
        Review.due_at,
        Review.opened_at,
        Review.escalated_at,
        _HELPING.label("helping"),
    )
    .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        Review.escalated_at.is_not(None),
        readable(Review.space_id),
        or_(Page.id.is_(None), readable(Page.space_id)),
        tuple_(Review.escalated_at, Review.id)
        < tuple_(bindparam("before_at", type_=UtcDateTime), bindparam("before_id")),
    )
    .order_by(Review.escalated_at.desc(), Review.id.desc())
    .limit(bindparam("count"))
)


def escalations(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    subjects: Subjects,
    *,
    before: tuple[datetime, int] = NEWEST,
    count: int = 50,
) -> list[EscalatedLine]:
    """The escalations the actor may see, newest first, behind the place (`escalated_at`, id) of the page before."""
    key = {"wiki_id": wiki_id, "before_at": before[0], "before_id": before[1], "count": count, **bound(actor)}
    return [_line(connection, row, subjects) for row in connection.execute(_ESCALATED, key)]


def _line(connection: Connection, row: Any, subjects: Subjects) -> EscalatedLine:
    title, path = row.title, row.path
    if row.subject_kind != "page":
        place = subjects[row.subject_kind].place(connection, row.subject_id)
        title, path = place.title, place.path
    return EscalatedLine(
        row.id,
        row.group,
        row.escalate_to,
        row.state,
        title,
        path,
        row.base,
        row.head,
        row.due_at,
        row.opened_at,
        row.escalated_at,
        row.helping,
    )
