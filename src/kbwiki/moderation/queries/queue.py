"""A group's open reviews, and what a line of any list of reviews says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, literal_column, select, tuple_, union_all

from ...actors import Actor
from ...db import UtcDateTime, in_list
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...pages.queries.masks import COMMENT
from ...spaces.models import Space
from ...spaces.queries import bound, readable
from ..models import IS_LIVE, Review, ReviewAuthor, Tally
from ..subjects import Subjects
from ..transitions import State
from .authors import AUTHOR_IS_HIDDEN
from .state import NEEDS_LOOK


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One live review in a queue. `kinds` are those of its changes, oldest first; `delta` is in bytes.

    `queue_at` and `id` are its place; `path` is '' for subjects without an address, an author '' who is hidden.
    `risk` is what its `reasons`, (name, weight), weigh together.
    """

    id: int
    group: str
    state: str
    subject_kind: str
    path: str
    title: str
    deleted: bool
    space: str
    base: int
    head: int
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None
    queue_at: datetime
    authors: tuple[str, ...]
    kinds: tuple[str, ...]
    comment: str
    delta: int
    own: bool
    version: int
    risk: float
    reasons: tuple[tuple[str, float], ...]


# In a tuple a parameter does not take the type of what it is compared with: bare, it would never equal what is stored.
_AFTER_AT = bindparam("after_at", type_=UtcDateTime)


def _in_state(state: str) -> Any:
    """The group's live reviews of one state behind the cursor; one stretch of the index, however long the queue is."""
    stretch = (
        select(Review.id, Review.queue_at)
        .where(
            Review.wiki_id == bindparam("wiki_id"),
            Review.group == bindparam("group"),
            IS_LIVE,
            Review.state == literal_column(f"'{state}'"),
            readable(Review.space_id),
            tuple_(Review.queue_at, Review.id) > tuple_(_AFTER_AT, bindparam("after_id")),
        )
        .order_by(Review.queue_at, Review.id)
        .limit(bindparam("count"))
        .subquery()
    )
    return select(stretch)


def rows_of(found: Any, *order: Any) -> Any:
    """SQL: what `lines_of` needs of the reviews whose ids are in the column `id` of `found`, the first `count`."""
    return (
        select(
            Review.id,
            Review.group,
            Review.state,
            Review.subject_kind,
            Review.subject_id,
            Page.path,
            Page.title,
            Page.deleted,
            Space.title.label("space"),
            Review.base,
            Review.head,
            Review.opened_at,
            Review.updated_at,
            Review.due_at,
            Review.queue_at,
            Review.version,
            Review.risk,
            Review.risk_reasons,
        )
        .join(found, found.c.id == Review.id)
        .join(Space, Space.id == Review.space_id)
        .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .order_by(*order)
        .limit(bindparam("count"))
    )


def _lines(*states: str) -> Any:
    found = union_all(*(_in_state(state) for state in states)).subquery()
    return rows_of(found, Review.queue_at, Review.id)


_NEEDS_LOOK = _lines(*NEEDS_LOOK)
_WAITING = _lines(State.CONCERN.value)
_AUTHORS = (
    select(
        ReviewAuthor.review_id, case((AUTHOR_IS_HIDDEN, ""), else_=ActorRow.name).label("name"), ActorRow.external_id
    )
    .join(Review, Review.id == ReviewAuthor.review_id)
    .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
    .where(in_list(ReviewAuthor.review_id, "reviews"))
    .order_by(ActorRow.name)
)
_CHANGES = (
    select(Review.id, Revision.number, Revision.kind, COMMENT, Revision.size, Review.base)
    .join(
        Revision,
        (Review.subject_kind == "page")
        & (Revision.page_id == Review.subject_id)
        & (Revision.number >= Review.base)
        & (Revision.number <= Review.head),
    )
    .where(in_list(Review.id, "reviews"))
    .order_by(Review.id, Revision.number)
)
_COUNTS = (
    select(Tally.group, func.sum(Tally.count).label("count"))
    .where(
        Tally.wiki_id == bindparam("wiki_id"),
        in_list(Tally.group, "groups"),
        Tally.state.in_(NEEDS_LOOK),
        readable(Tally.space_id),
    )
    .group_by(Tally.group)
)


def queue_counts(connection: Connection, wiki_id: int, groups: list[str], actor: Actor) -> dict[str, int]:
    """How many open reviews each of the groups has that the actor may see."""
    if not groups:
        return {}
    rows = connection.execute(_COUNTS, {"wiki_id": wiki_id, "groups": groups, **bound(actor)})
    return {group: int(count) for group, count in rows if count}


def queue(
    connection: Connection,
    wiki_id: int,
    group: str,
    actor: Actor,
    subjects: Subjects,
    *,
    after: tuple[datetime, int],
    count: int = 50,
    waiting: bool = False,
) -> list[QueueLine]:
    """The group's reviews that need a look, or with `waiting` those that wait for their authors, in order of place.

    `after` is the place (`queue_at`, id) of the last line of the page before.
    """
    key = {
        "wiki_id": wiki_id,
        "group": group,
        "after_at": after[0],
        "after_id": after[1],
        "count": count,
        **bound(actor),
    }
    return lines_of(connection, connection.execute(_WAITING if waiting else _NEEDS_LOOK, key).all(), actor, subjects)


def lines_of(connection: Connection, rows: Sequence[Any], actor: Actor, subjects: Subjects) -> list[QueueLine]:
    """The lines for the rows of a `rows_of`, in their order, as the actor sees them; two queries for all of them."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    authors: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for review_id, name, external_id in connection.execute(_AUTHORS, {"reviews": ids}).all():
        authors[review_id].append((name, external_id))
    changes = defaultdict(list)
    for change in connection.execute(_CHANGES, {"reviews": ids}).all():  # at once: row by row takes twice as long
        changes[change.id].append(change)
    return [_line(connection, row, authors[row.id], changes[row.id], actor, subjects) for row in rows]


def _line(
    connection: Connection,
    row: Any,
    authors: list[tuple[str, str]],
    changes: list[Any],
    actor: Actor,
    subjects: Subjects,
) -> QueueLine:
    title, path, deleted = row.title, row.path, row.deleted
    if row.subject_kind != "page":
        place = subjects[row.subject_kind].place(connection, row.subject_id)
        title, path, deleted = place.title, place.path, place.deleted
    own = [one for one in changes if one.number > row.base]
    before = [one.size for one in changes if one.number == row.base]
    return QueueLine(
        id=row.id,
        group=row.group,
        state=row.state,
        subject_kind=row.subject_kind,
        path=path,
        title=title,
        deleted=deleted,
        space=row.space,
        base=row.base,
        head=row.head,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        queue_at=row.queue_at,
        authors=tuple(name for name, _ in authors),
        kinds=tuple(dict.fromkeys(one.kind for one in own)) or ((row.subject_kind,) if not own else ()),
        comment=next((one.comment for one in reversed(own) if one.comment), ""),
        delta=own[-1].size - (before[0] if before else 0) if own else 0,
        own=any(external_id == actor.id for _, external_id in authors),
        version=row.version,
        risk=row.risk,
        reasons=tuple((str(name), float(weight)) for name, weight in row.risk_reasons or ()),
    )
