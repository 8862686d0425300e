"""Due times: working hours, holidays, and nights in which the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki.errors import Invalid
from kbwiki.moderation.rules.calendar import WorkingTime, parse_hours, working_time
from kbwiki.moderation.rules.matching import Due
from kbwiki.settings import Settings
from kbwiki.wiki import Wiki

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(hours: str = "Mon-Fri 09:00-17:00", *holidays: str, zone: str = "Europe/Berlin") -> WorkingTime:
    return working_time(Settings(working_hours=hours, holidays=holidays, time_zone=zone))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-06-01T10:00", 2, "2026-06-01T12:00"),  # a Monday
        ("2026-06-01T16:00", 2, "2026-06-02T10:00"),
        ("2026-06-05T16:30", 1, "2026-06-08T09:30"),  # over the weekend
        ("2026-06-06T12:00", 8, "2026-06-08T17:00"),
        ("2026-06-01T05:00", 1, "2026-06-01T10:00"),
        ("2026-06-01T20:00", 0.5, "2026-06-02T09:30"),
        ("2026-12-24T16:00", 2, "2026-12-29T10:00"),  # the 25th and the 28th are holidays below
    ],
)
def test_working_hours_count_while_people_work(start: str, hours: float, due: str) -> None:
    found = calendar("Mon-Fri 09:00-17:00", "2026-12-25", "2026-12-28").due(berlin(start), Due(hours))
    assert found == berlin(due)


def test_plain_hours_go_by_the_clock() -> None:
    start = berlin("2026-03-28T12:00")
    assert calendar().due(start, Due(24, working=False)) == start.astimezone(UTC) + timedelta(hours=24)


def test_a_break_at_noon_does_not_count() -> None:
    found = calendar("Mon-Fri 08:00-12:00,13:00-17:00").due(berlin("2026-06-01T11:00"), Due(2))
    assert found == berlin("2026-06-01T14:00")


def test_a_night_in_which_the_clock_changes_has_an_hour_less_or_more() -> None:
    around_the_clock = calendar("Mon-Sun 00:00-24:00")
    assert around_the_clock.due(berlin("2026-03-29T00:00"), Due(23)) == berlin("2026-03-30T00:00")
    assert around_the_clock.due(berlin("2026-10-25T00:00"), Due(25)) == berlin("2026-10-26T00:00")


def test_a_span_that_begins_in_the_hour_that_is_left_out_begins_after_it() -> None:
    nights = calendar("Sun 02:00-06:00")
    assert nights.due(berlin("2026-03-29T00:00"), Due(3)) == berlin("2026-03-29T06:00")


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))
hours = st.floats(0.01, 200)
calendars = st.builds(
    calendar,
    st.sampled_from(["Mon-Fri 09:00-17:00", "Mon-Sun 00:00-24:00", "Sat-Mon 22:00-24:00", "Wed 08:00-09:00"]),
    zone=st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)


@given(calendars, moments, hours)
def test_a_due_time_lies_in_working_time_and_as_long_after(times: WorkingTime, start: datetime, span: float) -> None:
    due = times.due(start, Due(span))
    day, worked = start.astimezone(times.zone).date() - timedelta(days=1), timedelta(0)
    while day <= due.astimezone(times.zone).date() + timedelta(days=1):
        for begins, ends in times.on(day):
            worked += max(timedelta(0), min(ends, due) - max(begins, start))
        day += timedelta(days=1)
    assert due > start
    assert abs(worked - timedelta(hours=span)) < timedelta(milliseconds=1)
    local = due.astimezone(times.zone).date()
    near = [one for step in (-1, 0) for one in times.on(local + timedelta(days=step))]
    assert any(begins < due <= ends for begins, ends in near)


@given(calendars, moments, hours, hours)
def test_a_longer_span_is_never_due_earlier(times: WorkingTime, start: datetime, one: float, more: float) -> None:
    assert times.due(start, Due(one)) <= times.due(start, Due(one + more))


@pytest.mark.parametrize(
    "text",
    ["", "Mon", "Monday 09:00-17:00", "Mon 9-17", "Mon 17:00-09:00", "Mon 09:00-12:00,11:00-13:00", "Mon 09:00-09:30"],
)
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_hours(text)
    assert refused.value.field == "working_hours"


def test_a_wiki_with_a_broken_calendar_does_not_start(sqlite_url: str) -> None:
    broken = (
        Settings(time_zone="Europe/Atlantis"),
        Settings(holidays=("Christmas",)),
        Settings(working_hours="always"),
    )
    for settings in broken:
        with pytest.raises(Invalid):
            Wiki(sqlite_url, settings=settings)


def test_holidays_are_days_of_the_wall_clock() -> None:
    assert calendar("Mon-Sun 00:00-24:00", "2026-01-01").on(date(2026, 1, 1)) == []
