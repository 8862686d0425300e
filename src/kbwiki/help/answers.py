"""Did this help? Counted for each page and screen, without who said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ..actors import Actor
from ..db import Transaction, table_of
from ..pages.models import Page
from ..pages.queries.view import get_page
from ..spaces.queries import bound, readable
from .models import HelpAnswered

_ROWS = table_of(HelpAnswered)


@dataclass(frozen=True, slots=True)
class Helped:
    """How often a page helped on all screens together, and how often it did not."""

    path: str
    title: str
    helped: int
    did_not: int


def note_helped(tx: Transaction, path: str, endpoint: str, helped: bool) -> None:
    """Count that the page helped there, or that it did not. No journal entry: nothing was changed.

    Errors: NotFound for a page that the actor may not read.
    """
    page = get_page(tx.connection, tx.wiki_id, path, tx.actor)
    row = {
        "wiki_id": tx.wiki_id,
        "page_id": page.id,
        "endpoint": endpoint[:200],
        "helped": int(helped),
        "did_not": int(not helped),
        "last_at": tx.now,
    }
    tx.connection.execute(_COUNT[tx.connection.dialect.name], row)


def _counting(insert: Any) -> Insert:
    statement = insert(_ROWS)
    new = statement.excluded
    counted: Insert = statement.on_conflict_do_update(
        index_elements=[_ROWS.c.page_id, _ROWS.c.endpoint],
        set_={
            "helped": _ROWS.c.helped + new.helped,
            "did_not": _ROWS.c.did_not + new.did_not,
            "last_at": new.last_at,
        },
    )
    return counted


_COUNT = {"sqlite": _counting(sqlite.insert), "postgresql": _counting(postgresql.insert)}
_LEAST_HELPFUL = (
    select(
        Page.path,
        Page.title,
        func.sum(HelpAnswered.helped).label("helped"),
        func.sum(HelpAnswered.did_not).label("did_not"),
    )
    .join(Page, Page.id == HelpAnswered.page_id)
    .where(HelpAnswered.wiki_id == bindparam("wiki_id"), ~Page.deleted, readable(Page.space_id))
    .group_by(Page.id, Page.path, Page.title)
    .order_by(func.sum(HelpAnswered.did_not).desc(), Page.path)
    .limit(bindparam("count"))
)


def helped_least(connection: Connection, wiki_id: int, actor: Actor, *, count: int = 20) -> list[Helped]:
    """Pages by how often readers said that they did not help, those the actor may read."""
    rows = connection.execute(_LEAST_HELPFUL, {"wiki_id": wiki_id, "count": count, **bound(actor)})
    return [Helped(row.path, row.title, int(row.helped), int(row.did_not)) for row in rows]
