"""What lapsed: closed by a named policy and looked at by nobody, counted and listed for ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, tuple_

from ...actors import Actor, ActorKind
from ...db import UtcDateTime, in_list
from ...journal.models import ActorRow
from ...pages.models import Page
from ...spaces.models import Space
from ...spaces.queries import bound, readable
from ..ageing import left_of
from ..models import HAS_LAPSED, Decision, Review
from ..policy import Verdict
from ..subjects import Subjects

NEWEST = (datetime(9999, 1, 1, tzinfo=UTC), 0)
"""Before everything, where the newest stand first."""


@dataclass(frozen=True, slots=True)
class LapseFilter:
    """Which lapses: those under one policy, in one space (its path), of one group. None: all."""

    policy: str | None = None
    space: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class LapseCount:
    """How many reviews lapsed under a policy in a space for a group."""

    policy: str
    space: str
    space_title: str
    group: str
    count: int


@dataclass(frozen=True, slots=True)
class LapsedLine:
    """One review that lapsed: what nobody of the group looked at, since when it waited, and when it lapsed.

    `looked_at` and `looked_by` are when, and for which group, somebody looked at all of it after all; None and '' when
    nobody has (`after_all` says what counts). The lapse stays in the list all the same.
    """

    id: int
    policy: str
    group: str
    space: str
    subject_kind: str
    title: str
    path: str
    base: int
    head: int
    opened_at: datetime
    lapsed_at: datetime
    looked_at: datetime | None
    looked_by: str


# A closed review stays in the space it was closed in; what it is about may have moved since. Both must be readable.
_SPACE_ID = func.coalesce(Page.space_id, Review.space_id)
_FILTERS = {
    "policy": Review.closed_as == bindparam("policy"),
    "space": Space.path == bindparam("space"),
    "group": Review.group == bindparam("group"),
}


def _among_lapsed(statement: Any, given: frozenset[str]) -> Any:
    return (
        statement.select_from(Review)
        .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .join(Space, Space.id == _SPACE_ID)
        .where(
            Review.wiki_id == bindparam("wiki_id"),
            HAS_LAPSED,
            readable(Review.space_id),
            or_(Page.id.is_(None), readable(Page.space_id)),
            *(condition for name, condition in _FILTERS.items() if name in given),
        )
    )


@lru_cache(maxsize=8)
def _lines(given: frozenset[str]) -> Any:
    before = tuple_(bindparam("before_at", type_=UtcDateTime), bindparam("before_id"))
    columns = select(
        Review.id,
        Review.closed_as,
        Review.group,
        Space.path.label("space"),
        Review.subject_kind,
        Review.subject_id,
        Page.title,
        Page.path,
        Review.base,
        Review.head,
        Review.opened_at,
        Review.updated_at,
    )
    return (
        _among_lapsed(columns, given)
        .where(tuple_(Review.updated_at, Review.id) < before)
        .order_by(Review.updated_at.desc(), Review.id.desc())
        .limit(bindparam("count"))
    )


@lru_cache(maxsize=8)
def _counts(given: frozenset[str]) -> Any:
    columns = select(Review.closed_as, Space.path, Space.title, Review.group, func.count())
    keys = (Review.closed_as, Space.path, Space.title, Review.group)
    return _among_lapsed(columns, given).group_by(*keys).order_by(Review.closed_as, Space.path, Review.group)


def _key(wiki_id: int, actor: Actor, wanted: LapseFilter) -> tuple[frozenset[str], dict[str, Any]]:
    said = {"policy": wanted.policy, "space": wanted.space, "group": wanted.group}
    given = {name: value for name, value in said.items() if value is not None}
    return frozenset(given), {"wiki_id": wiki_id, **given, **bound(actor)}


def lapse_counts(
    connection: Connection, wiki_id: int, actor: Actor, wanted: LapseFilter = LapseFilter()
) -> list[LapseCount]:
    """How many of the wanted lapses the actor may see, by policy, space and group; their sum is the list's length."""
    given, key = _key(wiki_id, actor, wanted)
    return [LapseCount(*row) for row in connection.execute(_counts(given), key)]


