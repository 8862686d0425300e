"""Removing what a plugin left in the database: its switches, when its work was done, and with them its tables.

What it did to pages and reviews stays, in the journal above all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, func, select

from ..database import Database
from ..db import table_of
from .models import PluginSwitch, PluginWork
from .tables import drop_tables, tables_of


@dataclass(frozen=True, slots=True)
class Left:
    """What a plugin has in the database: rows of ours about it in this wiki, and its tables with the rows in them."""

    rows: int
    tables: tuple[tuple[str, int], ...]


def what_is_left(database: Database, wiki_id: int, plugin: str, others: Iterable[str] = ()) -> Left:
    """What there is of the plugin. Changes nothing."""
    with database.read() as connection:
        rows = 0
        for model in (PluginSwitch, PluginWork):
            table = table_of(model)
            counted = select(func.count()).where(table.c.wiki_id == wiki_id, table.c.plugin == plugin)
            rows += int(connection.execute(counted).scalar_one())
        names = tables_of(connection, plugin, others)
        counts = [(name, int(connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() or 0))  # noqa: S608
                  for name in names]  # fmt: skip
    return Left(rows, tuple(counts))


def remove_plugin(
    database: Database, wiki_id: int, plugin: str, others: Iterable[str] = (), *, with_tables: bool
) -> None:
    """Remove the rows about the plugin, and its tables if wanted, which are those of all wikis in this database."""
    with database.write() as connection:
        for model in (PluginSwitch, PluginWork):
            table = table_of(model)
            connection.execute(delete(table).where(table.c.wiki_id == wiki_id, table.c.plugin == plugin))
    if with_tables:
        drop_tables(database.engine, plugin, others)
