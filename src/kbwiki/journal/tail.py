"""Consumers follow the journal by sealed position: nothing is skipped, and after a crash they simply go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update

from ..db import insert_or_ignore
from .models import Cursor, Entry

_AFTER = (
    select(Entry.position, Entry.kind, Entry.subject_kind, Entry.subject_id, Entry.number, Entry.payload)
    .where(Entry.wiki_id == bindparam("wiki_id"), Entry.position > bindparam("after"))
    .order_by(Entry.position)
    .limit(bindparam("most"))
)
_LAST = select(func.max(Entry.position)).where(Entry.wiki_id == bindparam("wiki_id"))
_CURSOR = select(Cursor.position).where(Cursor.wiki_id == bindparam("wiki_id"), Cursor.name == bindparam("name"))


_STAND = select(
    select(func.max(Entry.position)).where(Entry.wiki_id == bindparam("wiki_id")).scalar_subquery().label("last"),
    exists().where(Entry.wiki_id == bindparam("wiki_id"), Entry.position.is_(None)).label("unsealed"),
    _CURSOR.scalar_subquery().label("cursor"),
)


@dataclass(frozen=True, slots=True)
class Stand:
    """The last sealed position, whether entries wait behind it for theirs, and how far a consumer has read."""

    last: int
    unsealed: bool
    cursor: int


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed entry as consumers read it."""

    position: int
    kind: str
    subject_kind: str
    subject_id: int
    number: int
    payload: dict[str, Any]


def entries_after(connection: Connection, wiki_id: int, after: int, most: int) -> Sequence[Sealed]:
    """Up to `most` sealed entries behind position `after`, in order."""
    rows = connection.execute(_AFTER, {"wiki_id": wiki_id, "after": after, "most": most})
    return [Sealed(*row) for row in rows]


def last_position(connection: Connection, wiki_id: int) -> int:
    """The position of the last sealed entry, 0 for an empty journal."""
    return connection.execute(_LAST, {"wiki_id": wiki_id}).scalar() or 0


def waiting_since(connection: Connection, wiki_id: int, position: int) -> datetime | None:
    """When the first sealed entry behind `position` was made; None when there is none."""
    statement = select(Entry.at).where(Entry.wiki_id == wiki_id, Entry.position > position)
    return connection.execute(statement.order_by(Entry.position).limit(1)).scalar()


def stand_of(connection: Connection, wiki_id: int, name: str) -> Stand:
    """Where the journal stands, and the consumer `name` with it: in one statement."""
    row = connection.execute(_STAND, {"wiki_id": wiki_id, "name": name}).one()
    return Stand(row.last or 0, bool(row.unsealed), row.cursor or 0)


def cursor_of(connection: Connection, wiki_id: int, name: str) -> int:
    """How far the consumer `name` has read; 0 when it never did."""
    return connection.execute(_CURSOR, {"wiki_id": wiki_id, "name": name}).scalar() or 0


def move_cursor(connection: Connection, wiki_id: int, name: str, *, seen: int, to: int) -> bool:
    """Move the cursor from `seen` to `to`; False when another process moved it meanwhile (its work counts, not
    ours)."""
    if seen == 0:
        connection.execute(insert_or_ignore(connection, Cursor), {"wiki_id": wiki_id, "name": name, "position": 0})
    moved = connection.execute(
        update(Cursor)
        .where(Cursor.wiki_id == wiki_id, Cursor.name == name, Cursor.position == seen)
        .values(position=to)
    )
    return moved.rowcount == 1
