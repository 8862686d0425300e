"""What a thing was in each of its states: things that keep no versions of themselves have them in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from .models import ActorRow, Entry

_STATES = (
    select(Entry.number, Entry.kind, Entry.payload, ActorRow.name, Entry.at)
    .join(ActorRow, ActorRow.id == Entry.actor_id)
    .where(
        Entry.subject_id == bindparam("subject_id"),
        Entry.subject_kind == bindparam("subject_kind"),
        Entry.number >= bindparam("base"),
        Entry.number <= bindparam("head"),
    )
    .order_by(Entry.number, Entry.id)
)


@dataclass(frozen=True, slots=True)
class State:
    """One state as its entry tells it, and who made it."""

    number: int
    kind: str
    payload: dict[str, Any]
    actor: str
    at: datetime


def states_of(
    connection: Connection, subject_kind: str, subject_id: int, base: int, head: int, *, kind: str | None = None
) -> list[State]:
    """The states from `base` to `head`, oldest first; only those made by changes of one kind, if it is given."""
    key = {"subject_kind": subject_kind, "subject_id": subject_id, "base": base, "head": head}
    found = [State(*row) for row in connection.execute(_STATES, key)]
    return found if kind is None else [one for one in found if one.kind == kind]
