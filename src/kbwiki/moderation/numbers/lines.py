"""What has to be counted, read in one pass each: reviews, decisions, second looks, and what nobody looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, distinct, exists, func, or_, select
from sqlalchemy.orm import aliased

from ...actors import Actor, ActorKind
from ...db import UtcDateTime, in_list
from ...journal.models import ActorRow, Entry
from ...spaces.queries import bound, readable
from ..models import IS_LIVE, Decision, Opinion, Review
from ..policy import Verdict
from ..transitions import LIVE, State
from .period import Period

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose numbers are asked for: what `actor` may read, of these groups, and of some spaces (None: of all)."""

    wiki_id: int
    actor: Actor
    groups: tuple[str, ...]
    space_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review that was open at some time in the period, or was to be decided in it.

    `given_at` is when its group got it; `first_look` the first act of a human on it.
    """

    group: str
    space_id: int
    state: State
    opened_at: datetime
    given_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    first_look: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision that closed a review in the period.

    `group` is the one that decided; for the answer to an objection, the one whose decision was objected to. `several`
    tells that more than one person acted, `again` that the same changes had been decided before.
    """

    group: str
    space_id: int
    verdict: Verdict
    stands: bool
    several: bool
    again: bool


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """A second look that was given in the period."""

    group: str
    space_id: int
    agrees: bool


_STATES = {state.value: state for state in State}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_SINCE: Any = bindparam("since", type_=UtcDateTime)
_UNTIL: Any = bindparam("until", type_=UtcDateTime)
_ACT = aliased(Decision)
_APPEALED = aliased(Decision)
_LATER = aliased(Decision)


def _key(scope: Scope, period: Period) -> dict[str, Any]:
    return {
        "wiki_id": scope.wiki_id,
        "groups": list(scope.groups),
        "space_ids": list(scope.space_ids or ()),
        "since": period.since,
        "until": period.until,
        **bound(scope.actor),
    }


def _within(statement: Any, group: Any, *, spaces: bool) -> Any:
    """The statement about what the actor may read, and only the groups and spaces that are asked about."""
    statement = statement.where(
        Review.wiki_id == bindparam("wiki_id"), readable(Review.space_id), in_list(group, "groups")
    )
    return statement.where(in_list(Review.space_id, "space_ids")) if spaces else statement


def review_lines(connection: Connection, scope: Scope, period: Period) -> Iterator[ReviewLine]:
    """Every review that says something about the period, and every one that is open now."""
    for group, space_id, said, opened, given, updated, due, *looks in _read(connection, _reviews, scope, period):
        state = _STATES[said]
        closed = None if state in LIVE else updated
        first_look = min((at for at in looks if at is not None), default=None)
        yield ReviewLine(group, space_id, state, opened, given or opened, closed, due, first_look)


@lru_cache(maxsize=2)
def _reviews(*, spaces: bool) -> Any:
    human = ActorRow.kind == ActorKind.HUMAN.value
    # Who takes a review up leaves it again; that they did is told by the journal alone.
    taken = (
        select(func.min(Entry.at))
        .join(ActorRow, ActorRow.id == Entry.actor_id)
        .where(Entry.subject_id == Review.id, Entry.subject_kind == "take", human)
    )
    decided = (
        select(func.min(_ACT.at)).join(ActorRow, ActorRow.id == _ACT.actor_id).where(_ACT.review_id == Review.id, human)
    )
    asked = (
        select(func.min(Opinion.asked_at))
        .join(ActorRow, ActorRow.id == Opinion.asked_by)
        .where(Opinion.review_id == Review.id, human)
    )
    given = (
        select(func.min(Opinion.given_at))
        .join(ActorRow, ActorRow.id == Opinion.asked_id)
        .where(Opinion.review_id == Review.id, human)
    )
    statement = select(
        Review.group,
        Review.space_id,
        Review.state,
        Review.opened_at,
        Review.given_at,
        Review.updated_at,
        Review.due_at,
        taken.correlate(Review).scalar_subquery().label("taken"),
        decided.correlate(Review).scalar_subquery().label("decided"),
        asked.correlate(Review).scalar_subquery().label("asked"),
        given.correlate(Review).scalar_subquery().label("given"),
    ).where(
        or_(
            IS_LIVE,
            Review.updated_at >= _SINCE,
            Review.opened_at >= _SINCE,
            Review.given_at >= _SINCE,
            Review.due_at >= _SINCE,
        )
    )
    return _within(statement, Review.group, spaces=spaces)


