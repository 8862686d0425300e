"""Putting pages into the deepest space that contains them, after the set of spaces changed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, not_, or_, true, update

from ..spaces.actions import deepest_first
from ..spaces.policy import contains
from .models import Page
from .paths import below


def refile_pages(connection: Connection, wiki_id: int) -> None:
    """Give every page of the wiki the space its path lies in; pages that are right already are not written."""
    spaces = deepest_first(connection, wiki_id)
    for space_id, path in spaces:
        deeper = [_inside(other) for _, other in spaces if other != path and contains(path, other)]
        own = _inside(path) & not_(or_(*deeper)) if deeper else _inside(path)
        connection.execute(
            update(Page)
            .where(Page.wiki_id == wiki_id, own, Page.space_id != space_id)
            .values(space_id=space_id)
        )


def _inside(space: str) -> ColumnElement[bool]:
    if not space:
        return true()
    low, high = below(space)
    return or_(Page.path == space, (Page.path >= low) & (Page.path < high))
