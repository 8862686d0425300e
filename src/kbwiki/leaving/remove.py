"""Removing a wiki from its database: its rows while others stay, every table of ours when it is the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, MetaData, Table, delete, func, inspect, select, text

from ..database import Database
from ..db import TABLE_PREFIX, table_of
from ..errors import Conflict
from ..hooks.tables import OF_PLUGINS, drop_all, rows_of_wiki
from ..journal.models import Entry, WikiRow
from ..upgrade import VERSION_TABLE
from ..wording import kb_t
from .ownership import belongs, is_left_over, tables

SEARCH_TABLES = f"{TABLE_PREFIX}search_"
"""What the names of tables begin with that a search engine makes in the database."""


@dataclass(slots=True)
class Removal:
    """What removing would do, or did: rows of each table, tables dropped, and tables of that prefix left alone."""

    wikis: tuple[str, ...]
    staying: tuple[str, ...]
    rows: dict[str, int] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    left_alone: tuple[str, ...] = ()

    @property
    def is_everything(self) -> bool:
        """True when no wiki is left in the database, so that the tables go too."""
        return not self.staying


def wikis_in(connection: Connection) -> dict[str, int]:
    """The wikis in this database, by name, with their ids. None when there are no tables."""
    if not inspect(connection).has_table(table_of(WikiRow).name):
        return {}
    return {row.name: row.id for row in connection.execute(select(WikiRow.name, WikiRow.id).order_by(WikiRow.id))}


def look(connection: Connection, names: tuple[str, ...]) -> Removal:
    """What removing these wikis would do. Changes nothing."""
    known = wikis_in(connection)
    removal = Removal(names, tuple(name for name in known if name not in names))
    for table in tables():
        if not inspect(connection).has_table(table.name):
            continue  # the tables are of an older version
        counted = select(func.count()).select_from(table)
        for name in names:
            found = connection.execute(counted.where(belongs(table)), {"wiki_id": known[name]}).scalar_one()
            removal.rows[table.name] = removal.rows.get(table.name, 0) + int(found)
    for table in rows_of_wiki(connection):
        ids = [known[name] for name in names]
        counted = select(func.count()).select_from(table).where(table.c.wiki_id.in_(ids))
        removal.rows[table.name] = int(connection.execute(counted).scalar_one())
    if removal.is_everything:
        removal.dropped, removal.left_alone = _ours(connection)
    return removal


def remove(
    database: Database, names: tuple[str, ...], entries: dict[str, int] | None, tell: Callable[[str], None]
) -> Removal:
    """Remove these wikis, all of them or none. Where none is left afterwards, every table of ours goes.

    `entries` says how many entries each had in the journal when it was exported. Errors: Conflict when one has more by
    now, since they are in no export; nothing was removed then.
    """
    with database.write() as connection:
        known = wikis_in(connection)
        _nobody_else_writes(connection)
        for name, exported in (entries or {}).items():
            count = select(func.count()).select_from(Entry).where(Entry.wiki_id == known[name])
            if connection.execute(count).scalar_one() != exported:
                raise Conflict(
                    kb_t(
                        "Somebody changed something in {name!r} since it was exported, so nothing was removed. "
                        "Please export it to another folder, and leave then.",
                        name=name,
                    )
                )
        removal = look(connection, names)
        if removal.is_everything:
            _drop(connection, removal.dropped, tell)
        else:
            _delete(connection, [known[name] for name in names], tell)
    return removal


def _nobody_else_writes(connection: Connection) -> None:
    """SQLite's write lock is held already; elsewhere nobody changes an entry, and so anything, until we are done."""
    if connection.dialect.name != "sqlite":
        name = table_of(Entry).name
        connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))


def _ours(connection: Connection) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables that are ours, those that refer to others first; and those of that prefix that we do not know."""
    there = [name for name in inspect(connection).get_table_names() if name.startswith(TABLE_PREFIX)]
    known = [table.name for table in reversed(tables())]
    searched = [name for name in there if name.startswith(SEARCH_TABLES)]
    of_plugins = [name for name in there if name.startswith(OF_PLUGINS)]
    ours = [name for name in (*of_plugins, *searched, *known, VERSION_TABLE) if name in there]
    return tuple(ours), tuple(name for name in there if name not in ours)


def _drop(connection: Connection, names: tuple[str, ...], tell: Callable[[str], None]) -> None:
    for name in drop_all(connection):
        tell(name)
    for name in names:
        if not name.startswith(OF_PLUGINS):
            Table(name, MetaData()).drop(connection, checkfirst=False)
            tell(name)


def _delete(connection: Connection, ids: list[int], tell: Callable[[str], None]) -> None:
    there = [table for table in reversed(tables()) if inspect(connection).has_table(table.name)]
    for id in ids:
        _delete_search_tables(connection, id)
    for table in rows_of_wiki(connection):
        connection.execute(delete(table).where(table.c.wiki_id.in_(ids)))
        tell(table.name)
    for table in there:
        if is_left_over(table) is None:
            for id in ids:
                connection.execute(delete(table).where(belongs(table)), {"wiki_id": id})
            tell(table.name)
    for table in there:
        over = is_left_over(table)
        if over is not None:
            connection.execute(delete(table).where(over))
            tell(table.name)


def _delete_search_tables(connection: Connection, id: int) -> None:
    there = inspect(connection).get_table_names()
    for name in there:
        if name.startswith(f"{SEARCH_TABLES}{id}_"):
            Table(name, MetaData()).drop(connection, checkfirst=False)
    if f"{SEARCH_TABLES}index" in there:
        connection.execute(text(f"DELETE FROM {SEARCH_TABLES}index WHERE wiki_id = :id"), {"id": id})  # noqa: S608
