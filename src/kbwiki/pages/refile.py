"""Putting pages, and whatever else lies at a path, into the deepest space that contains them, after spaces changed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Table, not_, or_, true, update

from ..db import Base, table_of
from ..spaces.actions import deepest_first
from ..spaces.policy import contains
from .models import Page
from .paths import below

FILED = "kbwiki_filed"
"""In the info of a table with `wiki_id`, `space_id` and `path`: its rows lie in the space of their path like pages."""


def refile_pages(connection: Connection, wiki_id: int) -> None:
    """Give every page of the wiki, and every row of `FILED` tables, the space its path lies in.

    What is right already is not written.
    """
    for table in (table_of(Page), *(one for one in Base.metadata.sorted_tables if one.info.get(FILED))):
        _refile(connection, wiki_id, table)


def _refile(connection: Connection, wiki_id: int, table: Table) -> None:
    spaces = deepest_first(connection, wiki_id)
    for space_id, path in spaces:
        deeper = [_inside(table, other) for _, other in spaces if other != path and contains(path, other)]
        own = _inside(table, path) & not_(or_(*deeper)) if deeper else _inside(table, path)
        connection.execute(
            update(table).where(table.c.wiki_id == wiki_id, own, table.c.space_id != space_id).values(space_id=space_id)
        )


def _inside(table: Table, space: str) -> ColumnElement[bool]:
    if not space:
        return true()
    low, high = below(space)
    return or_(table.c.path == space, (table.c.path >= low) & (table.c.path < high))
