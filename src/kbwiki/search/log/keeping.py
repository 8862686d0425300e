"""How long questions are kept: what is older than the setting says goes, and what ties questions together sooner."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Executable, Select, bindparam, delete, exists, select, update

from ...database import Database
from ...db import in_list, table_of
from .models import AskedRow, ClosedRow

FORGOTTEN_AFTER = timedelta(hours=1)
"""How long it is known which questions came from one view of a page."""

_AT_A_TIME = 500
_ASKED, _CLOSED = table_of(AskedRow), table_of(ClosedRow)
_OLD = (
    select(_ASKED.c.id)
    .where(_ASKED.c.wiki_id == bindparam("wiki_id"), _ASKED.c.at < bindparam("before"))
    .order_by(_ASKED.c.at)
    .limit(_AT_A_TIME)
)
_TIED = (
    select(_ASKED.c.id)
    .where(_ASKED.c.wiki_id == bindparam("wiki_id"), _ASKED.c.token.is_not(None), _ASKED.c.at < bindparam("before"))
    .limit(_AT_A_TIME)
)
_LEFT = (
    select(_CLOSED.c.id)
    .where(
        _CLOSED.c.wiki_id == bindparam("wiki_id"),
        _CLOSED.c.at < bindparam("before"),
        ~exists().where(_ASKED.c.wiki_id == _CLOSED.c.wiki_id, _ASKED.c.folded == _CLOSED.c.folded),
    )
    .limit(_AT_A_TIME)
)
_DELETE_ASKED = delete(_ASKED).where(in_list(_ASKED.c.id, "ids"))
_DELETE_CLOSED = delete(_CLOSED).where(in_list(_CLOSED.c.id, "ids"))
_UNTIE = update(_ASKED).where(in_list(_ASKED.c.id, "ids")).values(token=None)


def prune(database: Database, wiki_id: int, now: datetime, days: int) -> int:
    """Delete questions older than `days` and untie those of the last hour's views; how many were deleted.

    What a moderator said of a question goes with the last one of its kind. It takes the write lock only where there is
    something to do, and never for long. Safe to call from any number of processes.
    """
    limit = now - timedelta(days=days)
    deleted = _in_steps(database, wiki_id, _OLD, _DELETE_ASKED, limit)
    _in_steps(database, wiki_id, _TIED, _UNTIE, now - FORGOTTEN_AFTER)
    _in_steps(database, wiki_id, _LEFT, _DELETE_CLOSED, limit)
    return deleted


def _in_steps(database: Database, wiki_id: int, find: Select[int], act: Executable, before: datetime) -> int:
    done = 0
    while ids := _found(database, wiki_id, find, before):
        with database.write() as connection:
            connection.execute(act, {"ids": ids})
        done += len(ids)
    return done


def _found(database: Database, wiki_id: int, find: Select[int], before: datetime) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(find, {"wiki_id": wiki_id, "before": before}).scalars())
