"""Due times in working hours: when a span that counts only while people are at work is over. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise

from ...clock import time_zone
from ...errors import Invalid
from ...settings import Settings
from ...wording import N_, kb_t
from .matching import Due

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LOOKS = N_("It looks like Mon-Fri 09:00-17:00, or Mon-Thu 08:00-12:00,13:00-17:00; Fri 08:00-14:00.")
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")

Span = tuple[timedelta, timedelta]
"""From when to when on a day, as the clock on the wall says, counted from midnight."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people are at work: spans for each day of the week (0 is Monday), days off, and whose clock that is."""

    hours: Mapping[int, Sequence[Span]]
    holidays: frozenset[date]
    zone: tzinfo

    def due(self, start: datetime, span: Due) -> datetime:
        """The moment by which `span` has passed since `start`, in UTC.

        Working hours are counted as they pass: a night in which the clock changes makes a shift that spans it an
        hour shorter or longer, and never loses or doubles one. The end of a working day counts to that day.
        """
        moment = start.astimezone(UTC)
        if not span.working or span.hours <= 0:
            return moment + timedelta(hours=span.hours)
        left = timedelta(hours=span.hours)
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        while True:
            for begins, ends in self.on(day):
                worked = ends - max(begins, moment)
                if worked >= left > timedelta(0):
                    return max(begins, moment) + left
                left -= max(worked, timedelta(0))
            day += timedelta(days=1)

    def on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working spans of a day, in UTC, oldest first."""
        if day in self.holidays:
            return []
        spans = self.hours.get(day.weekday(), ())
        return [(begins, ends) for one in spans if (begins := self._at(day, one[0])) < (ends := self._at(day, one[1]))]

    def _at(self, day: date, clock: timedelta) -> datetime:
        # Midnight of the next day has a date of its own; adding to a local time would ignore a change of the clock.
        whole, rest = divmod(clock, timedelta(days=1))
        wall = time(rest.seconds // 3600, rest.seconds // 60 % 60)
        return datetime.combine(day + timedelta(days=whole), wall, self.zone).astimezone(UTC)


def working_time(settings: Settings) -> WorkingTime:
    """The calendar the settings describe. Errors: Invalid names the setting."""
    return _parsed(settings.working_hours, settings.holidays, settings.time_zone)


@lru_cache(maxsize=32)
def _parsed(hours: str, holidays: tuple[str, ...], zone: str) -> WorkingTime:
    return WorkingTime(parse_hours(hours), frozenset(map(_holiday, holidays)), time_zone(zone))


def _holiday(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("holidays", kb_t("“{text}” is not a date. A holiday looks like 2026-12-25.", text=text)) from None


def parse_hours(text: str) -> dict[int, tuple[Span, ...]]:
    """Working hours from text: parts with `;` between, each days and spans. Errors: Invalid.

    `24:00` is the end of a day. At least an hour a week is needed, or nothing would ever become due.
    """
    found: dict[int, list[Span]] = {}
    for part in filter(None, (one.strip() for one in text.split(";"))):
        days, _, spans = part.partition(" ")
        for day in _days(days):
            found.setdefault(day, []).extend(_span(one.strip()) for one in spans.split(","))
    for spans_of_day in found.values():
        spans_of_day.sort()
        if any(earlier[1] > later[0] for earlier, later in pairwise(spans_of_day)):
            raise Invalid(
                "working_hours",
                kb_t("Two spans of one day overlap in “{text}”. {looks}", text=text, looks=kb_t(_LOOKS)),
            )
    total = sum((ends - begins for spans_of_day in found.values() for begins, ends in spans_of_day), timedelta(0))
    if total < timedelta(hours=1):
        raise Invalid(
            "working_hours", kb_t("There must be at least one working hour in a week. {looks}", looks=kb_t(_LOOKS))
        )
    return {day: tuple(spans_of_day) for day, spans_of_day in found.items()}


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise Invalid(
                "working_hours", kb_t("“{text}” does not name days of the week. {looks}", text=text, looks=kb_t(_LOOKS))
            )
        begins = DAYS.index(first)
        length = (DAYS.index(last or first) - begins) % 7
        found += [(begins + step) % 7 for step in range(length + 1)]
    return found


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise Invalid("working_hours", kb_t("“{text}” is not a span of hours. {looks}", text=text, looks=kb_t(_LOOKS)))
    hour, minute, until_hour, until_minute = map(int, match.groups())
    begins, ends = timedelta(hours=hour, minutes=minute), timedelta(hours=until_hour, minutes=until_minute)
    if minute > 59 or until_minute > 59 or not begins < ends <= timedelta(days=1):
        raise Invalid(
            "working_hours",
            kb_t("“{text}” does not begin before it ends on one day. {looks}", text=text, looks=kb_t(_LOOKS)),
        )
    return begins, ends
