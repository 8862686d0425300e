"""Tables of plugins: made, brought up to date and dropped with migrations and a version table of each plugin's own.

A migration of a plugin touches tables of that plugin and no other: every statement is looked at before it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, Table, event, inspect

from ..db import TABLE_PREFIX
from ..upgrade import migrating
from .plugin import Plugin

OF_PLUGINS = f"{TABLE_PREFIX}x_"
"""What the names of all plugins' tables begin with."""

_VERSION = "_version"
_ABOUT = re.compile(
    r"""\s*(?:(?:CREATE|DROP|ALTER|TRUNCATE)\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|SEQUENCE)\s+(?:CONCURRENTLY\s+)?
    (?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?|INSERT\s+(?:OR\s+\w+\s+)?INTO\s+|UPDATE\s+(?:ONLY\s+)?
    |DELETE\s+FROM\s+(?:ONLY\s+)?|COMMENT\s+ON\s+(?:TABLE|COLUMN)\s+)(?P<name>[\w."]+)
    (?P<index>\s+ON\s+(?:ONLY\s+)?(?P<table>[\w."]+))?""",
    re.IGNORECASE | re.VERBOSE,
)
_HARMLESS = re.compile(
    r"\s*(?:SELECT|PRAGMA\s+\S*(?:table_|index_|foreign_key_)\S*|SAVEPOINT|RELEASE|ROLLBACK\s+TO|SHOW)\b",
    re.IGNORECASE,
)


class WrongTables(Exception):
    """A plugin's tables or migrations do what they may not, or cannot be read. `str()` says what."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Which migration a plugin's tables are at (None: there are none), and which is the newest."""

    plugin: str
    at: str | None
    newest: str | None

    @property
    def is_current(self) -> bool:
        """Whether the tables are those this version of the plugin works with."""
        return self.at == self.newest


def own_name(plugin: str) -> str:
    """What the tables of a plugin are called, or begin with before an underscore: `kbwiki_x_glossary`."""
    return f"{OF_PLUGINS}{plugin.replace('-', '_')}"


def version_table(plugin: str) -> str:
    """The version table of a plugin."""
    return f"{own_name(plugin)}{_VERSION}"


def is_own(plugin: str, table: str) -> bool:
    """Whether a table has a name that the plugin may give."""
    return table == own_name(plugin) or table.startswith(f"{own_name(plugin)}_")


def stand(connection: Connection, kind: type[Plugin]) -> Stand:
    """How the tables of a plugin stand. Errors: WrongTables for migrations that cannot be read."""
    context = MigrationContext.configure(connection, opts={"version_table": version_table(kind.name)})
    return Stand(kind.name, context.get_current_revision(), _script(kind).get_current_head())


def bring_up_to_date(engine: Engine, kind: type[Plugin]) -> bool:
    """Run the migrations of a plugin that are missing, one process at a time; whether there were any.

    Errors: WrongTables, and then nothing was done; those of the migrations.
    """
    _require_own_names(kind)
    script = _script(kind)
    with engine.connect() as connection:
        if stand(connection, kind).is_current:
            return False
    with migrating(engine) as connection, _only_own(connection, kind.name):
        if stand(connection, kind).is_current:
            return False
        with EnvironmentContext(
            Config(), script, fn=lambda rev, context: script._upgrade_revs("head", rev), destination_rev="head"
        ) as environment:
            environment.configure(
                connection=connection,
                version_table=version_table(kind.name),
                transactional_ddl=False,
                render_as_batch=connection.dialect.name == "sqlite",
            )
            environment.run_migrations()
    return True


def tables_of(connection: Connection, plugin: str, others: Iterable[str] = ()) -> tuple[str, ...]:
    """The tables in the database that are of this plugin. `others` are plugins whose names may begin alike."""
    owners = {own_name(one) for one in (*others, plugin)}
    there = [name for name in inspect(connection).get_table_names() if name.startswith(OF_PLUGINS)]
    owners |= {name.removesuffix(_VERSION) for name in there if name.endswith(_VERSION)}
    own = own_name(plugin)
    return tuple(name for name in sorted(there) if _owner_of(name, owners) == own)


def drop_tables(engine: Engine, plugin: str, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Drop every table of a plugin, whether it is installed or not; their names."""
    with migrating(engine) as connection:
        names = tables_of(connection, plugin, others)
        if not names:
            return ()
        known = MetaData()
        known.reflect(connection, only=list(names), resolve_fks=False)
        for table in reversed([*known.sorted_tables]):
            if table.name in names:
                table.drop(connection)
    return names


def drop_all(connection: Connection) -> Iterator[str]:
    """Drop the tables of all plugins, as the last wiki leaves; their names, one after the other."""
    names = [name for name in inspect(connection).get_table_names() if name.startswith(OF_PLUGINS)]
    known = MetaData()
    known.reflect(connection, only=names, resolve_fks=False)
    for table in reversed([*known.sorted_tables]):
        table.drop(connection)
        yield table.name


def rows_of_wiki(connection: Connection) -> list[Table]:
    """Plugins' tables that say whose a row is (`wiki_id`), those that refer to others first."""
    names = [name for name in inspect(connection).get_table_names() if name.startswith(OF_PLUGINS)]
    known = MetaData()
    known.reflect(connection, only=names, resolve_fks=False)
    return [table for table in reversed([*known.sorted_tables]) if "wiki_id" in table.c]


def _owner_of(table: str, owners: Iterable[str]) -> str:
    fitting = [one for one in owners if table == one or table.startswith(f"{one}_")]
    return max(fitting, key=len, default="")


def _require_own_names(kind: type[Plugin]) -> None:
    assert kind.tables is not None
    wrong = [name for name in kind.tables.metadata.tables if not is_own(kind.name, name)]
    if wrong:
        raise WrongTables(f"its table {wrong[0]} must be named {own_name(kind.name)} or {own_name(kind.name)}_…")


def _script(kind: type[Plugin]) -> ScriptDirectory:
    assert kind.tables is not None
    package, _, folder = kind.tables.migrations.partition(":")
    try:
        place = Path(str(files(package))) / folder
        config = Config()
        config.set_main_option("script_location", str(place).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        versions = place / "versions" if (place / "versions").is_dir() else place
        config.set_main_option("version_locations", str(versions).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        script.get_current_head()
    except Exception as error:  # whatever a package, a folder or a migration raises
        raise WrongTables(f"its migrations ({kind.tables.migrations}) cannot be read: {error}") from error
    return script


@contextmanager
def _only_own(connection: Connection, plugin: str) -> Iterator[None]:
    """Errors: WrongTables for a statement about a table that is not the plugin's."""

    def look(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        _require_own(plugin, statement)

    event.listen(connection, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(connection, "before_cursor_execute", look)


def _require_own(plugin: str, statement: str) -> None:
    if _HARMLESS.match(statement):
        return
    found = _ABOUT.match(statement)
    name = _bare(found["table"] or found["name"]) if found else ""
    # A rebuilt table of SQLite's has a passing name; an index that is dropped names no table, so its own name counts.
    if found is None or not (is_own(plugin, name) or own_name(plugin) in name):
        raise WrongTables(f"its migration may touch its own tables only, and not: {statement.strip()[:200]}")


def _bare(name: str) -> str:
    return name.replace('"', "").rpartition(".")[2]
