"""Trust that authors earn: approvals in a row, for each space and kind of change, lost with one revert."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ...db import Transaction, table_of
from ...journal.models import ActorRow, Entry
from ..lifecycle import ReviewRow
from ..models import Trust
from ..policy import Verdict

LOSES = frozenset({Verdict.REVERT, Verdict.REVERT_PART, Verdict.HIDE, Verdict.DELETE})
"""Verdicts after which an author begins anew. Mending a page (EDIT) says nothing about its author."""


def note_trust(tx: Transaction, review: ReviewRow, verdict: Verdict) -> None:
    """Let a final decision about the review's range tell on its authors' trust.

    An approval adds one for every change it approves; a verdict in LOSES makes it nothing again. Exempt changes (also
    those that a decision made) are nobody's merit, and who is not signed in earns nothing.
    """
    if verdict is not Verdict.APPROVE and verdict not in LOSES:
        return
    statement = _count(tx.connection.dialect.name)
    for key, count in _made(tx, review):
        streak = count if verdict is Verdict.APPROVE else 0
        tx.connection.execute(statement, {**key, "streak": streak})


def forget_trust(tx: Transaction, review: ReviewRow) -> None:
    """Take back what an approval of the review's range added, now that the approval is taken back."""
    for key, count in _made(tx, review):
        tx.connection.execute(_LESS, {**{f"of_{name}": value for name, value in key.items()}, "count": count})


_LESS = (
    update(table_of(Trust))
    .where(
        Trust.actor_id == bindparam("of_actor_id"),
        Trust.space_id == bindparam("of_space_id"),
        Trust.kind == bindparam("of_kind"),
    )
    .values(streak=case((Trust.streak > bindparam("count"), Trust.streak - bindparam("count")), else_=0))
)


def _made(tx: Transaction, review: ReviewRow) -> list[tuple[dict[str, Any], int]]:
    """Whose trust the range speaks about, and how many changes of each kind they made in it."""
    made = tx.connection.execute(
        select(Entry.actor_id, Entry.kind, func.count())
        .join(ActorRow, ActorRow.id == Entry.actor_id)
        .where(
            Entry.wiki_id == tx.wiki_id,
            Entry.subject_kind == review.subject_kind,
            Entry.subject_id == review.subject_id,
            Entry.number > review.base,
            Entry.number <= review.head,
            Entry.exempt.is_(None),
            ActorRow.external_id != "",
        )
        .group_by(Entry.actor_id, Entry.kind)
        .order_by(Entry.actor_id, Entry.kind)  # one order everywhere, so that two decisions never wait for each other
    ).all()
    return [
        ({"actor_id": actor_id, "space_id": review.space_id, "kind": kind}, count) for actor_id, kind, count in made
    ]


@lru_cache(maxsize=2)
def _count(dialect: str) -> Insert:
    """Add to the streak; nothing to add means that it ends."""
    table = table_of(Trust)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    new = upsert.excluded.streak
    return upsert.on_conflict_do_update(
        index_elements=[table.c.actor_id, table.c.space_id, table.c.kind],
        set_={"streak": case((new == 0, 0), else_=table.c.streak + new)},
    )
