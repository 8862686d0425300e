"""Stretches of time as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbwiki.clock import time_zone
from kbwiki.search.spans import parse_span

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("<30d", "2026-05-16T12:00", None),
        ("< 2 weeks", "2026-06-01T12:00", None),
        (">1y", None, "2025-06-15T12:00"),
        ("<36H", "2026-06-14T00:00", None),
        ("today", "2026-06-15", None),
        ("yesterday", "2026-06-14", "2026-06-15"),
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        ("2026-03..2026-05-02", "2026-03-01", "2026-05-03"),
        ("2026-03..", "2026-03-01", None),
        ("..2025", None, "2026-01-01"),
    ],
)
def test_what_people_type_means_a_stretch_of_time(text: str, start: str | None, end: str | None) -> None:
    span = parse_span(text, NOW)

    assert span is not None
    assert span.start == (at(start) if start else datetime.min.replace(tzinfo=UTC))
    assert span.end == (at(end) if end else datetime(9999, 12, 31, tzinfo=UTC))


def test_days_are_those_of_the_zone_in_which_it_is_now() -> None:
    now = datetime(2026, 6, 15, 2, tzinfo=UTC).astimezone(time_zone("America/New_York"))  # still the 14th there

    assert parse_span("today", now) == (at("2026-06-14T04:00"), datetime(9999, 12, 31, tzinfo=UTC))
    assert parse_span("yesterday", now) == (at("2026-06-13T04:00"), at("2026-06-14T04:00"))
    assert parse_span("2026-03-08", now) == (at("2026-03-08T05:00"), at("2026-03-09T04:00")), "the clock changes"
    assert parse_span("<36h", now) == (at("2026-06-13T14:00"), datetime(9999, 12, 31, tzinfo=UTC))


def test_hours_ago_are_hours_also_when_the_clock_changes() -> None:
    now = datetime(2026, 3, 29, 10, tzinfo=UTC).astimezone(time_zone("Europe/Berlin"))

    assert parse_span("<24h", now) == (at("2026-03-28T10:00"), datetime(9999, 12, 31, tzinfo=UTC))
    early = datetime(2026, 5, 4, 20, tzinfo=UTC).astimezone(time_zone("Asia/Tokyo"))
    span = parse_span(">24658m", early)
    assert span is not None
    assert all(moment.tzinfo is UTC for moment in span)


@pytest.mark.parametrize("text", ["", "soon", "30d", "<d", "2026-13", "2026-02-30", "..", "0000", "2026..2025-13"])
def test_what_means_none_is_none(text: str) -> None:
    assert parse_span(text, NOW) is None


@settings(max_examples=200)
@given(st.text(st.sampled_from("<>0123456789dwmyh-. today"), max_size=30))
def test_nothing_that_is_typed_raises(text: str) -> None:
    span = parse_span(text, NOW)

    assert span is None or span.start.tzinfo is span.end.tzinfo is UTC
