"""How reviews grow old: what is due soon or overdue, when a group that is late gets help, when something lapses. Pure.

What holds when several rules, or several changes, speak about one review: the soonest due time, the earliest
escalation, the latest lapse; and nothing lapses unless every change in the review fell under a policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..settings import Settings
from .rules.calendar import WorkingTime, working_time
from .rules.matching import Due, Escalate, Lapse


class AgeState(StrEnum):
    """How near a review's due time is."""

    NONE = "none"
    """It has no due time."""
    IN_TIME = "in-time"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Age:
    """How a review stands to its due time. `left` is the time until then by the clock, below zero when it is over."""

    state: AgeState
    due_at: datetime | None = None
    left: timedelta | None = None


def age_of(due_at: datetime | None, now: datetime, settings: Settings) -> Age:
    """How a review that is due at `due_at` stands at `now`."""
    if due_at is None:
        return Age(AgeState.NONE)
    if due_at <= now:
        return Age(AgeState.OVERDUE, due_at, due_at - now)
    soon = due_at <= soon_by(now, settings)
    return Age(AgeState.DUE_SOON if soon else AgeState.IN_TIME, due_at, due_at - now)


def soon_by(now: datetime, settings: Settings) -> datetime:
    """What is due by then is due soon: so many working hours from now, since nobody works on it before those."""
    return working_time(settings).due(now, Due(settings.due_soon_hours))


@dataclass(frozen=True, slots=True)
class Ageing:
    """What will happen to a review that nobody looks at: `escalate_to` gets it too, it lapses under `lapse_policy`.

    None: it will not. Whoever opens a review without saying more opens one that stays until somebody decides it.
    """

    escalate_at: datetime | None = None
    escalate_to: str | None = None
    lapse_at: datetime | None = None
    lapse_policy: str | None = None


STAYS = Ageing()
"""Of a review that waits until somebody decides it."""


def ageing_of(
    start: datetime, escalations: Sequence[Escalate], lapses: Sequence[Lapse], calendar: WorkingTime
) -> Ageing:
    """What will happen to a change that is due at `start` (or was made then, when it has no due time)."""
    if not escalations and not lapses:
        return STAYS
    escalation = min(
        ((calendar.due(start, one.after), one.to) for one in escalations), key=_moment, default=(None, None)
    )
    lapse = max(((calendar.due(start, one.after), one.policy) for one in lapses), key=_moment, default=(None, None))
    return Ageing(*escalation, *lapse)


def left_of(span: tuple[int, int], seen: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of the changes after `span[0]` up to `span[1]` is in none of the ranges `seen`, as ranges, oldest first."""
    left = [span] if span[0] < span[1] else []
    for base, head in seen:
        left = [
            (start, end)
            for old_start, old_end in left
            for start, end in ((old_start, min(old_end, base)), (max(old_start, head), old_end))
            if start < end
        ]
    return left


def together(spans: Sequence[tuple[int, int]]) -> int:
    """How many changes are in one of the ranges or more."""
    count, reached = 0, 0
    for base, head in sorted(spans):
        count += max(0, head - max(base, reached))
        reached = max(reached, head)
    return count


def _moment(one: tuple[datetime, str]) -> datetime:
    return one[0]
