"""What the mast at the works reads: an invented but steady weather, the same for everybody at one moment.

The dashboard of a firm that builds weather stations shows its own station. There is none to ask here, so a
sum of slow waves stands in for the sky. Readings depend on the time alone, so a reload does not jump.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_WINDS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
TRACE_WIDTH, TRACE_HEIGHT = 288, 96
_LOWEST, _HIGHEST = 970.0, 1040.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One observation: °C, m/s, hPa at sea level, and the tendency in hPa over three hours."""

    at: datetime
    temperature: float
    wind: float
    gust: float
    wind_from: str
    pressure: float
    tendency: float

    @property
    def trend(self) -> str:
        """The tendency in a forecaster's words."""
        if abs(self.tendency) < 0.5:
            return "steady"
        return "rising" if self.tendency > 0 else "falling"


def reading(at: datetime) -> Reading:
    """The observation at a moment (aware datetime)."""
    hours = _hours(at)
    wind = 6.5 + 3.5 * math.sin(hours / 17) + 1.2 * math.sin(hours / 2.3)
    sector = round((220 + 55 * math.sin(hours / 31)) / 22.5) % 16
    year = math.cos((at.timetuple().tm_yday - 20) / 365 * math.tau)
    day = math.cos((at.hour + at.minute / 60 - 14.5) / 24 * math.tau)
    return Reading(
        at=at,
        temperature=round(9.5 - 6.5 * year + 2.8 * day + 1.5 * math.sin(hours / 40), 1),
        wind=round(wind, 1),
        gust=round(wind * 1.55 + 0.6, 1),
        wind_from=_WINDS[sector],
        pressure=round(_pressure(hours), 1),
        tendency=round(_pressure(hours) - _pressure(hours - 3), 1),
    )


def barograph(at: datetime, *, days: int = 4) -> str:
    """The pen's line over the last ``days``: points for an SVG polyline, in TRACE_WIDTH × TRACE_HEIGHT."""
    steps = 96
    moments = [at - timedelta(days=days) * (1 - step / steps) for step in range(steps + 1)]
    heights = [_height(_pressure(_hours(moment))) for moment in moments]
    return " ".join(f"{step / steps * TRACE_WIDTH:.1f},{y:.1f}" for step, y in enumerate(heights))


def _hours(at: datetime) -> float:
    return at.astimezone(UTC).timestamp() / 3600


def _pressure(hours: float) -> float:
    return 1008 + 13 * math.sin(hours / 23) + 7 * math.sin(hours / 11 + 1) + 2 * math.sin(hours / 4.7)


def _height(pressure: float) -> float:
    return TRACE_HEIGHT * (_HIGHEST - pressure) / (_HIGHEST - _LOWEST)
