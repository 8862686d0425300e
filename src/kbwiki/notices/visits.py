"""Visits: what was looked at within an hour is one; the end of the one before is what “since” speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from ..actors import Actor
from ..db import insert_or_ignore, table_of
from .models import LastVisit

NOTED_EVERY = timedelta(minutes=10)
"""So often a visit that goes on is written down."""

ENDS_AFTER = timedelta(hours=1)
"""Somebody who looked at nothing for so long was away."""

_VISITS = table_of(LastVisit)
_FOUND = select(LastVisit.here_at, LastVisit.before_at).where(
    LastVisit.wiki_id == bindparam("wiki_id"), LastVisit.actor == bindparam("actor")
)


@dataclass(frozen=True, slots=True)
class Since:
    """The end of the visit before this one (None: there was none), and the row as it is to be now, None when it is
    good as it stands; `was` is what it says at present."""

    at: datetime | None
    was: datetime | None
    here_at: datetime | None


def since_last_visit(connection: Connection, wiki_id: int, actor: Actor, now: datetime) -> Since:
    """Since when the actor was away; one query. Nobody who is not signed in has visits."""
    if actor.is_anonymous:
        return Since(None, None, None)
    row = connection.execute(_FOUND, {"wiki_id": wiki_id, "actor": actor.id}).first()
    if row is None:
        return Since(None, None, now)
    if now - row.here_at >= ENDS_AFTER:
        return Since(row.here_at, row.here_at, now)
    return Since(row.before_at, row.here_at, now if now - row.here_at >= NOTED_EVERY else None)


def note_visit(connection: Connection, wiki_id: int, actor: Actor, since: Since) -> None:
    """Write down that the actor is here, as `since_last_visit` found it; who was quicker in another window wins."""
    if since.here_at is None:
        return
    if since.was is None:
        row = {"wiki_id": wiki_id, "actor": actor.id, "here_at": since.here_at, "before_at": None}
        connection.execute(insert_or_ignore(connection, LastVisit), row)
        return
    mine = (_VISITS.c.wiki_id == wiki_id) & (_VISITS.c.actor == actor.id) & (_VISITS.c.here_at == since.was)
    connection.execute(update(_VISITS).where(mine).values(here_at=since.here_at, before_at=since.at))