def lapses(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    subjects: Subjects,
    wanted: LapseFilter = LapseFilter(),
    *,
    before: tuple[datetime, int] = NEWEST,
    count: int = 50,
) -> list[LapsedLine]:
    """The wanted lapses the actor may see, newest first, behind the place (`lapsed_at`, id) of the page before."""
    given, key = _key(wiki_id, actor, wanted)
    key |= {"before_at": before[0], "before_id": before[1], "count": count}
    rows = connection.execute(_lines(given), key).all()
    seen: dict[tuple[str, int], list[Seen]] = {}
    for kind in {row.subject_kind for row in rows}:
        ids = sorted({row.subject_id for row in rows if row.subject_kind == kind})
        seen |= {(kind, one): found for one, found in seen_ranges(connection, wiki_id, kind, ids).items()}
    return [_line(connection, row, subjects, seen.get((row.subject_kind, row.subject_id), [])) for row in rows]


def _line(connection: Connection, row: Any, subjects: Subjects, seen: list[Seen]) -> LapsedLine:
    title, path = row.title, row.path
    if row.subject_kind != "page":
        place = subjects[row.subject_kind].place(connection, row.subject_id)
        title, path = place.title, place.path
    late = _last_look((row.base, row.head), after_all(seen, row.group, row.updated_at))
    return LapsedLine(
        row.id,
        row.closed_as,
        row.group,
        row.space,
        row.subject_kind,
        title,
        path,
        row.base,
        row.head,
        row.opened_at,
        row.updated_at,
        late.at if late else None,
        late.group if late else "",
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A range of a subject's changes that somebody decided about, for a group; the decision stands."""

    base: int
    head: int
    group: str
    at: datetime


def seen_ranges(
    connection: Connection, wiki_id: int, subject_kind: str, subject_ids: Sequence[int]
) -> dict[int, list[Seen]]:
    """For each subject what people have looked at, oldest first.

    Handing over is no look, nor is what was taken back or what a program decided.
    """
    found: dict[int, list[Seen]] = defaultdict(list)
    key = {"wiki_id": wiki_id, "subject_kind": subject_kind, "subjects": list(subject_ids)}
    rows = connection.execute(_SEEN, key)
    for row in rows:
        found[row.subject_id].append(Seen(row.base, row.head, row.group, row.at))
    return found


_SEEN = (
    select(Decision.subject_id, Decision.base, Decision.head, Decision.group, Decision.at)
    .join(ActorRow, ActorRow.id == Decision.actor_id)
    .where(
        ActorRow.kind == ActorKind.HUMAN.value,
        Decision.wiki_id == bindparam("wiki_id"),
        Decision.subject_kind == bindparam("subject_kind"),
        in_list(Decision.subject_id, "subjects"),
        Decision.final,
        Decision.verdict != Verdict.HAND_OVER.value,
        Decision.id.not_in(select(Decision.takes_back).where(Decision.takes_back.is_not(None))),
    )
    .order_by(Decision.id)
)


def after_all(seen: Sequence[Seen], group: str, lapsed_at: datetime) -> list[Seen]:
    """Those looks that make up for the one which `group` did not take in time: its own, and any since the lapse.

    What another group had looked at before is no such look: this one was asked to look as well.
    """
    return [one for one in seen if one.group == group or one.at >= lapsed_at]


def _last_look(span: tuple[int, int], seen: list[Seen]) -> Seen | None:
    """The look with which all of the range had been looked at; None as long as something of it has not."""
    left = [span]
    for one in seen:
        left = [rest for part in left for rest in left_of(part, [(one.base, one.head)])]
        if not left:
            return one
    return None


_OF_PAGE = select(Review.wiki_id, Review.base, Review.head).where(
    Review.subject_id == bindparam("page_id"), Review.subject_kind == "page", HAS_LAPSED
)


def never_seen(connection: Connection, page_id: int) -> list[tuple[int, int]]:
    """Ranges of the page's changes that lapsed and that nobody has looked at since, for any group."""
    lapsed = connection.execute(_OF_PAGE, {"page_id": page_id}).all()
    if not lapsed:
        return []
    seen = [(one.base, one.head) for one in seen_ranges(connection, lapsed[0].wiki_id, "page", [page_id])[page_id]]
    return sorted({part for row in lapsed for part in left_of((row.base, row.head), seen)})
