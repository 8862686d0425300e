"""Stretches of time as people type them: ``<30d``, ``>1y``, ``2026-10``, ``2026-10-01..2026-10-15``, ``today``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from ..clock import midnight

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
UNITS |= {"m": timedelta(days=30), "y": timedelta(days=365)}
"""A month counts as 30 days and a year as 365: who types ``<3m`` means about three months."""

_AGO = re.compile(r"([<>])\s*(\d{1,5})\s*([hdwmy])[a-z]*")
_DAY = r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?"
_BETWEEN = re.compile(rf"(?:{_DAY})?(\.\.)?(?:{_DAY})?")
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)


class Span(NamedTuple):
    """From ``start`` up to, and not including, ``end``."""

    start: datetime
    end: datetime


def parse_span(text: str, now: datetime) -> Span | None:
    """The stretch that ``text`` means at the time ``now``; None when it means none. Days are those of its zone."""
    text = text.strip().casefold()
    today, zone = now.date(), now.tzinfo or UTC
    if text == "today":
        return Span(midnight(today, zone), _LATEST)
    if text == "yesterday":
        return Span(midnight(today - timedelta(days=1), zone), midnight(today, zone))
    if ago := _AGO.fullmatch(text):
        return _ago(ago[1], int(ago[2]) * UNITS[ago[3]], now.astimezone(UTC))
    return _between(text, zone)


def _ago(side: str, length: timedelta, now: datetime) -> Span:
    try:
        then = now - length
    except OverflowError:
        then = _EARLIEST
    return Span(then, _LATEST) if side == "<" else Span(_EARLIEST, then)


def _between(text: str, zone: tzinfo) -> Span | None:
    found = _BETWEEN.fullmatch(text)
    if found is None or not (found[1] or found[5]):
        return None
    first = _period(found[1], found[2], found[3], zone) if found[1] else None
    last = _period(found[5], found[6], found[7], zone) if found[5] else None
    if found[4] is None:
        return first if last is None else None
    if (found[1] and first is None) or (found[5] and last is None):
        return None
    return Span(first.start if first else _EARLIEST, last.end if last else _LATEST)


def _period(year: str, month: str | None, day: str | None, zone: tzinfo) -> Span | None:
    """The year, month or day."""
    try:
        start = date(int(year), int(month or 1), int(day or 1))
        if day:
            end = start + timedelta(days=1)
        elif month:
            end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        else:
            end = date(start.year + 1, 1, 1)
        return Span(midnight(start, zone), midnight(end, zone))
    except (ValueError, OverflowError):
        return None
