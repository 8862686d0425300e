"""The time that is asked about, and the moments in it at which the backlog is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from ...clock import midnight
from ...errors import Invalid
from ...wording import kb_t

DAYS = (7, 30, 90, 365)
"""The periods that are offered, in days up to now."""
_STEPS = (1, 7, 28)
_MOST_POINTS = 60


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to but without `until`, in UTC; `days` is set for the last so many days.

    `zone` has the days: where the clock changes they are not of 24 hours.
    """

    since: datetime
    until: datetime
    days: int | None = None
    zone: tzinfo = UTC

    @classmethod
    def last(cls, days: int, now: datetime) -> Period:
        """The last so many days, as the zone of `now` has them."""
        return cls((now - timedelta(days=days)).astimezone(UTC), now.astimezone(UTC), days, now.tzinfo or UTC)

    @classmethod
    def between(cls, first: date, last: date, now: datetime) -> Period:
        """From the beginning of one day to the end of another, as the zone of `now` has them. Errors: Invalid."""
        zone = now.tzinfo or UTC
        since = midnight(first, zone)
        if since >= now:
            raise Invalid("from", kb_t("That is still to come; please choose an earlier first day."))
        if last < first:
            raise Invalid("to", kb_t("The last day is before the first; please exchange the two."))
        end = min(last, now.date())
        return cls(since, min(midnight(end + timedelta(days=1), zone), now.astimezone(UTC)), None, zone)

    @property
    def points(self) -> tuple[datetime, ...]:
        """Moments in even steps of days or weeks, the end of the period the last, sixty at the most."""
        first, last = (moment.astimezone(self.zone).replace(tzinfo=None) for moment in (self.since, self.until))
        span = last - first  # as the clock on the wall counts
        fits = (step for step in _STEPS if span / timedelta(days=step) < _MOST_POINTS)
        step = timedelta(days=next(fits, span.days // (_MOST_POINTS - 1) + 1))
        earlier = (last - step * back for back in range(int(span / step), 0, -1))
        return (*(moment.replace(tzinfo=self.zone).astimezone(UTC) for moment in earlier), self.until)
