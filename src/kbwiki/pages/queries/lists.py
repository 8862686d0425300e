"""Lists of pages: the tree, tags, backlinks, wanted pages, titles."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, bindparam, distinct, exists, func, or_, select
from sqlalchemy.orm import aliased

from ...actors import Actor
from ...db import in_list
from ...spaces.queries import bound, readable
from ..models import Page, PageLink, PageTag, Redirect
from ..paths import below, look_alike


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page in a list; `below` is how many pages lie directly below it, where the list counts that."""

    id: int
    path: str
    title: str
    below: int = 0


def children(
    connection: Connection, wiki_id: int, path: str, actor: Actor, *, after: str = "", count: int = 200
) -> list[PageLine]:
    """The pages directly below `path` ('' for the top), by path, behind `after`; folders without a page included.

    A folder without a page of its own (`a/b` exists, `a` does not) has the id 0.
    """
    child = aliased(Page)
    inside = (
        select(func.count())
        .where(child.wiki_id == wiki_id, child.parent == Page.path, ~child.deleted, readable(child.space_id))
        .correlate(Page)
        .scalar_subquery()
    )
    pages = connection.execute(
        select(Page.id, Page.path, Page.title, inside)
        .where(
            Page.wiki_id == wiki_id,
            Page.parent == path,
            Page.path > after,
            ~Page.deleted,
            readable(Page.space_id),
        )
        .order_by(Page.path)
        .limit(count),
        bound(actor),
    )
    lines = {row[1]: PageLine(*row) for row in pages}
    # Behind the last page of a full list there may be more pages, so nothing is known there of folders without one.
    last = max(lines) if len(lines) == count else None
    for name, pages_in in _folders(connection, wiki_id, path, actor).items():
        if name not in lines and name > after and (last is None or name < last):
            lines[name] = PageLine(0, name, name.rpartition("/")[2], pages_in or 1)
    return sorted(lines.values(), key=lambda line: line.path)


def _folders(connection: Connection, wiki_id: int, path: str, actor: Actor) -> dict[str, int]:
    """The paths directly below `path` that pages lie below of, and how many lie directly below each."""
    low, high = below(path) if path else ("", "\U0010ffff")
    parents = connection.execute(
        select(Page.parent, func.count())
        .where(
            Page.wiki_id == wiki_id,
            Page.parent >= low,
            Page.parent < high,
            ~Page.deleted,
            readable(Page.space_id),
        )
        .group_by(Page.parent),
        bound(actor),
    )
    depth = path.count("/") + 1 if path else 0
    folders: dict[str, int] = {}
    for parent, pages_in in parents:
        name = "/".join(parent.split("/")[: depth + 1])
        if name:
            folders[name] = folders.get(name, 0) + (pages_in if name == parent else 0)
    return folders


def pages_below(connection: Connection, wiki_id: int, path: str, actor: Actor, *, count: int = 500) -> list[PageLine]:
    """Every page below `path` the actor may read, by path."""
    low, high = below(path)
    rows = connection.execute(
        select(Page.id, Page.path, Page.title)
        .where(
            Page.wiki_id == wiki_id,
            Page.path >= low,
            Page.path < high,
            ~Page.deleted,
            readable(Page.space_id),
        )
        .order_by(Page.path)
        .limit(count),
        bound(actor),
    )
    return [PageLine(*row) for row in rows]


def pages_in(
    connection: Connection, wiki_id: int, parents: list[str], actor: Actor, *, count: int = 100
) -> list[PageLine]:
    """The pages directly below any of the paths that the actor may read, by path."""
    rows = connection.execute(
        select(Page.id, Page.path, Page.title)
        .where(
            Page.wiki_id == wiki_id,
            in_list(Page.parent, "parents"),
            ~Page.deleted,
            readable(Page.space_id),
        )
        .order_by(Page.path)
        .limit(count),
        {"parents": parents, **bound(actor)},
    )
    return [PageLine(*row) for row in rows]


def links_here() -> ColumnElement[bool]:
    """SQL: a link, in `PageLink`, leads to the page at `path`: to just that, to an address it had, or to a spelling
    that means it. Execute it with `wiki_id`, `path`, its look-alike `key`, and `bound(actor)`."""
    moved, other = aliased(Page), aliased(Page)
    former = (
        select(Redirect.path)
        .join(moved, moved.id == Redirect.page_id)
        .where(
            Redirect.wiki_id == bindparam("wiki_id"),
            moved.path == bindparam("path"),
            ~moved.deleted,
            readable(moved.space_id),
        )
    )
    others = exists().where(
        other.wiki_id == bindparam("wiki_id"),
        other.path == PageLink.target,
        other.path != bindparam("path"),
        ~other.deleted,
        readable(other.space_id),
    )
    return and_(
        PageLink.wiki_id == bindparam("wiki_id"),
        or_(
            PageLink.target == bindparam("path"),
            (PageLink.look_alike == bindparam("key")) & ~others,
            PageLink.target.in_(former) & ~others,
        ),
    )


