"""The one place where reviews are written: opened, extended, moved on, closed. Tallies of them follow (`tallies`).

Every step is a conditional statement: the database decides races, and the loser is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ..db import Transaction, insert_or_ignore, table_of
from ..errors import NotFound
from .ageing import STAYS, Ageing
from .models import IS_LIVE, LIVE, Evidence, Review, ReviewAuthor
from .telling import tell
from .transitions import LIVE as LIVE_STATES
from .transitions import Event, State, follow

WITHOUT_DUE = timedelta(days=14)
"""A review without a due time stands in the queue where one due this long after its opening would."""

@dataclass(frozen=True, slots=True)
class Duty:
    """What a group is to look at: a subject's changes after `base` up to `head`, by a time or at leisure.

    `ageing` is what happens if nobody does. Into a review that is there already it brings an earlier escalation; one
    that does not lapse keeps the whole review from lapsing.
    """

    group: str
    subject_kind: str
    subject_id: int
    space_id: int
    base: int
    head: int
    due_at: datetime | None = None
    opened_at: datetime | None = None
    ageing: Ageing = STAYS


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review as it was read."""

    id: int
    wiki_id: int
    space_id: int
    group: str
    subject_kind: str
    subject_id: int
    base: int
    head: int
    state: str
    version: int
    due_at: datetime | None
    queue_at: datetime
    closed_as: str | None
    opened_at: datetime
    given_at: datetime | None
    updated_at: datetime
    risk: float
    risk_reasons: list[Any]
    escalate_at: datetime | None
    escalate_to: str | None
    escalated_at: datetime | None
    lapse_at: datetime | None
    lapse_policy: str | None

    @property
    def ageing(self) -> Ageing:
        """What happens to it if nobody looks."""
        waits = self.escalate_at is not None
        return Ageing(self.escalate_at, self.escalate_to if waits else None, self.lapse_at, self.lapse_policy)

    @property
    def duty(self) -> Duty:
        """What it asks its group to do. Given to another group it may escalate all the same, but never lapse."""
        return Duty(
            self.group,
            self.subject_kind,
            self.subject_id,
            self.space_id,
            self.base,
            self.head,
            self.due_at,
            self.opened_at,
            replace(self.ageing, lapse_at=None, lapse_policy=None),
        )


_TABLE = table_of(Review)
_GET = select(_TABLE).where(Review.id == bindparam("review_id"), Review.wiki_id == bindparam("wiki_id"))
_GET_LOCKED = _GET.with_for_update()


def get_review_row(connection: Connection, wiki_id: int, review_id: int, *, lock: bool = False) -> ReviewRow:
    """The review, locked for the rest of the transaction if asked for. Errors: NotFound."""
    statement = _GET_LOCKED if lock else _GET
    row = connection.execute(statement, {"review_id": review_id, "wiki_id": wiki_id}).first()
    if row is None:
        raise NotFound("review", str(review_id))
    return ReviewRow(*row)


def live_reviews(tx: Transaction, subject_kind: str, subject_id: int) -> list[ReviewRow]:
    """Every live review of the subject, by id, locked."""
    rows = tx.connection.execute(
        select(_TABLE)
        .where(
            Review.subject_id == subject_id,
            Review.subject_kind == subject_kind,
            Review.wiki_id == tx.wiki_id,
            IS_LIVE,
        )
        .order_by(Review.id)
        .with_for_update()
    )
    return [ReviewRow(*row) for row in rows]


def take_in(tx: Transaction, duty: Duty, event: Callable[[ReviewRow], Event] = lambda row: Event.CHANGE) -> ReviewRow:
    """Open a review of the duty, or let the group's live one take it in; the review as it is then.

    The common case, a new or an open review, is one statement; one that waits for its author moves on by the table
    with the `event` that this is to it.
    """
    row = ReviewRow(*tx.connection.execute(_upsert(tx.connection.dialect.name), _row(tx, duty)).one())
    tell(tx, row)
    if row.version == 1:
        tx.tally(duty.group, row.space_id, State.OPEN, 1)
    elif row.state != State.OPEN:
        state = move_on(tx, row, event(row))
        return replace(row, state=state.value, version=row.version + 1)
    return row


def _row(tx: Transaction, duty: Duty) -> dict[str, Any]:
    opened, ageing = duty.opened_at or tx.now, duty.ageing
    escalates = ageing.escalate_to is not None and ageing.escalate_to != duty.group
    return {
        "wiki_id": tx.wiki_id,
        "space_id": duty.space_id,
        "group": duty.group,
        "subject_kind": duty.subject_kind,
        "subject_id": duty.subject_id,
        "base": duty.base,
        "head": duty.head,
        "state": State.OPEN.value,
        "version": 1,
        "due_at": duty.due_at,
        "queue_at": duty.due_at or opened + WITHOUT_DUE,
        "opened_at": opened,
        "given_at": tx.now if duty.opened_at is not None else None,
        "updated_at": tx.now,
        "escalate_at": ageing.escalate_at if escalates else None,
        "escalate_to": ageing.escalate_to if escalates else None,
        "lapse_at": ageing.lapse_at,
        "lapse_policy": ageing.lapse_policy,
    }


