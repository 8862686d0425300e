"""Bringing the tables up to date, with Alembic and a version table of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from .errors import SchemaBehind

VERSION_TABLE = "kbwiki_alembic_version"
_UPGRADE_LOCK = 0x6B62_7770


def alembic_config() -> Config:
    """Alembic's settings for kbwiki's own migrations, wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", "kbwiki.migrations:.")
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing. One process does it while others wait; each sees the finished tables."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            if is_current(connection):
                return
    with migrating(engine) as connection:
        if not is_current(connection):
            _run(connection)


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction for migrations: one process has it at a time, and what breaks a reference is undone."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _rebuilding(connection):
                yield connection
            return
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            yield connection


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    # Rebuilding a table with foreign keys on would delete what refers to it; the pragma works outside
    # transactions only.
    before = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.rollback()
    try:
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"The migration left broken references, so it was undone: {broken[:3]}")
    finally:
        connection.exec_driver_sql(f"PRAGMA foreign_keys = {before}")


def is_current(connection: Connection) -> bool:
    """Whether the tables are those this version of kbwiki works with."""
    return current_revision(connection) == newest_revision()


def require_tables(connection: Connection) -> None:
    """Errors: SchemaBehind when there are no tables, or those of an older version.

    Tables of a newer version are no reason to stop: while a new version is rolled out, the old one goes on.
    """
    at = current_revision(connection)
    if at is None or at in _shipped()[1:]:
        raise SchemaBehind


def current_revision(connection: Connection) -> str | None:
    """The migration the tables are at; None when there are none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def newest_revision() -> str | None:
    """The newest migration this version of kbwiki ships."""
    return next(iter(_shipped()), None)


@cache
def _shipped() -> tuple[str, ...]:
    """The migrations this version of kbwiki ships, newest first. To say so, Alembic runs them all: once will do."""
    return tuple(one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions())


def _run(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
