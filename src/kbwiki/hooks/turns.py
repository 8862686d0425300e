"""Whose turn it is: of all processes one hands out the next batch of a subscription, and so the order is kept.

A turn is a row that is taken by a conditional update and lasts for a limited time: a process that dies keeps nobody
waiting for longer. After a failure the next turn comes later each time.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select, update

from ..clock import Clock
from ..database import Database
from ..db import insert_or_ignore, table_of
from .fact_models import SubscriptionRow

FIRST_REST = timedelta(seconds=5)
"""How long is waited after the first failure; after each further one in a row twice as long."""
LONGEST_REST = timedelta(hours=1)
MARGIN = timedelta(seconds=30)
"""A turn lasts so much longer than a call may take: reading, writing, and clocks that differ."""

_ROWS = table_of(SubscriptionRow)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subscription stands: failures in a row, what the last one said, and when it is tried again."""

    failures: int = 0
    failure: str = ""
    again_at: datetime | None = None


class Turns:
    """The turns of one wiki's subscriptions. `patience` is how many seconds a call may take, `most` how many failures
    in a row switch a plugin off: who comes after that was switched on again, and begins anew."""

    def __init__(
        self, database: Database, wiki_id: Callable[[], int], clock: Clock, *, patience: float, most: int
    ) -> None:
        self._database, self._wiki_id, self._clock = database, wiki_id, clock
        self._lasts = timedelta(seconds=patience) + MARGIN
        self._most = most

    def take(self, name: str) -> str | None:
        """Take the turn; a token for it, or None when somebody has it, or it is not time yet. Errors: Busy."""
        if not self._may_come(name):
            return None
        token, now = uuid.uuid4().hex, self._clock()
        with self._database.write() as connection:
            fresh = {"wiki_id": self._wiki_id(), "name": name, "held_by": "", "failures": 0, "failure": ""}
            connection.execute(insert_or_ignore(connection, SubscriptionRow), fresh)
            taken = connection.execute(
                update(_ROWS)
                .where(*self._mine(name), or_(_ROWS.c.held_until.is_(None), _ROWS.c.held_until < now))
                .values(held_by=token, held_until=now + self._lasts)
            )
        return token if taken.rowcount == 1 else None

    def end(self, connection: Connection, name: str, token: str, *, failure: str = "", went_on: bool = False) -> int:
        """Give the turn back, after a `failure` with a rest before the next; how many failures there were in a row.

        `went_on` tells that a part was done before it failed.
        """
        held = (*self._mine(name), _ROWS.c.held_by == token)
        row = connection.execute(select(_ROWS.c.failures).where(*held)).first()
        if row is None:
            return 0  # it lasted too long, and somebody else has it
        again = 0 if went_on or row.failures >= self._most else row.failures
        failures = again + 1 if failure else 0
        connection.execute(
            update(_ROWS)
            .where(*held)
            .values(
                held_by="",
                held_until=None,
                failures=failures,
                failure=failure[:2000],
                again_at=self._clock() + _rest(failures) if failure else None,
            )
        )
        return failures

    def standing(self, connection: Connection, name: str) -> Standing:
        """How it stands."""
        columns = select(_ROWS.c.failures, _ROWS.c.failure, _ROWS.c.again_at)
        row = connection.execute(columns.where(*self._mine(name))).first()
        return Standing(*row) if row is not None else Standing()

    def _may_come(self, name: str) -> bool:
        """Asked first, so that no lock is taken for nothing."""
        now = self._clock()
        with self._database.read() as connection:
            row = connection.execute(
                select(_ROWS.c.held_until, _ROWS.c.again_at, _ROWS.c.failures).where(*self._mine(name))
            ).first()
        if row is None:
            return True
        rests = row.again_at is not None and row.again_at > now and row.failures < self._most
        return not rests and (row.held_until is None or row.held_until < now)

    def _mine(self, name: str) -> tuple[ColumnElement[bool], ...]:
        return _ROWS.c.wiki_id == self._wiki_id(), _ROWS.c.name == name


def _rest(failures: int) -> timedelta:
    """Longer after each failure in a row, and never quite the same for two processes."""
    seconds = FIRST_REST.total_seconds() * 2 ** min(failures - 1, 20)
    return timedelta(seconds=min(seconds, LONGEST_REST.total_seconds()) * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
