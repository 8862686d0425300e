"""Run by Alembic. Works on the connection kbwiki.upgrade hands over, and touches no table that is not kbwiki's."""

from __future__ import annotations

from alembic import context

from kbwiki.db import TABLE_PREFIX, Base
from kbwiki.hooks.tables import OF_PLUGINS
from kbwiki.schema import ALL_TABLES
from kbwiki.upgrade import VERSION_TABLE

assert ALL_TABLES, "importing the schema makes every table known to Base"


def include_object(obj: object, name: str | None, type_: str, reflected: bool, compare_to: object) -> bool:
    """Autogenerate looks at our tables only: a host may keep its own in the same database, and plugins keep theirs."""
    return type_ != "table" or ((name or "").startswith(TABLE_PREFIX) and not (name or "").startswith(OF_PLUGINS))


connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("Run kbwiki's migrations with: flask kbwiki db upgrade")
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    include_object=include_object,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,
)
context.run_migrations()
