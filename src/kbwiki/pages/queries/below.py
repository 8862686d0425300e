"""A page and everything below it, in the order of the tree."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, or_, select

from ...actors import Actor
from ...spaces.queries import bound, readable
from ..models import Page
from ..paths import below
from .view import PageView, views_of


@dataclass(frozen=True, slots=True)
class Subtree:
    """The pages, each above those below it, and how many there are altogether."""

    pages: tuple[PageView, ...]
    total: int


# A folder's pages come right after it, as "a/b" does after "a" and before "a-b": hence the sign before all others.
_ORDERED = (
    select(Page.id, func.count().over().label("total"))
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        or_(Page.path == bindparam("path"), (Page.path >= bindparam("low")) & (Page.path < bindparam("high"))),
        ~Page.deleted,
        readable(Page.space_id),
    )
    .order_by(func.replace(Page.path, "/", "\x01"))
    .limit(bindparam("count"))
)


def subtree(connection: Connection, wiki_id: int, path: str, actor: Actor, *, count: int) -> Subtree:
    """The page at `path` and those below it that the actor may read, at most `count`; two queries."""
    low, high = below(path)
    key = {"wiki_id": wiki_id, "path": path, "low": low, "high": high, "count": count, **bound(actor)}
    rows = connection.execute(_ORDERED, key).all()
    views = views_of(connection, wiki_id, [row.id for row in rows], actor)
    pages = tuple(views[row.id] for row in rows if row.id in views)
    return Subtree(pages, int(rows[0].total) if rows else 0)
