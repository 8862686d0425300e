"""From lines to figures: one pass over each kind; then groups, spaces and the whole are added up. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

from ..policy import ON_APPEALS, Verdict
from ..transitions import LIVE, State
from .figures import FEWEST, FEWEST_FOR_NINETIETH, Bucket, Figures, Point, Share, Waiting, Waits, nearest_rank
from .lines import DecisionLine, OpinionLine, ReviewLine
from .period import Period

TAKES_OUT = frozenset({Verdict.REVERT, Verdict.REVERT_PART, Verdict.HIDE, Verdict.DELETE})
FIRST_LOOK_BELOW = (
    timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3), timedelta(days=7), None,
)  # fmt: skip
AGE_BELOW = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30), None)
_NOTHING = timedelta()


@dataclass(slots=True)
class Tallying:
    """What is being counted of one group, one space, or all."""

    period: Period
    now: datetime
    waits: list[timedelta] = field(default_factory=list)
    ages: list[timedelta] = field(default_factory=list)
    answers: Counter[Verdict] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def review(self, line: ReviewLine) -> None:
        """Count a review."""
        if line.state in LIVE:
            self.ages.append(max(self.now - line.opened_at, _NOTHING))
            self.counts["with-author" if line.state is State.CONCERN else "needs-look"] += 1
            self.counts["overdue"] += line.due_at is not None and line.due_at < self.now
        if self._within(line.opened_at) and (line.first_look or not _went_elsewhere(line)):
            self.counts["began"] += 1
            if line.first_look is not None:
                self.waits.append(max(line.first_look - line.opened_at, _NOTHING))
        if line.due_at is not None and self._was_due(line.due_at) and not _went_elsewhere(line):
            self.counts["due"] += 1
            self.counts["in-time"] += (
                line.state is State.DECIDED and line.closed_at is not None and line.closed_at <= line.due_at
            )
        if line.closed_at is not None and self._within(line.closed_at):
            self.counts["closed"] += line.state in (State.DECIDED, State.LAPSED)
            self.counts["lapsed"] += line.state is State.LAPSED

    def decision(self, line: DecisionLine) -> None:
        """Count a decision; answers to objections by themselves."""
        if line.verdict in ON_APPEALS:
            if line.stands:
                self.counts["objections"] += 1
                self.counts["overturned"] += line.verdict is Verdict.OVERTURN
            return
        self.counts["decided"] += 1
        self.counts["several"] += line.several
        self.counts["again"] += line.again
        self.counts["twice"] += line.several or line.again
        if line.stands:
            self.answers[line.verdict] += 1

    def opinion(self, line: OpinionLine) -> None:
        """Count a second look."""
        self.counts["second-looks"] += 1
        self.counts["agree"] += line.agrees

    def _within(self, at: datetime) -> bool:
        return self.period.since <= at < self.period.until

    def _was_due(self, at: datetime) -> bool:
        return self.period.since <= at < min(self.period.until, self.now)

    def add(self, other: Tallying) -> None:
        """Take in what another one has counted."""
        self.waits += other.waits
        self.ages += other.ages
        self.answers.update(other.answers)
        self.counts.update(other.counts)

    def figures(self, name: str) -> Figures:
        """What it came to."""
        counts, answered = self.counts, self.answers
        taken_out = sum(answered[verdict] for verdict in TAKES_OUT)
        return Figures(
            name=name,
            first_look=self._first_look(),
            in_time=Share("in-time", counts["in-time"], counts["due"]),
            waiting=Waiting(
                counts["needs-look"],
                counts["with-author"],
                counts["overdue"],
                max(self.ages, default=None),
                in_buckets(self.ages, AGE_BELOW),
            ),
            taken_out=Share("taken-out", taken_out, answered.total()),
            answers=tuple((verdict.value, answered[verdict]) for verdict in Verdict if answered[verdict]),
            lapsed=Share("lapsed", counts["lapsed"], counts["closed"]),
            twice=Share("twice", counts["twice"], counts["decided"]),
            several=counts["several"],
            again=counts["again"],
            overturned=Share("overturned", counts["overturned"], counts["objections"]),
            agreement=Share("agreement", counts["agree"], counts["second-looks"]),
        )

    def _first_look(self) -> Waits:
        n = self.counts["began"]
        ordered = [*sorted(self.waits), *[None] * (n - len(self.waits))]
        return Waits(
            n,
            len(self.waits),
            nearest_rank(ordered, 5) if n >= FEWEST else None,
            nearest_rank(ordered, 9) if n >= FEWEST_FOR_NINETIETH else None,
            in_buckets(self.waits, FIRST_LOOK_BELOW),
        )


def _went_elsewhere(line: ReviewLine) -> bool:
    """Whether it ended with nothing left for its group to look at."""
    return line.state in (State.HANDED_OVER, State.SUPERSEDED)


def in_buckets(spans: Iterable[timedelta], below: tuple[timedelta | None, ...]) -> tuple[Bucket, ...]:
    """How many of the spans fall into each bucket."""
    bounds = [bound for bound in below if bound is not None]
    found = Counter(bisect_right(bounds, span) for span in spans)
    return tuple(Bucket(bound, found[place]) for place, bound in enumerate(below))


@dataclass(slots=True)
class Course:
    """What was open at each moment of the period: a review counts from when its group got it until it was closed."""

    points: tuple[datetime, ...]
    came: Counter[int] = field(default_factory=Counter)
    closed: Counter[int] = field(default_factory=Counter)

    def review(self, line: ReviewLine) -> None:
        """Count a review. One that was closed before it began, by a clock that went back, was open at no moment."""
        came = bisect_left(self.points, line.given_at)
        closed = len(self.points) if line.closed_at is None else bisect_left(self.points, line.closed_at)
        self.came[came] += 1
        self.closed[max(came, closed)] += 1

    def told(self) -> tuple[Point, ...]:
        """The moments, oldest first. At the first, nothing is said of what came in before it."""
        moments = range(len(self.points))
        open_then = accumulate(self.came[moment] - self.closed[moment] for moment in moments)
        return tuple(
            Point(at, count, self.came[moment] if moment else 0, self.closed[moment] if moment else 0)
            for moment, at, count in zip(moments, self.points, open_then, strict=True)
        )
