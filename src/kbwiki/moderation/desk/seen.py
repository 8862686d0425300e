"""How far a moderator has looked at a subject, so that they can be shown what is new to them alone."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, Insert, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ...actors import Actor
from ...db import Transaction, table_of
from ..models import Review, Seen
from .access import ME, who_asks


def mark_seen(tx: Transaction, subject_kind: str, subject_id: int, number: int) -> None:
    """Remember that the actor had the subject's state `number` on the screen; it only ever moves forward."""
    tx.connection.execute(
        _upsert(tx.connection.dialect.name),
        {
            "actor_id": tx.actor_id,
            "subject_kind": subject_kind,
            "subject_id": subject_id,
            "number": number,
            "at": tx.now,
        },
    )


@lru_cache(maxsize=2)
def _upsert(dialect: str) -> Insert:
    table = table_of(Seen)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    most = func.greatest if dialect == "postgresql" else func.max
    return upsert.on_conflict_do_update(
        index_elements=[table.c.actor_id, table.c.subject_kind, table.c.subject_id],
        set_={"number": most(table.c.number, upsert.excluded.number), "at": upsert.excluded.at},
    )


def since(connection: Connection, wiki_id: int, actor: Actor, review_id: int) -> int | None:
    """The state of a review's subject from which to show the actor only what changed since they last looked.

    None when that would be everything, or nothing.
    """
    return connection.execute(
        select(Seen.number)
        .join(Review, (Review.subject_kind == Seen.subject_kind) & (Review.subject_id == Seen.subject_id))
        .where(Review.id == review_id, Seen.actor_id == ME, Seen.number > Review.base, Seen.number < Review.head),
        who_asks(wiki_id, actor),
    ).scalar()


def is_part(base: int, head: int, number: int) -> bool:
    """Whether what comes after `number` is a part of the range, and not all or nothing of it."""
    return base < number < head
