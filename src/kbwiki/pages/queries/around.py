"""What stands around a page: who wrote it and since when, which pages link to it, and which belong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, literal, select, true, union_all
from sqlalchemy.orm import aliased

from ...actors import Actor, ActorKind
from ...journal.models import ActorRow
from ...spaces.queries import bound, readable
from ..models import Page, PageLink, PageTag, Revision
from ..paths import look_alike, parent_of
from .lists import links_here

MOST_LINKS = 5
"""Pages that link here, as a foot names them; a list of its own has all."""

MOST_RELATED = 5
MOST_AUTHORS = 3
_WRITING = ("create", "edit", "import", "restore", "undo")
_LOOKED_THROUGH = 500
_TAGS = 4
_EACH_TAG = 60
_LINKS = 100


@dataclass(frozen=True, slots=True)
class Authors:
    """Who wrote most of the last 500 changes, most first, those who hide apart, and when the page began."""

    names: tuple[str, ...]
    more: int
    since: datetime | None


_NEWEST = (
    select(Revision.actor_id)
    .where(Revision.page_id == bindparam("page_id"), Revision.kind.in_(_WRITING), ~Revision.author_hidden)
    .order_by(Revision.number.desc())
    .limit(_LOOKED_THROUGH)
    .subquery()
)
_WROTE = (
    select(ActorRow.name, func.count().label("times"), func.count().over().label("authors"))
    .select_from(_NEWEST)
    .join(ActorRow, ActorRow.id == _NEWEST.c.actor_id)
    .where(ActorRow.kind != ActorKind.SYSTEM.value)
    .group_by(ActorRow.id, ActorRow.name)
    .order_by(func.count().desc(), ActorRow.name)
    .limit(MOST_AUTHORS)
    .subquery()
)
_AUTHORS = (
    select(Page.created_at, _WROTE.c.name, _WROTE.c.authors)
    .outerjoin(_WROTE, true())
    .where(Page.id == bindparam("page_id"))
    .order_by(_WROTE.c.times.desc(), _WROTE.c.name)
)


def authors_of(connection: Connection, page_id: int) -> Authors:
    """Who wrote the page; one query, which looks at 500 changes at most. The caller has made sure it may be read."""
    rows = connection.execute(_AUTHORS, {"page_id": page_id}).all()
    names = tuple(row.name for row in rows if row.name)
    more = max((row.authors or 0 for row in rows), default=0) - len(names)
    return Authors(names, more, rows[0].created_at if rows else None)


@dataclass(frozen=True, slots=True)
class Linking:
    """A page that links here."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Related:
    """A page that belongs with another, and why: how many tags they share, whether one links to the other, and whether
    they lie in the same folder."""

    path: str
    title: str
    tags: int
    linked: bool
    links_here: bool
    beside: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The first pages that link here, whether there are more, and those that belong with the page."""

    linking: tuple[Linking, ...]
    has_more: bool
    related: tuple[Related, ...]


def _first(statement: Any) -> Any:
    """A part of a union with an order and a limit of its own, which SQLite takes in this form only."""
    return select(statement.subquery())


def _candidate(page_id: Any, tags: int, linked: int, here: int) -> tuple[Any, ...]:
    return (
        page_id.label("page_id"),
        literal(tags).label("tags"),
        literal(linked).label("linked"),
        literal(here).label("here"),
    )


_target = aliased(Page)
_CANDIDATES = union_all(
    *(
        _first(
            select(*_candidate(PageTag.page_id, 1, 0, 0))
            .where(PageTag.tag == bindparam(f"tag{place}"))
            .order_by(PageTag.page_id.desc())
            .limit(_EACH_TAG)
        )
        for place in range(_TAGS)
    ),
    _first(
        select(*_candidate(_target.id, 0, 1, 0))
        .join(PageLink, (PageLink.wiki_id == _target.wiki_id) & (PageLink.target == _target.path))
        .where(PageLink.page_id == bindparam("page_id"), ~_target.deleted)
        .limit(_LINKS)
    ),
    _first(
        select(*_candidate(PageLink.page_id, 0, 0, 1))
        .where(PageLink.wiki_id == bindparam("wiki_id"), PageLink.target == bindparam("path"))
        .limit(_LINKS)
    ),
).subquery()
_WEIGHED = (
    select(
        _CANDIDATES.c.page_id,
        func.sum(_CANDIDATES.c.tags).label("tags"),
        func.max(_CANDIDATES.c.linked).label("linked"),
        func.max(_CANDIDATES.c.here).label("here"),
    )
    .group_by(_CANDIDATES.c.page_id)
    .subquery()
)
_BESIDE = case((Page.parent == bindparam("folder"), 1), else_=0)
_RELATED = (
    select(
        literal("related").label("place"),
        Page.path,
        Page.title,
        _WEIGHED.c.tags,
        _WEIGHED.c.linked,
        _WEIGHED.c.here,
        _BESIDE.label("beside"),
    )
    .join(_WEIGHED, _WEIGHED.c.page_id == Page.id)
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        Page.id != bindparam("page_id"),
        ~Page.deleted,
        readable(Page.space_id),
    )
    .order_by((_WEIGHED.c.tags * 2 + _WEIGHED.c.linked + _WEIGHED.c.here + _BESIDE).desc(), Page.path)
    .limit(MOST_RELATED + MOST_LINKS)
)
_SOURCES = select(PageLink.page_id).where(links_here()).limit(_LINKS * 2).subquery()
_LINKING = (
    select(
        literal("linking").label("place"),
        Page.path,
        Page.title,
        literal(0).label("tags"),
        literal(0).label("linked"),
        literal(0).label("here"),
        literal(0).label("beside"),
    )
    .where(
        Page.id.in_(select(_SOURCES.c.page_id)), Page.id != bindparam("page_id"), ~Page.deleted, readable(Page.space_id)
    )
    .order_by(Page.path)
    .limit(MOST_LINKS + 1)
)
_AROUND = union_all(_first(_LINKING), _first(_RELATED))


def around(connection: Connection, wiki_id: int, page_id: int, path: str, tags: Sequence[str], actor: Actor) -> Around:
    """The pages that link to this one, and those that belong with it, among what the actor may read; one query.

    What belongs with a page shares tags with it (each counts two), or a link leads from one to the other, or, of those,
    lies in the same folder (one each). Looked through are the newest 60 pages of each of the first four tags and a
    hundred links either way, so that the longest list costs no more than that.
    """
    key = {
        "wiki_id": wiki_id,
        "page_id": page_id,
        "path": path,
        "key": look_alike(path),
        "folder": parent_of(path),
        **{f"tag{place}": tags[place] if place < len(tags) else "" for place in range(_TAGS)},
        **bound(actor),
    }
    rows = connection.execute(_AROUND, key).all()
    linking = [Linking(row.path, row.title) for row in rows if row.place == "linking"]
    shown = {one.path for one in linking[:MOST_LINKS]}
    related = [
        Related(row.path, row.title, int(row.tags), bool(row.linked), bool(row.here), bool(row.beside))
        for row in rows
        if row.place == "related" and row.path not in shown
    ]
    related.sort(key=lambda one: (-(one.tags * 2 + one.linked + one.links_here + one.beside), one.path))
    return Around(tuple(linking[:MOST_LINKS]), len(linking) > MOST_LINKS, tuple(related[:MOST_RELATED]))
