"""Whose a row is: which rows of each table belong to one wiki of the several that a database can hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Column, ColumnElement, Table, bindparam, false, select

from ..db import Base, Id, table_of
from ..journal.models import WikiRow
from ..pages.models import Page, ParsedText, Rendered, Revision, Text
from ..schema import ALL_TABLES
from ..search.suggestion_rows import Suggestion

DERIVED = frozenset({table_of(model).name for model in (ParsedText, Rendered, Suggestion)})
"""Tables of what is made anew from the others at any time: nobody needs them elsewhere."""

SECRET = frozenset({"kbwiki_feed_secret"})
"""Tables of what would be of use to a finder only."""

WIKI_ID: BindParameter[int] = bindparam("wiki_id", type_=Id)


@lru_cache(maxsize=1)
def tables() -> tuple[Table, ...]:
    """Every table, each after those that it refers to."""
    ours = {table_of(model).name for model in ALL_TABLES}
    return tuple(table for table in Base.metadata.sorted_tables if table.name in ours)


def belongs(table: Table) -> ColumnElement[bool]:
    """SQL: the row belongs to the wiki `wiki_id`. Texts belong to every wiki with a revision of that text."""
    if table is table_of(WikiRow):
        return table.c.id == WIKI_ID
    if "wiki_id" in table.c:
        return table.c.wiki_id == WIKI_ID
    if table is table_of(Text):
        pages = select(Page.id).where(Page.wiki_id == WIKI_ID)
        return table.c.digest.in_(select(Revision.text_digest).where(Revision.page_id.in_(pages)))
    if table.name in DERIVED:
        return false()
    column, target = _owner(table)
    return column.in_(select(target).where(belongs(target.table)))


def is_left_over(table: Table) -> ColumnElement[bool] | None:
    """SQL: the row of a table that all wikis share belongs to none of them any more; None for the other tables."""
    if table is table_of(Text):
        return table.c.digest.not_in(select(Revision.text_digest))
    if table is table_of(ParsedText):
        return table.c.digest.not_in(select(Text.digest))
    # What was rendered does not say of which wiki; it is made anew whenever somebody reads.
    return table.c.key.is_not(None) if table is table_of(Rendered) else None


def _owner(table: Table) -> tuple[Column[Any], Column[Any]]:
    """A column that always refers to a row of the same wiki, and the column it refers to."""
    for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
        if not key.parent.nullable:
            return key.parent, key.column
    raise LookupError(f"Nothing says which wiki a row of {table.name} belongs to.")
