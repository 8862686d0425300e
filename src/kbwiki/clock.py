"""The one clock, and the zone in which people have days.

A Wiki is given a clock, and everything that asks for the time asks that one. What is kept and what machines get is in
UTC; days and times that people see and write are those of the organisation (`Settings.time_zone`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .errors import Invalid
from .wording import kb_t

Clock = Callable[[], datetime]
"""A function that returns the present moment, aware and in UTC."""


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=32)
def time_zone(name: str) -> tzinfo:
    """The zone with this IANA name. Errors: Invalid."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        # KeyError is what an unknown name is (ZoneInfoNotFoundError); a folder's name is an OSError.
        raise Invalid(
            "time_zone", kb_t("“{name}” is no time zone known here. It looks like Europe/Berlin.", name=name)
        ) from None


def midnight(day: date, zone: tzinfo) -> datetime:
    """When the day begins in the zone, in UTC; of what began before there was time, the first moment there is."""
    begins = datetime.combine(day, time(), zone)
    try:
        return begins.astimezone(UTC)
    except OverflowError:
        return begins.replace(tzinfo=UTC)
