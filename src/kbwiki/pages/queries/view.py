"""One page, as it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, literal, select, union_all

from ...actors import Actor
from ...db import in_list
from ...errors import NotFound
from ...journal.models import ActorRow
from ...markup import RENDERER_VERSION, Heading, Link
from ...spaces.models import Space
from ...spaces.policy import Right
from ...spaces.queries import bound, granted, readable
from ..models import Page, ParsedText, Redirect, Revision
from ..parsed import headings_from, links_from
from ..paths import chain, look_alike, parent_of
from ..texts import load_texts
from .masks import AUTHOR, AUTHOR_KIND, COMMENT, TAGS, TEXT_DIGEST, TITLE


@dataclass(frozen=True, slots=True)
class PageView:
    """A page an actor may read, with its newest (or an older) revision.

    `links` is None when the text was never parsed. `current` is the number of the newest revision. What is hidden is
    not in it (see masks): no author is '', and a hidden revision has the page's own title, no tags and no text.
    `shows_reviewed` tells that readers of its space see the reviewed edition first.
    """

    id: int
    path: str
    title: str
    space_id: int
    number: int
    current: int
    kind: str
    comment: str
    author: str
    author_kind: str
    at: datetime
    tags: tuple[str, ...]
    deleted: bool
    hidden: bool
    text_digest: bytes
    size: int
    can_write: bool
    can_review: bool
    links: tuple[Link, ...] | None
    headings: tuple[Heading, ...]
    shows_reviewed: bool = False


_VIEW = (
    select(
        Page.id,
        Page.path,
        TITLE,
        Page.space_id,
        Revision.number,
        Page.number.label("current"),
        Revision.kind,
        COMMENT,
        AUTHOR,
        AUTHOR_KIND,
        Revision.at,
        TAGS,
        Page.deleted,
        Revision.hidden,
        TEXT_DIGEST,
        Revision.size,
        granted(Right.WRITE, Page.space_id).label("can_write"),
        granted(Right.REVIEW, Page.space_id).label("can_review"),
        ParsedText.links,
        ParsedText.headings,
        Space.shows_reviewed,
    )
    .join(Space, Space.id == Page.space_id)
    .join(Revision, Revision.page_id == Page.id)
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .outerjoin(
        ParsedText,
        and_(ParsedText.digest == TEXT_DIGEST.element, ParsedText.version == RENDERER_VERSION),
    )
    .where(Page.wiki_id == bindparam("wiki_id"), readable(Page.space_id))
)
_LIVE = _VIEW.where(
    Page.path == bindparam("path"), ~Page.deleted, Revision.number == Page.number
)
_DELETED = (
    _VIEW.where(Page.path == bindparam("path"), Page.deleted, Revision.number == Page.number)
    .order_by(Page.updated_at.desc(), Page.id.desc())
    .limit(1)
)
_SEVERAL = _VIEW.where(in_list(Page.id, "page_ids"), ~Page.deleted, Revision.number == Page.number)
_AT = _VIEW.where(Page.id == bindparam("page_id"), Revision.number == bindparam("number"))
_ADDRESSES = union_all(
    select(Page.path, literal(1).label("sure"))
    .join(Redirect, Redirect.page_id == Page.id)
    .where(
        Redirect.wiki_id == bindparam("wiki_id"),
        Redirect.path == bindparam("path"),
        ~Page.deleted,
        readable(Page.space_id),
    ),
    select(Page.path, literal(0).label("sure")).where(
        Page.wiki_id == bindparam("wiki_id"),
        Page.look_alike == bindparam("key"),
        ~Page.deleted,
        readable(Page.space_id),
    ),
)


def _view(row: Any) -> PageView:
    values = (
        *row[:11],
        tuple(row.tags),
        *row[12:18],
        links_from(row.links) if row.links is not None else None,
        headings_from(row.headings) if row.headings is not None else (),
        row.shows_reviewed,
    )
    return PageView(*values)


def find_page(connection: Connection, wiki_id: int, path: str, actor: Actor) -> PageView | None:
    """The live page at exactly `path`, or None, also when the actor may not read it."""
    row = connection.execute(_LIVE, {"wiki_id": wiki_id, "path": path, **bound(actor)}).first()
    return _view(row) if row is not None else None


def get_page(connection: Connection, wiki_id: int, path: str, actor: Actor) -> PageView:
    """The live page at exactly `path`. Errors: NotFound."""
    page = find_page(connection, wiki_id, path, actor)
    if page is None:
        raise NotFound("page", path)
    return page


def views_of(connection: Connection, wiki_id: int, page_ids: list[int], actor: Actor) -> dict[int, PageView]:
    """The live pages with these ids that the actor may read, by id."""
    rows = connection.execute(_SEVERAL, {"wiki_id": wiki_id, "page_ids": page_ids, **bound(actor)})
    return {row.id: _view(row) for row in rows}


def find_deleted(connection: Connection, wiki_id: int, path: str, actor: Actor) -> PageView | None:
    """The page last deleted at `path`, or None."""
    row = connection.execute(_DELETED, {"wiki_id": wiki_id, "path": path, **bound(actor)}).first()
    return _view(row) if row is not None else None


def get_any_page(connection: Connection, wiki_id: int, path: str, actor: Actor) -> PageView:
    """The page at `path`, deleted or not (its history is there either way). Errors: NotFound."""
    page = find_page(connection, wiki_id, path, actor) or find_deleted(connection, wiki_id, path, actor)
    if page is None:
        raise NotFound("page", path)
    return page


def get_by_id(connection: Connection, wiki_id: int, page_id: int, number: int, actor: Actor) -> PageView:
    """Revision `number` of the page with this id. Errors: NotFound."""
    key = {"wiki_id": wiki_id, "page_id": page_id, "number": number, **bound(actor)}
    row = connection.execute(_AT, key).first()
    if row is None:
        raise NotFound("revision", str(number))
    return _view(row)


def view_at(number: ColumnElement[int], *besides: ColumnElement[Any]) -> Select[Any]:
    """The statement for the revision whose number is that of the expression `number`, which may speak of `Page`.

    Its rows, for the parameters `page_id`, `wiki_id` and those of `bound`, are for `view_of_row`; what is `besides`
    stands in them by its label.
    """
    return _VIEW.add_columns(*besides).where(Page.id == bindparam("page_id"), Revision.number == number)


def view_of_row(row: Any) -> PageView:
    """The page that a row of `view_at` is about."""
    return _view(row)


def find_address(connection: Connection, wiki_id: int, path: str, actor: Actor) -> str | None:
    """Where the page that `path` must mean is now: one that moved away from there, or the only one that looks alike."""
    key = {"wiki_id": wiki_id, "path": path, "key": look_alike(path), **bound(actor)}
    rows = connection.execute(_ADDRESSES, key).all()
    moved = [row.path for row in rows if row.sure]
    if moved:
        return str(moved[0])
    return str(rows[0].path) if len(rows) == 1 else None


def look_alikes(connection: Connection, wiki_id: int, path: str, actor: Actor) -> list[tuple[str, str]]:
    """Path and title of other live pages that people could mistake for one at `path`."""
    rows = connection.execute(
        select(Page.path, Page.title)
        .where(
            Page.wiki_id == wiki_id,
            Page.look_alike == look_alike(path),
            Page.path != path,
            ~Page.deleted,
            readable(Page.space_id),
        )
        .order_by(Page.path)
        .limit(10),
        bound(actor),
    )
    return [(row.path, row.title) for row in rows]


def text_of(connection: Connection, page: PageView) -> str:
    """The text of the revision. Errors: NotFound when it is hidden (looking at hidden text is a moderator's act)."""
    if page.hidden:
        raise NotFound("text of revision", str(page.number))
    return load_texts(connection, [page.text_digest])[page.text_digest]


def titles_above(connection: Connection, wiki_id: int, path: str, actor: Actor) -> dict[str, str]:
    """The titles of the pages above `path` that the actor may read, by path."""
    if "/" not in path:
        return {}
    rows = connection.execute(_ABOVE, {"wiki_id": wiki_id, "above": chain(path), **bound(actor)})
    return {row.path: row.title for row in rows}


_ABOVE = select(Page.path, Page.title).where(
    Page.wiki_id == bindparam("wiki_id"),
    in_list(Page.path, "above"),
    ~Page.deleted,
    readable(Page.space_id),
)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A page near another in the tree, for navigation. `place` is 'above', 'beside' or 'below'."""

    path: str
    title: str
    place: str


_AROUND = 12


def _near(place: str, *where: Any, order: Any) -> Any:
    nearest = (
        select(Page.path, Page.title, literal(place).label("place"))
        .where(
            Page.wiki_id == bindparam("wiki_id"),
            ~Page.deleted,
            readable(Page.space_id),
            *where,
        )
        .order_by(order)
        .limit(_AROUND)
        .subquery()
    )
    return select(nearest)


_NEIGHBOURS = union_all(
    _near("above", in_list(Page.path, "above"), order=Page.path),
    _near(
        "beside", Page.parent == bindparam("folder"), Page.path <= bindparam("path"), order=Page.path.desc()
    ),
    _near("beside", Page.parent == bindparam("folder"), Page.path > bindparam("path"), order=Page.path),
    _near("below", Page.parent == bindparam("path"), order=Page.path),
)


def neighbours(connection: Connection, wiki_id: int, path: str, actor: Actor) -> list[Neighbour]:
    """The pages above, a few beside, and the first ones below `path`, in one query at any depth and size."""
    rows = connection.execute(
        _NEIGHBOURS,
        {
            "wiki_id": wiki_id,
            "path": path,
            "folder": parent_of(path),
            "above": chain(path),
            **bound(actor),
        },
    )
    order = {"above": 0, "beside": 1, "below": 2}
    return sorted((Neighbour(*row) for row in rows), key=lambda one: (order[one.place], one.path))
