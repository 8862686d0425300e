"""A group's open reviews."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, tuple_

from ...actors import Actor
from ...db import UtcDateTime, in_list
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...spaces.models import Space
from ...spaces.queries import bound, readable
from ..models import IS_OPEN, Review, ReviewAuthor


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One open review in a queue. `kinds` are those of its changes, oldest first; `delta` is in bytes."""

    id: int
    group: str
    path: str
    title: str
    space: str
    base: int
    head: int
    opened_at: datetime
    updated_at: datetime
    deleted: bool
    authors: tuple[str, ...]
    kinds: tuple[str, ...]
    comment: str
    delta: int
    own: bool


# In a tuple a parameter does not take the type of what it is compared with: bare, it would never equal what is stored.
_AFTER_AT = bindparam("after_at", type_=UtcDateTime)
_LINES = (
    select(
        Review.id,
        Review.group,
        Page.path,
        Page.title,
        Space.title.label("space"),
        Review.base,
        Review.head,
        Review.opened_at,
        Review.updated_at,
        Page.deleted,
        Review.subject_id,
    )
    .join(Page, Page.id == Review.subject_id)
    .join(Space, Space.id == Page.space_id)
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        Review.group == bindparam("group"),
        IS_OPEN,
        Review.subject_kind == "page",
        readable(Page.space_id),
        tuple_(Review.updated_at, Review.id) > tuple_(_AFTER_AT, bindparam("after_id")),
    )
    .order_by(Review.updated_at, Review.id)
    .limit(bindparam("count"))
)
_AUTHORS = (
    select(ReviewAuthor.review_id, ActorRow.name, ActorRow.external_id)
    .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
    .where(in_list(ReviewAuthor.review_id, "reviews"))
    .order_by(ActorRow.name)
)
_CHANGES = (
    select(Review.id, Revision.number, Revision.kind, Revision.comment, Revision.size, Revision.hidden, Review.base)
    .join(
        Revision,
        (Revision.page_id == Review.subject_id)
        & (Revision.number >= Review.base)
        & (Revision.number <= Review.head),
    )
    .where(in_list(Review.id, "reviews"))
    .order_by(Review.id, Revision.number)
)
_COUNTS = (
    select(Review.group, func.count())
    .join(Page, Page.id == Review.subject_id)
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        in_list(Review.group, "groups"),
        IS_OPEN,
        Review.subject_kind == "page",
        readable(Page.space_id),
    )
    .group_by(Review.group)
)


def queue_counts(connection: Connection, wiki_id: int, groups: list[str], actor: Actor) -> dict[str, int]:
    """How many open reviews each of the groups has that the actor may see."""
    if not groups:
        return {}
    rows = connection.execute(_COUNTS, {"wiki_id": wiki_id, "groups": groups, **bound(actor)})
    return {group: count for group, count in rows}  # noqa: C416 - rows are not pairs to dict()


def queue(
    connection: Connection,
    wiki_id: int,
    group: str,
    actor: Actor,
    *,
    after: tuple[datetime, int],
    count: int = 50,
) -> list[QueueLine]:
    """The group's open reviews, longest untouched first, behind `after` (time of the last change, id)."""
    key = {
        "wiki_id": wiki_id,
        "group": group,
        "after_at": after[0],
        "after_id": after[1],
        "count": count,
        **bound(actor),
    }
    rows = connection.execute(_LINES, key).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    authors: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for review_id, name, external_id in connection.execute(_AUTHORS, {"reviews": ids}):
        authors[review_id].append((name, external_id))
    changes = defaultdict(list)
    for change in connection.execute(_CHANGES, {"reviews": ids}):
        changes[change.id].append(change)
    lines = []
    for row in rows:
        own = [one for one in changes[row.id] if one.number > row.base]
        before = [one.size for one in changes[row.id] if one.number == row.base]
        lines.append(
            QueueLine(
                *row[:10],
                authors=tuple(name for name, _ in authors[row.id]),
                kinds=tuple(dict.fromkeys(one.kind for one in own)),
                comment=next((one.comment for one in reversed(own) if one.comment and not one.hidden), ""),
                delta=(own[-1].size if own else 0) - (before[0] if before else 0),
                own=any(external_id == actor.id for _, external_id in authors[row.id]),
            )
        )
    return lines
