"""Charts, drawn on the server: bars that stand in the rows of a table, and a course over time. Geometry only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .words import per_cent


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a table of bars; `width` in per cent of the longest, `kind` chooses the colour."""

    label: str
    count: int
    share: str
    width: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line and the area below it in a field of 100 by 100, drawn from the left; `top` is the value at its upper edge.

    `line` and `area` are points as SVG writes them.
    """

    line: str
    area: str
    top: int


def bars(rows: Sequence[tuple[str, int, str]]) -> tuple[Bar, ...]:
    """Bars for (label, count, kind), the longest as wide as there is room."""
    most = max((count for _, count, _ in rows), default=0) or 1
    total = sum(count for _, count, _ in rows)
    return tuple(
        Bar(label, count, per_cent(count / total) if total else "", round(100 * count / most, 2), kind)
        for label, count, kind in rows
    )


def curve(values: Sequence[int]) -> Curve | None:
    """The values in even steps; None for fewer than two, which make no line."""
    if len(values) < 2:
        return None
    top = _round_up(max(values))
    step = 100 / (len(values) - 1)
    line = " ".join(f"{step * at:.2f},{100 - 100 * value / top:.2f}" for at, value in enumerate(values))
    return Curve(line, f"0,100 {line} 100,100", top)


def _round_up(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 …: an edge that can be halved."""
    edge = 1
    while True:
        for factor in (2, 4, 10):
            if value <= edge * factor:
                return edge * factor
        edge *= 10
