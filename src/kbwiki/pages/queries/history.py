"""Revisions of one page, and what changed in the whole wiki."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from ...actors import Actor
from ...db import table_of
from ...journal.models import ActorRow
from ...spaces.queries import bound, readable
from ..models import Page, Revision
from ..paths import below
from .masks import AUTHOR, AUTHOR_KIND, COMMENT, TITLE


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """One revision in a list. `delta` is the change in size in bytes against the revision before it.

    A hidden revision has no comment and the page's own title: its words are hidden with its text. A hidden author is
    ''. `hidden_for` is the only group that may look at what is hidden (None: all that look after the page).
    """

    id: int
    page_id: int
    path: str
    title: str
    number: int
    kind: str
    author: str
    author_kind: str
    at: datetime
    comment: str
    size: int
    delta: int
    hidden: bool
    exempt: str | None
    deleted: bool
    page_deleted: bool
    comment_hidden: bool = False
    author_hidden: bool = False
    hidden_for: str | None = None
    small: bool = False


_PREVIOUS = table_of(Revision).alias("previous")
_LINE = (
    select(
        Revision.id,
        Revision.page_id,
        Page.path,
        TITLE,
        Revision.number,
        Revision.kind,
        AUTHOR,
        AUTHOR_KIND,
        Revision.at,
        COMMENT,
        Revision.size,
        _PREVIOUS.c.size.label("previous_size"),
        Revision.hidden,
        Revision.exempt,
        Revision.deleted,
        Page.deleted.label("page_deleted"),
        Revision.comment_hidden,
        Revision.author_hidden,
        Revision.hidden_for,
        Revision.small,
    )
    .join(Page, Page.id == Revision.page_id)
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .outerjoin(
        _PREVIOUS,
        (_PREVIOUS.c.page_id == Revision.page_id) & (_PREVIOUS.c.number == Revision.number - 1),
    )
)
# Paging by number, not by time: clocks step back, and the unique (page, number) makes every page of it one index range.
_HISTORY = (
    _LINE.where(
        Revision.page_id == bindparam("page_id"),
        Revision.number <= bindparam("newest"),
        Revision.number > bindparam("oldest"),
    ).order_by(Revision.number.desc())
)


def _line(row: Any) -> RevisionLine:
    values = (*row[:11], row.size - (row.previous_size or 0), *row[12:])
    return RevisionLine(*values)


def history(connection: Connection, page_id: int, newest: int, count: int) -> list[RevisionLine]:
    """The revision `newest` of the page and those before it, at most `count`, newest first.

    The caller has made sure that the actor may read the page.
    """
    key = {"page_id": page_id, "newest": newest, "oldest": newest - count}
    return [_line(row) for row in connection.execute(_HISTORY, key)]


@dataclass(frozen=True, slots=True)
class RecentFilter:
    """Which changes to list: below a path, by an author (host's id), of a kind, not before a time. None is any.

    `without_small` leaves out what its author called a small change.
    """

    below: str | None = None
    author: str | None = None
    kind: str | None = None
    since: datetime | None = None
    without_small: bool = False


# "+ 0" keeps the planner from starting with all pages of the wiki: it is to walk the revisions from the newest.
_RECENT = (
    _LINE.where(
        Page.wiki_id + 0 == bindparam("wiki_id"),
        readable(Page.space_id),
        Revision.id < bindparam("before"),
    )
    .order_by(Revision.id.desc())
    .limit(bindparam("count"))
)
NEWEST = 2**53


def recent_changes(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    *,
    wanted: RecentFilter = RecentFilter(),
    before: int = NEWEST,
    count: int = 100,
) -> list[RevisionLine]:
    """The last changes of pages the actor may read, newest first, behind revision id `before`."""
    statement = _RECENT
    if wanted.below:
        low, high = below(wanted.below)
        statement = statement.where(
            or_(Page.path == wanted.below, (Page.path >= low) & (Page.path < high))
        )
    if wanted.author is not None:
        # Who asks for an author must not learn which changes hide that name.
        statement = statement.where(ActorRow.external_id == wanted.author, ~Revision.author_hidden)
    if wanted.kind is not None:
        statement = statement.where(Revision.kind == wanted.kind)
    if wanted.without_small:
        statement = statement.where(~Revision.small)
    if wanted.since is not None:
        statement = statement.where(Revision.at >= wanted.since)
    key = {"wiki_id": wiki_id, "before": before, "count": count, **bound(actor)}
    return [_line(row) for row in connection.execute(statement, key)]


def changes_by(connection: Connection, wiki_id: int, author: Actor, *, before: int, count: int) -> list[RevisionLine]:
    """The last changes of one author on pages they may still read, newest first."""
    statement = _RECENT.where(ActorRow.external_id == author.id)
    key = {"wiki_id": wiki_id, "before": before, "count": count, **bound(author)}
    return [_line(row) for row in connection.execute(statement, key)]
