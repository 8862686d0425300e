"""Staying out of the host's migrations: its autogenerate neither drops nor alters a table of ours, whatever it is told.

A host that keeps our tables in its own database sees them when it compares database and models; they are in the one
and not in the others, which to Alembic means that they are to be dropped. Importing kbwiki adds one comparator to
Alembic's open registry (docs/adr/0009): it takes such steps out again, and nothing else.
"""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import comparators

from .db import TABLE_PREFIX, Base


def include_object(obj: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
    """False for tables of kbwiki and what belongs to them: for `include_object` in a host's env.py.

    Nothing needs it to be safe; with it, Alembic does not even look at our tables, nor speak of them.
    """
    table = name if type_ == "table" else getattr(getattr(obj, "table", None), "name", None)
    return not (reflected and (table or "").startswith(TABLE_PREFIX) and compare_to is None)


def leave_our_tables_alone(context: Any, upgrade_ops: Any, schemas: Any) -> None:
    """Take out of a host's migration every step about a table of ours that none of its own models describes."""
    if context.metadata is Base.metadata:
        return
    described = {table.name for table in getattr(context, "sorted_tables", ())}
    upgrade_ops.ops[:] = [step for step in upgrade_ops.ops if not _is_about_ours(step, described)]


def _is_about_ours(step: Any, described: set[str]) -> bool:
    table = getattr(step, "table_name", None) or ""
    return table.startswith(TABLE_PREFIX) and table not in described


def register() -> None:
    """Add the comparator, after those that find the steps."""
    try:
        from alembic.util import DispatchPriority
    except ImportError:  # Alembic before 1.18 calls them in the order they were added
        comparators.dispatch_for("schema")(leave_our_tables_alone)
    else:
        comparators.dispatch_for("schema", priority=DispatchPriority.LAST)(leave_our_tables_alone)


register()