@lru_cache(maxsize=2)
def _upsert(dialect: str) -> Insert:
    """Opens a review, or extends the live one: further ahead, further back, due earlier, one version up."""
    table = table_of(Review)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    new = upsert.excluded
    least = func.least if dialect == "postgresql" else func.min
    most = func.greatest if dialect == "postgresql" else func.max
    return upsert.on_conflict_do_update(
        index_elements=[table.c.subject_id, table.c.subject_kind, table.c.group, table.c.wiki_id],
        index_where=text(LIVE),
        set_={
            "base": least(table.c.base, new.base),
            "head": most(table.c.head, new.head),
            "due_at": func.coalesce(least(table.c.due_at, new.due_at), table.c.due_at, new.due_at),
            "queue_at": least(table.c.queue_at, new.queue_at),
            "version": table.c.version + 1,
            "updated_at": new.updated_at,
            **_aged(table.c, new),
        },
    ).returning(table)


def _aged(old: Any, new: Any) -> dict[str, Any]:
    """The earliest escalation, unless there was one; the latest lapse, and none unless old and new may both lapse."""
    sooner = and_(
        new.escalate_at.is_not(None),
        old.escalated_at.is_(None),
        or_(old.escalate_at.is_(None), new.escalate_at < old.escalate_at),
    )
    both = and_(old.lapse_at.is_not(None), new.lapse_at.is_not(None))
    later = and_(both, new.lapse_at > old.lapse_at)
    return {
        "escalate_at": case((sooner, new.escalate_at), else_=old.escalate_at),
        "escalate_to": case((sooner, new.escalate_to), else_=old.escalate_to),
        "lapse_at": case((later, new.lapse_at), (both, old.lapse_at), else_=None),
        "lapse_policy": case((later, new.lapse_policy), (both, old.lapse_policy), else_=None),
    }


def mark_escalated(tx: Transaction, review: ReviewRow, to: str) -> bool:
    """Note that `to` was given the review's range, too; whether it was this call that did. It happens once for ever.

    The version stays: nothing that its own group judges has changed.
    """
    marked = tx.connection.execute(
        update(table_of(Review))
        .where(Review.id == review.id, Review.version == review.version, Review.escalated_at.is_(None), IS_LIVE)
        .values(escalated_at=tx.now, escalate_at=None, escalate_to=to)
    )
    return marked.rowcount == 1


def move_on(tx: Transaction, review: ReviewRow, event: Event, **values: Any) -> State:
    """Let `event` happen to the review as it was read; `values` are set with it.

    Errors: those of `follow`, and LostRace when the row has moved on since it was read; then nothing was changed.
    """
    before = State(review.state)
    after = follow(before, event)
    moved = tx.connection.execute(
        update(table_of(Review))
        .where(
            Review.id == review.id,
            Review.state == before.value,
            Review.version == review.version,
        )
        .values(state=after.value, version=review.version + 1, updated_at=tx.now, **values)
    )
    if moved.rowcount != 1:
        raise LostRace()
    tell(tx, replace(review, state=after.value, version=review.version + 1, **values))
    if before is not after:
        tx.tally(review.group, review.space_id, before, -1)
        if after in LIVE_STATES:
            tx.tally(review.group, review.space_id, after, 1)
    return after


class LostRace(Exception):
    """The review is not as it was read. The caller reads again and says who was first."""


def add_author(tx: Transaction, review_id: int, actor_id: int) -> None:
    """Somebody who may not decide this review."""
    tx.connection.execute(insert_or_ignore(tx.connection, ReviewAuthor), {"review_id": review_id, "actor_id": actor_id})


def copy_authors(tx: Transaction, from_id: int, to_id: int) -> None:
    """Whoever may not decide the one review may not decide the other."""
    authors = select(literal(to_id), ReviewAuthor.actor_id).where(ReviewAuthor.review_id == from_id)
    tx.connection.execute(insert_or_ignore(tx.connection, ReviewAuthor).from_select(["review_id", "actor_id"], authors))


def add_evidence(
    tx: Transaction, review: ReviewRow, kind: str, *, said: str, reason: str = "", decision_id: int | None = None
) -> int:
    """Something said about the review, at the version that it has since."""
    created = tx.connection.execute(
        insert(table_of(Evidence)).returning(table_of(Evidence).c.id),
        {
            "review_id": review.id,
            "kind": kind,
            "actor_id": tx.actor_id,
            "at": tx.now,
            "version": review.version,
            "number": review.head,
            "reason": reason,
            "text": said,
            "decision_id": decision_id,
        },
    )
    return int(created.scalar_one())
