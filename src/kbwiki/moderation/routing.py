"""What happens on leaving a transaction: every recorded change opens or extends a review of each responsible group."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Busy
from ..spaces.queries import responsible_groups
from .models import IS_OPEN, Review, ReviewAuthor

DECIDED = "decision"
"""The rule that exempts a change made by a decision when no other group is responsible: a human has just looked."""


@lru_cache(maxsize=2)
def _open_or_extend(dialect: str) -> Insert:
    """Opens a review of a change, or lets the one that is open take the change in; gives back its id.

    No row when the open review already reaches as far: somebody else's change got in between.
    """
    table = table_of(Review)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    return upsert.on_conflict_do_update(
        index_elements=[table.c.subject_id, table.c.subject_kind, table.c.group, table.c.wiki_id],
        index_where=IS_OPEN,
        set_={"head": upsert.excluded.head, "updated_at": upsert.excluded.updated_at},
        where=table.c.head < upsert.excluded.head,
    ).returning(table.c.id)


def route(tx: Transaction) -> None:
    """Give every change of the transaction to its groups, in order; replace each change by what was decided about it.

    A change without exemption always ends up with at least one group, because every space has one (the fallback
    group where nothing else is set). A change made by a decision does not go back to the group that decided.
    """
    tx.changes[:] = [_route_one(tx, change) for change in tx.changes]


def _route_one(tx: Transaction, change: Change) -> Change:
    if change.exempt is not None:
        return _exempted(change, change.exempt)
    groups = [one for one in responsible_groups(tx.connection, change.spaces) if one != change.decided_by]
    if not groups:
        return _exempted(change, DECIDED)
    for group in groups:
        review_id = _reviewed_by(tx, change, group)
        tx.connection.execute(
            insert_or_ignore(tx.connection, ReviewAuthor), {"review_id": review_id, "actor_id": tx.actor_id}
        )
    return change


def _exempted(change: Change, rule: str) -> Change:
    """The same change, recorded as exempt under `rule`, which always applies (probability 1)."""
    return Change(
        kind=change.kind,
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
        number=change.number,
        spaces=change.spaces,
        payload={**change.payload, "exempt": {"rule": rule, "probability": 1}},
        exempt=rule,
        decided_by=change.decided_by,
    )


def _reviewed_by(tx: Transaction, change: Change, group: str) -> int:
    """The id of the group's open review, which covers the change from here on."""
    review_id = tx.connection.execute(
        _open_or_extend(tx.connection.dialect.name),
        {
            "wiki_id": tx.wiki_id,
            "group": group,
            "subject_kind": change.subject_kind,
            "subject_id": change.subject_id,
            "base": change.number - 1,
            "head": change.number,
            "state": "open",
            "opened_at": tx.now,
            "updated_at": tx.now,
        },
    ).scalar()
    if review_id is None:
        raise Busy("The review of this change was being decided at this moment. Please try again.")
    return int(review_id)