def decision_lines(connection: Connection, scope: Scope, period: Period) -> Iterator[DecisionLine]:
    """Every decision that closed a review in the period, save handing over: that decides nothing."""
    before = _undone(connection, scope.wiki_id)
    for row in _read(connection, _decisions, scope, period):
        id_, group, decided_by, space_id, verdict, kind, subject_id, base, head, undone, people = row
        earlier = before.get((decided_by, kind, subject_id))
        again = earlier is not None and any(by < id_ and first < head and base < last for by, first, last in earlier)
        yield DecisionLine(group, space_id, _VERDICTS[verdict], not undone, people > 1, again)


@lru_cache(maxsize=2)
def _decisions(*, spaces: bool) -> Any:
    people = select(func.count(distinct(_ACT.actor_id))).where(_ACT.review_id == Decision.review_id)
    group = func.coalesce(_APPEALED.group, Decision.group)
    statement = (
        select(
            Decision.id,
            group.label("group"),
            Decision.group.label("decided_by"),
            Review.space_id,
            Decision.verdict,
            Decision.subject_kind,
            Decision.subject_id,
            Decision.base,
            Decision.head,
            exists().where(_LATER.takes_back == Decision.id).label("undone"),
            people.correlate(Decision).scalar_subquery().label("people"),
        )
        .join(Review, Review.id == Decision.review_id)
        .outerjoin(_APPEALED, (_APPEALED.id == Decision.subject_id) & (Decision.subject_kind == "decision"))
        .where(
            Decision.wiki_id == bindparam("wiki_id"),
            Decision.final,
            Decision.verdict != Verdict.HAND_OVER.value,
            Decision.at >= _SINCE,
            Decision.at < _UNTIL,
        )
    )
    return _within(statement, group, spaces=spaces)


_UNDONE = (
    select(_LATER.id, Decision.group, Decision.subject_kind, Decision.subject_id, Decision.base, Decision.head)
    .join(Decision, Decision.id == _LATER.takes_back)
    .where(
        _LATER.wiki_id == bindparam("wiki_id"),
        _LATER.takes_back.is_not(None),
        _LATER.verdict.in_((Verdict.TAKE_BACK.value, Verdict.OVERTURN.value)),
        Decision.final,
        Decision.verdict != Verdict.HAND_OVER.value,
    )
)


def _undone(connection: Connection, wiki_id: int) -> dict[tuple[str, str, int], list[tuple[int, int, int]]]:
    """For each group and subject the ranges whose decision was undone, with the decision that did it."""
    found: dict[tuple[str, str, int], list[tuple[int, int, int]]] = {}
    for row in connection.execute(_UNDONE, {"wiki_id": wiki_id}):
        found.setdefault((row.group, row.subject_kind, row.subject_id), []).append((row.id, row.base, row.head))
    return found


def opinion_lines(connection: Connection, scope: Scope, period: Period) -> Iterator[OpinionLine]:
    """Every second look that was given in the period."""
    for row in _read(connection, _opinions, scope, period):
        yield OpinionLine(row.group, row.space_id, row.verdict == row.own_verdict)


@lru_cache(maxsize=2)
def _opinions(*, spaces: bool) -> Any:
    statement = (
        select(Review.group, Review.space_id, Opinion.verdict, Opinion.own_verdict)
        .join(Review, Review.id == Opinion.review_id)
        .where(Opinion.given_at >= _SINCE, Opinion.given_at < _UNTIL)
    )
    return _within(statement, Review.group, spaces=spaces)


def _read(connection: Connection, statement: Any, scope: Scope, period: Period) -> Any:
    made = statement(spaces=scope.space_ids is not None)
    return connection.execute(made.execution_options(yield_per=_AT_ONCE), _key(scope, period))
