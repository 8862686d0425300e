"""Days and times are those of the organisation, in the language that is spoken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kbwiki.clock import time_zone
from kbwiki.wording import speaking
from kbwiki.wording.amounts import clock, day, day_and_time
from kbwiki.wording.speech import Speech
from kbwiki.wording.vocabularies import vocabularies_of

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "locale", "moment", "said"),
    [
        ("UTC", "en", NEW_YEARS_EVE, "31 December 2026, 23:30 UTC"),
        ("UTC", "de", NEW_YEARS_EVE, "31. Dezember 2026, 23:30 UTC"),
        ("Europe/Berlin", "en", NEW_YEARS_EVE, "1 January 2027, 00:30 CET"),
        ("Europe/Berlin", "de", NEW_YEARS_EVE, "1. Januar 2027, 00:30 MEZ"),
        ("Europe/Berlin", "de", SUMMER, "1. Juli 2026, 14:00 MESZ"),
        ("Europe/Berlin", "fr", SUMMER, "1 juillet 2026, 14:00 CEST"),
        ("America/New_York", "en", NEW_YEARS_EVE, "31 December 2026, 18:30 EST"),
        ("Asia/Dubai", "en", NEW_YEARS_EVE, "1 January 2027, 03:30 UTC+04"),
        ("America/St_Johns", "de", SUMMER, "1. Juli 2026, 09:30 NDT"),
        ("Pacific/Marquesas", "en", SUMMER, "1 July 2026, 02:30 UTC-0930"),
        ("Africa/Casablanca", "de", SUMMER, "1. Juli 2026, 13:00 UTC+01"),
        ("Etc/UTC", "fr", SUMMER, "1 juillet 2026, 12:00 UTC"),
        ("Asia/Tokyo", "en", datetime.max.replace(tzinfo=UTC), "31 December 9999, 23:59 UTC"),
    ],
)
def test_a_moment_is_said_by_the_organisations_clock(zone: str, locale: str, moment: datetime, said: str) -> None:
    with speaking(Speech((locale,), "", vocabularies_of("Wiki"), time_zone(zone)).wording()):
        assert day_and_time(moment) == said
        assert said.startswith(day(moment))
        assert said.endswith(clock(moment))
