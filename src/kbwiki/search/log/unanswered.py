"""What to show: questions nothing was found for, and those of which nothing was opened, for those who own the space.

A question that was found and opened afterwards is closed by that; one that needs no page, as a moderator said, is too.
Members of a group see what was asked in the spaces they look after, and administrators see all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from ...actors import Actor
from ...db import in_list
from ...settings import Settings
from ...spaces.models import Space
from ...spaces.policy import Right
from ...spaces.queries import bound, granted, readable
from .models import AskedRow, ClosedRow

VIEW_ENDS = timedelta(minutes=15)
"""So long after a question nobody opens one of its results any more."""

_Later = aliased(AskedRow)
_NOTHING_FOUND = AskedRow.found == 0


class Outcome(Enum):
    """What became of a question that got no answer."""

    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Place:
    """A space in which a question was asked, and how often there."""

    path: str
    title: str
    times: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question: how often it was asked without an answer, how often nothing was found, where, and on which screens.

    `typed` is the way in which it was typed last.
    """

    folded: str
    typed: str
    times: int
    failed: int
    last_at: datetime
    places: tuple[Place, ...]
    screens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """A question that, as a moderator said, needs no page."""

    folded: str
    typed: str
    at: datetime


def unanswered(
    connection: Connection,
    wiki_id: int,
    actor: Actor | None,
    settings: Settings,
    now: datetime,
    *,
    outcome: Outcome | None = None,
    after: tuple[int, str] | None = None,
    count: int = 50,
) -> list[Unanswered]:
    """Questions without an answer, those asked most often first; `after` the times and folded text of another one.

    `actor` None speaks for whoever holds the database. Two queries.
    """
    key = {"wiki_id": wiki_id, "view_ended": now - VIEW_ENDS, **(bound(actor) if actor else {})}
    is_open = _is_open(actor, settings, outcome)
    times = func.count(AskedRow.id)
    found = (
        select(
            AskedRow.folded,
            times.label("times"),
            func.sum(case((_NOTHING_FOUND, 1), else_=0)).label("failed"),
            func.max(AskedRow.at).label("last_at"),
        )
        .where(is_open)
        .group_by(AskedRow.folded)
        .order_by(times.desc(), AskedRow.folded)
        .limit(count)
    )
    if after is not None:
        found = found.having(or_(times < after[0], and_(times == after[0], AskedRow.folded > after[1])))
    rows = connection.execute(found, key).all()
    details = _details(connection, is_open, {**key, "texts": [row.folded for row in rows]}) if rows else {}
    return [_line(row, details[row.folded]) for row in rows]


def closed(
    connection: Connection, wiki_id: int, actor: Actor | None, settings: Settings, *, after: str = "", count: int = 50
) -> list[ClosedLine]:
    """Questions of the actor's spaces that were said to need no page, in order of their folded text."""
    found = (
        select(ClosedRow.folded, func.max(ClosedRow.typed).label("typed"), func.max(ClosedRow.at).label("at"))
        .where(
            ClosedRow.wiki_id == bindparam("wiki_id"),
            is_theirs(ClosedRow.space_id, actor, settings),
            ClosedRow.folded > after,
        )
        .group_by(ClosedRow.folded)
        .order_by(ClosedRow.folded)
        .limit(count)
    )
    rows = connection.execute(found, {"wiki_id": wiki_id, **(bound(actor) if actor else {})})
    return [ClosedLine(row.folded, row.typed, row.at) for row in rows]


def spaces_of_open(
    connection: Connection, wiki_id: int, actor: Actor, settings: Settings, folded: str, now: datetime
) -> dict[int, str]:
    """The actor's spaces in which the question is open, by their ids, and how it was typed there last."""
    found = (
        select(AskedRow.space_id, AskedRow.typed)
        .where(_is_open(actor, settings, None), AskedRow.folded == folded)
        .order_by(AskedRow.at)
    )
    key = {"wiki_id": wiki_id, "view_ended": now - VIEW_ENDS, **bound(actor)}
    return {row.space_id: row.typed for row in connection.execute(found, key)}


def is_theirs(space_id: Any, actor: Actor | None, settings: Settings) -> ColumnElement[bool]:
    """SQL: what was asked in the space is for the actor to see; execute it with `bound(actor)`."""
    if actor is None:
        return true()
    if settings.admin_group in actor.groups:
        return readable(space_id)
    return granted(Right.REVIEW, space_id)


def _is_open(actor: Actor | None, settings: Settings, outcome: Outcome | None) -> ColumnElement[bool]:
    # What was opened where the actor does not look must not tell them anything: it closes nothing for them.
    answered = exists().where(
        _Later.wiki_id == AskedRow.wiki_id,
        _Later.folded == AskedRow.folded,
        _Later.at > AskedRow.at,
        _Later.rank.is_not(None),
        is_theirs(_Later.space_id, actor, settings),
    )
    said = exists().where(ClosedRow.space_id == AskedRow.space_id, ClosedRow.folded == AskedRow.folded)
    abandoned = (AskedRow.found > 0) & (AskedRow.at < bindparam("view_ended"))
    failed_or_abandoned = {Outcome.FAILED: _NOTHING_FOUND, Outcome.ABANDONED: abandoned}
    return and_(
        AskedRow.wiki_id == bindparam("wiki_id"),
        is_theirs(AskedRow.space_id, actor, settings),
        AskedRow.rank.is_(None),
        failed_or_abandoned[outcome] if outcome else or_(_NOTHING_FOUND, abandoned),
        ~answered,
        ~said,
    )


def _details(connection: Connection, is_open: ColumnElement[bool], key: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Of each question on the page how, where and on which screen it was asked, the latest first."""
    last = func.max(AskedRow.at)
    columns = (AskedRow.folded, AskedRow.typed, AskedRow.screen, Space.path, Space.title)
    rows = connection.execute(
        select(*columns, func.count(AskedRow.id).label("times"))
        .join(Space, Space.id == AskedRow.space_id)
        .where(is_open, in_list(AskedRow.folded, "texts"))
        .group_by(*columns)
        .order_by(last.desc(), AskedRow.typed),
        key,
    )
    details: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        details[row.folded].append(row)
    return details


def _line(row: Any, asked: Sequence[Any]) -> Unanswered:
    times: dict[tuple[str, str], int] = defaultdict(int)
    for one in asked:
        times[one.path, one.title] += one.times
    places = [Place(path, title, n) for (path, title), n in sorted(times.items(), key=lambda one: (-one[1], one[0]))]
    screens = tuple(dict.fromkeys(one.screen for one in asked))
    return Unanswered(
        row.folded, asked[0].typed, row.times, int(row.failed), row.last_at, tuple(places), screens
    )
