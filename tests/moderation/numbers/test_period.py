"""The time that numbers are of: whole days as the organisation has them, and the moments of the course."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from kbwiki.clock import time_zone
from kbwiki.errors import Invalid
from kbwiki.moderation.numbers.period import Period

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_a_period_of_dates_goes_from_midnight_to_midnight_but_not_beyond_now() -> None:
    now = MONDAY
    whole = Period.between(date(2025, 12, 1), date(2025, 12, 31), now)
    assert (whole.since, whole.until) == (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    assert Period.between(date(2026, 1, 1), date(9999, 12, 31), now).until == now
    with pytest.raises(Invalid):
        Period.between(date(2026, 1, 2), date(2026, 1, 1), now)
    with pytest.raises(Invalid):
        Period.between(date(2026, 2, 1), date(2026, 2, 2), now)


@pytest.mark.parametrize(
    ("first", "last", "begins", "points"),
    [
        (date(2026, 3, 29), date(2026, 3, 29), "2026-03-28T23:00", 2),  # a day of 23 hours
        (date(2026, 3, 28), date(2026, 3, 30), "2026-03-27T23:00", 4),
        (date(2026, 10, 20), date(2026, 10, 31), "2026-10-19T22:00", 13),  # one of them of 25 hours
    ],
)
def test_days_are_whole_also_when_the_clock_changes(first: date, last: date, begins: str, points: int) -> None:
    berlin = time_zone("Europe/Berlin")
    period = Period.between(first, last, datetime(2026, 12, 1, tzinfo=berlin))

    assert period.since == datetime.fromisoformat(f"{begins}+00:00")
    assert (len(period.points), period.points[0], period.points[-1]) == (points, period.since, period.until)
    assert {moment.astimezone(berlin).time() for moment in period.points} == {time(0)}
    assert all(moment.tzinfo is UTC for moment in (period.since, *period.points))
    weeks = Period.last(7, datetime(2026, 3, 30, 9, tzinfo=berlin))
    assert (len(weeks.points), weeks.points[0]) == (8, weeks.since)


@pytest.mark.parametrize("days", [1, 7, 30, 90, 365, 3660])
def test_the_course_has_few_moments_the_last_of_them_the_end(days: int) -> None:
    points = Period.last(days, MONDAY).points

    assert 2 <= len(points) <= 60
    assert (points[-1], points[0] >= MONDAY - timedelta(days=days)) == (MONDAY, True)