_BACKLINKS = (
    select(Page.id, Page.path, Page.title)
    .join(PageLink, PageLink.page_id == Page.id)
    .where(links_here(), ~Page.deleted, readable(Page.space_id))
    .distinct()
    .order_by(Page.path)
    .limit(bindparam("count"))
)


def backlinks(connection: Connection, wiki_id: int, path: str, actor: Actor, *, count: int = 500) -> list[PageLine]:
    """The pages with a link to `path`, to one of its former addresses, or to a spelling that means it."""
    key = {"wiki_id": wiki_id, "path": path, "key": look_alike(path), "count": count, **bound(actor)}
    return [PageLine(*row) for row in connection.execute(_BACKLINKS, key)]


def former_paths(connection: Connection, wiki_id: int, page_id: int, *, count: int = 50) -> list[str]:
    """Addresses that the page once had and that lead to it. The caller has made sure that the actor may read it."""
    rows = connection.execute(
        select(Redirect.path)
        .where(Redirect.wiki_id == wiki_id, Redirect.page_id == page_id)
        .order_by(Redirect.path)
        .limit(count)
    )
    return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class Wanted:
    """A path that pages link to and nobody has written: how many do, and some of them."""

    path: str
    count: int
    sources: tuple[PageLine, ...]


def wanted_pages(connection: Connection, wiki_id: int, actor: Actor, *, count: int = 100) -> list[Wanted]:
    """The paths most linked to without a page, counting only links on pages the actor may read."""
    source, target = aliased(Page), aliased(Page)
    # A page the actor may not read counts as not there, as it does wherever a link to it is shown.
    present = exists().where(
        target.wiki_id == wiki_id,
        target.look_alike == PageLink.look_alike,
        ~target.deleted,
        readable(target.space_id),
    )
    moved = aliased(Page)
    former = exists().where(
        Redirect.wiki_id == wiki_id,
        Redirect.path == PageLink.target,
        moved.id == Redirect.page_id,
        ~moved.deleted,
        readable(moved.space_id),
    )
    number = func.count(distinct(PageLink.page_id)).label("number")
    rows = connection.execute(
        select(PageLink.target, number)
        .join(source, source.id == PageLink.page_id)
        .where(
            PageLink.wiki_id == wiki_id, ~source.deleted, readable(source.space_id), ~present, ~former
        )
        .group_by(PageLink.target)
        .order_by(number.desc(), PageLink.target)
        .limit(count),
        bound(actor),
    ).all()
    sources = _sources(connection, wiki_id, actor, [row.target for row in rows])
    return [Wanted(row.target, row.number, tuple(sources.get(row.target, ())[:5])) for row in rows]


def _sources(connection: Connection, wiki_id: int, actor: Actor, targets: list[str]) -> dict[str, list[PageLine]]:
    rows = connection.execute(
        select(PageLink.target, Page.id, Page.path, Page.title)
        .join(Page, Page.id == PageLink.page_id)
        .where(
            PageLink.wiki_id == wiki_id,
            PageLink.target.in_(targets),
            ~Page.deleted,
            readable(Page.space_id),
        )
        .order_by(PageLink.target, Page.path)
        .limit(2000),
        bound(actor),
    )
    found: dict[str, list[PageLine]] = {}
    for row in rows:
        found.setdefault(row.target, []).append(PageLine(row.id, row.path, row.title))
    return found


def tags(connection: Connection, wiki_id: int, actor: Actor, *, count: int = 500) -> list[tuple[str, int]]:
    """Every tag on a page the actor may read, with how many there are, by name."""
    rows = connection.execute(
        select(PageTag.tag, func.count())
        .join(Page, Page.id == PageTag.page_id)
        .where(Page.wiki_id == wiki_id, ~Page.deleted, readable(Page.space_id))
        .group_by(PageTag.tag)
        .order_by(PageTag.tag)
        .limit(count),
        bound(actor),
    )
    return [(row[0], row[1]) for row in rows]


def tagged(connection: Connection, wiki_id: int, tag: str, actor: Actor, *, count: int = 500) -> list[PageLine]:
    """The pages with this tag the actor may read, by title."""
    rows = connection.execute(
        select(Page.id, Page.path, Page.title)
        .join(PageTag, PageTag.page_id == Page.id)
        .where(
            Page.wiki_id == wiki_id, PageTag.tag == tag, ~Page.deleted, readable(Page.space_id)
        )
        .order_by(Page.title)
        .limit(count),
        bound(actor),
    )
    return [PageLine(*row) for row in rows]
