"""Scheduled work of plugins: once for each interval, by one process, which the database chooses.

Whoever moves `begun_at` on does the work. One that is killed in the middle leaves it without an end, and it is done
again at the next interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select, update

from ..clock import Clock
from ..database import Database
from ..db import insert_or_ignore, table_of
from .marks import Asked
from .models import PluginWork
from .outside import Work

if TYPE_CHECKING:
    from .manager import Given, Plugins

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
AT_MOST_EVERY = timedelta(seconds=1)
_LONGEST_NAME = 40

_DONE = (
    select(PluginWork.plugin, PluginWork.name, PluginWork.begun_at, PluginWork.ended_at, PluginWork.failure)
    .where(PluginWork.wiki_id == bindparam("wiki_id"))
    .order_by(PluginWork.plugin, PluginWork.name)
)


@dataclass(frozen=True, slots=True)
class Done:
    """Work as it was last begun; `ended_at` is None while it is done, or where its process was killed."""

    plugin: str
    name: str
    begun_at: datetime
    ended_at: datetime | None
    failure: str


def last_done(connection: Connection, wiki_id: int) -> list[Done]:
    """All work that was ever begun, by plugin and name."""
    return [Done(*row) for row in connection.execute(_DONE, {"wiki_id": wiki_id}) if row.begun_at > NEVER]


def do_due_work(plugins: Plugins, database: Database, wiki_id: int, clock: Clock) -> list[Done]:
    """Do what is due and what nobody else is doing; what was done. Errors: Busy."""
    if not plugins.uses("scheduled_work"):
        return []
    declared = plugins.declared("scheduled_work")
    with database.read() as connection:
        begun = {(row.plugin, row.name): row.begun_at for row in connection.execute(_DONE, {"wiki_id": wiki_id})}
    done = []
    for one in declared:
        now = clock()
        if begun.get((one.plugin, _name(one.value)), NEVER) <= now - _every(one.value):
            found = _done_by_us(plugins, database, wiki_id, one, now, clock)
            done += [found] if found is not None else []
    return done


def _done_by_us(
    plugins: Plugins, database: Database, wiki_id: int, one: Given[Work], now: datetime, clock: Clock
) -> Done | None:
    if not _claim(database, wiki_id, one, now):
        return None
    called = plugins.call(one.plugin, "scheduled_work", one.value.run, gives=None, asked=Asked.WORKING)
    ended = clock()
    table = table_of(PluginWork)
    with database.write() as connection:  # where another has begun since, the end is its own to tell
        connection.execute(
            update(table)
            .where(table.c.wiki_id == wiki_id, table.c.plugin == one.plugin, table.c.name == _name(one.value))
            .where(table.c.begun_at == now)
            .values(ended_at=ended, failure=called.problem[:2000])
        )
    return Done(one.plugin, _name(one.value), now, ended, called.problem)


def _claim(database: Database, wiki_id: int, one: Given[Work], now: datetime) -> bool:
    table, name = table_of(PluginWork), _name(one.value)
    row = {"wiki_id": wiki_id, "plugin": one.plugin, "name": name, "begun_at": NEVER, "ended_at": None, "failure": ""}
    with database.write() as connection:
        connection.execute(insert_or_ignore(connection, PluginWork), row)
        claimed = connection.execute(
            update(table)
            .where(table.c.wiki_id == wiki_id, table.c.plugin == one.plugin, table.c.name == name)
            .where(table.c.begun_at <= now - _every(one.value))
            .values(begun_at=now, ended_at=None, failure="")
        )
        return claimed.rowcount == 1


def _every(work: Work) -> timedelta:
    return max(work.every, AT_MOST_EVERY)


def _name(work: Work) -> str:
    return work.name[:_LONGEST_NAME]
