"""How many live reviews of a state a group has in a space: counted with every step, so that nobody has to count."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Insert, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ..db import Transaction, table_of
from .models import IS_LIVE, Review, Tally


def write_tallies(tx: Transaction) -> None:
    """Bring the tallies up to date with what the transaction did; the last statements before the journal's.

    In one order everywhere, and after every other lock was taken, so that two transactions never wait for each other.
    """
    for (group, space_id, state), change in sorted(tx.tallies.items()):
        if change:
            tx.connection.execute(
                _count(tx.connection.dialect.name),
                {"wiki_id": tx.wiki_id, "group": group, "space_id": space_id, "state": state, "count": change},
            )


@lru_cache(maxsize=2)
def _count(dialect: str) -> Insert:
    table = table_of(Tally)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    return upsert.on_conflict_do_update(
        index_elements=[table.c.wiki_id, table.c.group, table.c.space_id, table.c.state],
        set_={"count": table.c.count + upsert.excluded.count},
    )


def recount(tx: Transaction) -> None:
    """Count all live reviews anew, after many of them changed their space at once.

    Rows that count nothing any more stay: they say that the group has had something to look at here.
    """
    tx.tallies.clear()
    tx.connection.execute(update(table_of(Tally)).where(Tally.wiki_id == tx.wiki_id).values(count=0))
    tx.connection.execute(_counted(tx.connection.dialect.name), {"wiki_id": tx.wiki_id})


@lru_cache(maxsize=2)
def _counted(dialect: str) -> Insert:
    table = table_of(Tally)
    live = (
        select(Review.wiki_id, Review.group, Review.space_id, Review.state, func.count())
        .where(Review.wiki_id == bindparam("wiki_id"), IS_LIVE)
        .group_by(Review.wiki_id, Review.group, Review.space_id, Review.state)
    )
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table).from_select(
        ["wiki_id", "group", "space_id", "state", "count"], live
    )
    return upsert.on_conflict_do_update(
        index_elements=[table.c.wiki_id, table.c.group, table.c.space_id, table.c.state],
        set_={"count": upsert.excluded.count},
    )
