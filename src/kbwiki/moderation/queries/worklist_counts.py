"""How many reviews are in a moderator's lists: by the lists' own expressions, or by the tallies where they say as much.

Tallies know group, space and state, so they are exact for lists that nothing else narrows; one's own changes are taken
off. Everything else is counted, up to `MOST` for each group and state; beyond that a count says so, as the list does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, literal_column, select, union_all

from ...actors import Actor
from ...db import in_list
from ...spaces.queries import readable
from ..models import Review, Tally
from .narrowing import ON_MY_DESK, in_space, parameters
from .wanted import STATES, View, Wanted
from .worklist import in_parts, named, on_my_desk, stretch_of

MOST = 100
"""How far a group's reviews of one state are counted where they have to be counted one by one: what a list is worth
knowing, and little enough that a page with such counts takes the same time however long the queue is."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many reviews a list has; with `more` it has more than that."""

    number: int = 0
    more: bool = False

    def __add__(self, other: Count) -> Count:
        """Both lists together."""
        return Count(self.number + other.number, self.more or other.more)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.number > 0

    def __str__(self) -> str:
        """As people read it."""
        return f"{self.number}+" if self.more else str(self.number)


Counts = Mapping[tuple[str, View], Count]
"""For each group and view that was asked for, how many; what is absent has none."""


def total(counts: Counts, view: View, groups: Sequence[str]) -> Count:
    """How many the view has of all these groups together."""
    return sum((counts.get((group, view), Count()) for group in groups), Count())


def worklist_counts(
    connection: Connection,
    wiki_id: int,
    actor: Actor,
    groups: Sequence[str],
    wanted: Wanted,
    now: datetime,
    views: Collection[View] = tuple(View),
) -> Counts:
    """How many reviews each of the groups has in each of the views, with the filters of `wanted`.

    Each is the length of the list that `worklist` gives for that group and view.
    """
    found: dict[tuple[str, View], Count] = defaultdict(Count)
    for some in in_parts(groups):
        said = {**parameters(wiki_id, actor, some, wanted, now), **named(some), "most": MOST + 1}
        exact = wanted.narrowed <= {"space"}
        tallied: list[View] = [view for view in views if exact and view in STATES and view is not View.OVERDUE]
        counted = [view for view in views if view in STATES and view not in tallied]
        if tallied:
            _add(found, _from_tallies(connection, said, wanted.narrowed, tallied))
        if counted:
            rows = connection.execute(_bounded(len(some), tuple(counted), wanted.narrowed), said)
            _add(found, [(some[number], View(view), _count(n)) for number, view, n in rows])
        for view in views:
            if view in ON_MY_DESK:
                rows = connection.execute(_on_desk(view, wanted.narrowed), said)
                _add(found, [(group, view, Count(int(n))) for group, n in rows])
    return found


def _add(found: dict[tuple[str, View], Count], some: Sequence[tuple[str, View, Count]]) -> None:
    for group, view, count in some:
        found[group, view] += count


def _count(number: int) -> Count:
    return Count(min(number, MOST), number > MOST)


def _from_tallies(
    connection: Connection, said: dict[str, Any], narrowed: frozenset[str], views: list[View]
) -> list[tuple[str, View, Count]]:
    states: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for group, state, all_, own in connection.execute(_tallied(bool(narrowed)), said):
        states[group, state][0] += int(all_)
        states[group, state][1] += int(own)
    return [
        (group, view, Count(all_ - own if view is not View.CONCERN else all_))
        for (group, state), (all_, own) in states.items()
        for view in views
        if state in STATES[view]
    ]


@lru_cache(maxsize=2)
def _tallied(in_a_space: bool) -> Any:
    """Group, state, how many live reviews, and how many about what the actor did: a row for each of the two."""
    all_ = (
        select(Tally.group, Tally.state, func.sum(Tally.count).label("live"), literal(0).label("own"))
        .where(
            Tally.wiki_id == bindparam("wiki_id"),
            in_list(Tally.group, "groups"),
            readable(Tally.space_id),
            *([in_space(Tally.space_id)] if in_a_space else []),
        )
        .group_by(Tally.group, Tally.state)
    )
    own = (
        select(Review.group, Review.state, literal(0), func.count())
        .where(*on_my_desk(View.OWN, frozenset({"space"} if in_a_space else ())))
        .group_by(Review.group, Review.state)
    )
    return union_all(all_, own)


@lru_cache(maxsize=500)
def _bounded(groups: int, views: tuple[View, ...], narrowed: frozenset[str]) -> Any:
    return union_all(
        *(
            select(
                literal_column(str(number)).label("group_number"),
                literal_column(f"'{view.value}'").label("view"),
                func.count().label("number"),
            ).select_from(
                select(Review.id)
                .where(*stretch_of(f"group_{number}", state, view, narrowed))
                .limit(bindparam("most"))
                .subquery()
            )
            for number in range(groups)
            for view in views
            for state in STATES[view]
        )
    )


@lru_cache(maxsize=100)
def _on_desk(view: View, narrowed: frozenset[str]) -> Any:
    return select(Review.group, func.count()).where(*on_my_desk(view, narrowed)).group_by(Review.group)
