"""A moderator's lists of reviews: of one group or all of theirs, by view, filtered, in either order, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, literal_column, or_, select, tuple_, union_all

from ...actors import Actor
from ...db import UtcDateTime
from ...spaces.queries import readable
from ..models import IS_LIVE, Review
from ..subjects import Subjects
from .narrowing import IN_MY_GROUPS, ON_MY_DESK, conditions, parameters
from .queue import QueueLine, lines_of, rows_of
from .wanted import BEGINNING, STATES, Order, Place, View, Wanted

GROUPS_AT_ONCE = 80  # counts take up to six parts for each, and SQLite no more than 500 in one statement


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement is made for: lists that differ in values only share one. Without `order`: the newest first."""

    view: View
    order: Order | None
    narrowed: frozenset[str]
    groups: int


def worklist(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    groups: Sequence[str],
    subjects: Subjects,
    wanted: Wanted,
    now: datetime,
    *,
    after: Place = BEGINNING,
    count: int = 50,
) -> list[QueueLine]:
    """The reviews of these groups that are wanted, as the actor sees them, behind the place `after`.

    `groups` are the actor's own: whoever asks has seen to that (see `groups_of`). Decisions made meanwhile skip and
    repeat nothing; a review whose risk or due time changes meanwhile changes its place.
    """
    return _read(connection, wiki_id, actor, groups, subjects, wanted, now, wanted.order, after, count)


def newest(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    groups: Sequence[str],
    subjects: Subjects,
    wanted: Wanted,
    now: datetime,
    *,
    count: int = 50,
) -> list[QueueLine]:
    """Of the same reviews those that something was last new about, the newest first."""
    return _read(connection, wiki_id, actor, groups, subjects, wanted, now, None, BEGINNING, count)


def groups_of(reviewing: Sequence[str], wanted: Wanted) -> list[str]:
    """Which of the actor's `reviewing` groups are wanted: all, the one that is named, or none if it is not theirs."""
    return [group for group in reviewing if wanted.group in ("", group)]


def place_of(line: QueueLine, view: View) -> Place:
    """Where the line stands in lists of this view."""
    return Place(line.risk, line.due_at if view is View.OVERDUE and line.due_at else line.queue_at, line.id)


def _read(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    groups: Sequence[str],
    subjects: Subjects,
    wanted: Wanted,
    now: datetime,
    order: Order | None,
    after: Place,
    count: int,
) -> list[QueueLine]:
    key = {"after_risk": after.risk, "after_at": after.at, "after_id": after.id, "count": count}
    rows: list[Any] = []
    for some in in_parts(groups):
        shape = _Shape(wanted.view, order, wanted.narrowed, len(some))
        said = {**parameters(wiki_id, actor, some, wanted, now), **named(some), **key}
        rows += connection.execute(_statement(shape), said)
    if len(groups) > GROUPS_AT_ONCE:
        rows = sorted(rows, key=lambda row: _rank(row, wanted.view, order))[:count]
    return lines_of(connection, rows, actor, subjects)


def in_parts(groups: Sequence[str]) -> Iterator[list[str]]:
    """The groups, as many at once as a statement takes."""
    for start in range(0, len(groups), GROUPS_AT_ONCE):
        yield list(groups[start : start + GROUPS_AT_ONCE])


def named(groups: Sequence[str]) -> dict[str, str]:
    """The parameters for stretches of these groups."""
    return {f"group_{number}": group for number, group in enumerate(groups)}


def _rank(row: Any, view: View, order: Order | None) -> tuple[Any, ...]:
    if order is None:
        return -row.updated_at.timestamp(), -row.id
    at = row.due_at if view is View.OVERDUE else row.queue_at
    return (-row.risk, at, row.id) if order is Order.RISK else (at, row.id)


@lru_cache(maxsize=500)
def _statement(shape: _Shape) -> Any:
    """A stretch of an index for each group and state, merged; only what is on one's own desk is found by its ids."""
    order = _in_order(shape.view, shape.order)
    if shape.view in ON_MY_DESK:
        stretches = [_mine(shape, order)]
    else:
        stretches = [
            _stretch(f"group_{number}", state, shape, order)
            for number in range(shape.groups)
            for state in STATES[shape.view]
        ]
    return rows_of(union_all(*stretches).subquery(), *order)


def stretch_of(group: str, state: str, view: View, narrowed: frozenset[str]) -> list[ColumnElement[bool]]:
    """What must hold for a review to be in the part of the view that is of one group (a parameter) and one state."""
    return [
        Review.wiki_id == bindparam("wiki_id"),
        Review.group == bindparam(group),
        IS_LIVE,
        Review.state == literal_column(f"'{state}'"),
        readable(Review.space_id),
        *conditions(view, narrowed),
    ]


def on_my_desk(view: View, narrowed: frozenset[str]) -> list[ColumnElement[bool]]:
    """What must hold for a review to be in a view of what is on the actor's desk."""
    return [
        *IN_MY_GROUPS,
        IS_LIVE,
        readable(Review.space_id),
        ON_MY_DESK[view],
        *conditions(view, narrowed),
    ]


def _stretch(group: str, state: str, shape: _Shape, order: list[Any]) -> Any:
    return _first(stretch_of(group, state, shape.view, shape.narrowed), shape, order)


def _mine(shape: _Shape, order: list[Any]) -> Any:
    return _first(on_my_desk(shape.view, shape.narrowed), shape, order)


def _first(where: list[ColumnElement[bool]], shape: _Shape, order: list[Any]) -> Any:
    found = select(Review.id).where(*where, *_behind(shape.view, shape.order))
    return select(found.order_by(*order).limit(bindparam("count")).subquery())


def _at(view: View) -> Any:
    """What is overdue goes by the due time itself, which the index of due times gives in order."""
    return Review.due_at if view is View.OVERDUE else Review.queue_at


def _in_order(view: View, order: Order | None) -> list[Any]:
    if order is None:
        return [Review.updated_at.desc(), Review.id.desc()]
    return [*([Review.risk.desc()] if order is Order.RISK else []), _at(view), Review.id]


def _behind(view: View, order: Order | None) -> list[ColumnElement[bool]]:
    """What comes after the place in the parameters. In a tuple a parameter does not take the type of its partner."""
    if order is None:
        return []
    later = tuple_(_at(view), Review.id) > tuple_(bindparam("after_at", type_=UtcDateTime), bindparam("after_id"))
    if order is Order.DUE:
        return [later]
    risk: Any = bindparam("after_risk")
    # Said twice, so that the index begins at this risk and not at the largest.
    return [Review.risk <= risk, or_(Review.risk < risk, later)]
