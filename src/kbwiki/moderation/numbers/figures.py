"""What comes out: figures, each with its definition in words and how many it rests on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...wording import N_
from ..rules.sampling import Estimate
from .period import Period

FEWEST = 10
"""Below so many a share or a median says more about chance than about the work: it is too few to tell."""
FEWEST_FOR_NINETIETH = 20
"""The same for the 90th percentile, which rests on a tenth of them."""

DEFINITIONS: Mapping[str, str] = {
    "first-look": N_(
        "From when [a review] opened until the first time a member of its [group] took it up, "
        "asked the author, answered it, handed it over, or asked for or gave a second look. Half "
        "of the [reviews] that opened in the period were looked at within the first time, nine "
        "of ten within the second. One that nobody has looked at yet counts as waiting longer "
        "than all others."
    ),
    "in-time": N_(
        "Of the [reviews] whose due time came in the period, those decided by then. One that "
        "waits for its author at that time is late."
    ),
    "waiting": N_(
        "[Reviews] that are open now, by how long they have waited. Those that were handed over "
        "keep the time they waited before."
    ),
    "course": N_(
        "How many [reviews] were open at each of these moments, and how many came in and were "
        "closed since the moment before."
    ),
    "taken-out": N_(
        "Of the [decisions] about changes that were taken in the period and still stand, those that "
        "took something out: reverted, reverted in part, hidden, or deleted the [page]."
    ),
    "lapsed": N_(
        "Of the [reviews] that were closed in the period, by [a decision] or by a lapse, those that a "
        "named policy closed unreviewed."
    ),
    "twice": N_(
        "Of the [reviews] that were decided in the period, those that took more than one person, or "
        "were about changes the [group] had decided before and whose [decision] was taken back or "
        "overturned."
    ),
    "overturned": N_(
        "Of the [appeals] that were answered in the period, those that overturned the [decision]. They "
        "count for the [group] that had decided, not for the one that answered."
    ),
    "agreement": N_(
        "Of the second looks that were given in the period, those in which both would have done "
        "the same, each without knowing of the other."
    ),
    "unseen": N_(
        "Changes that [rules] left unseen in the period, and the share of them that would have been "
        "taken out or mended, estimated from the samples that were drawn and decided."
    ),
}
"""What each figure is, by its key."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n`."""

    key: str
    hits: int
    n: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None for too few to tell."""
        return self.hits / self.n if self.n >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many fall below `below` and not into the bucket before; None: all the rest."""

    below: timedelta | None
    count: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How long `n` reviews waited for the first look, of which `looked` have had it.

    A percentile is None where there are too few, or where more than so many still wait.
    """

    n: int
    looked: int
    median: timedelta | None
    ninetieth: timedelta | None
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open now: for the group to look at (`needs_look`), or with its author; `overdue` of all."""

    needs_look: int
    with_author: int
    overdue: int
    oldest: timedelta | None
    buckets: tuple[Bucket, ...]

    @property
    def total(self) -> int:
        """All that is open."""
        return self.needs_look + self.with_author


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group, one space, or all of them together (`name` is '' then).

    `answers` counts the decisions that stand by verdict. Of `twice`, `several` took more than one person and `again`
    were decided before; a review can be both.
    """

    name: str
    first_look: Waits
    in_time: Share
    waiting: Waiting
    taken_out: Share
    answers: tuple[tuple[str, int], ...]
    lapsed: Share
    twice: Share
    several: int
    again: int
    overturned: Share
    agreement: Share


@dataclass(frozen=True, slots=True)
class Point:
    """A moment in the period: what was open then, and what came in and was closed since the moment before."""

    at: datetime
    open: int
    came: int
    closed: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """What rules left unseen, by rule; `undecided` were drawn and nobody has decided yet."""

    exempted: Mapping[str, int]
    undecided: int
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Numbers:
    """All figures of a period, for one actor. `unseen` is None where one group is asked about: it belongs to none."""

    period: Period
    at: datetime
    total: Figures
    groups: tuple[Figures, ...]
    spaces: tuple[Figures, ...]
    course: tuple[Point, ...]
    unseen: Unseen | None


def nearest_rank(ordered: Sequence[timedelta | None], tenths: int) -> timedelta | None:
    """The value that so many tenths of `ordered` do not exceed: the nearest rank, so always one that was there."""
    return ordered[-(-tenths * len(ordered) // 10) - 1]
