"""The table of transitions as a picture: an SVG made of nothing but the table, for the documentation."""

from __future__ import annotations

from collections import defaultdict
from html import escape

from .transitions import LIVE, TABLE, Event, State

_WIDE, _HIGH = 150, 62
_PLACES = {
    State.OPEN: (50, 80),
    State.CONCERN: (420, 80),
    State.VERIFY: (235, 330),
    State.DECIDED: (790, 30),
    State.HANDED_OVER: (790, 140),
    State.LAPSED: (790, 250),
    State.SUPERSEDED: (790, 360),
}
_FRAME = (20, 30, 600, 400)


def draw() -> str:
    """The picture: live states in a frame, ends beside it. An arrow from the frame means: from any state in it."""
    arrows: dict[tuple[State, State], list[str]] = defaultdict(list)
    for (state, event), after in TABLE.items():
        arrows[state, after].append(event.value)
    x, y, wide, high = _FRAME
    parts = [
        f'<rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="12" fill="none" stroke="#9ab"/>',
        f'<text x="{x + 14}" y="{y + 22}" fill="#567">live: somebody still has to do something</text>',
        *(_box(state) for state in State),
        *(_inside(a, b, words) for (a, b), words in arrows.items() if b in LIVE),
        *(_out(end, arrows) for end in State if end not in LIVE),
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 450" role="img" font-family="sans-serif" '
        'font-size="13"><title>The life of a review</title><defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" '
        'markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#456"/></marker></defs>'
        '<rect width="960" height="450" fill="#fff"/>' + "".join(parts) + "</svg>\n"
    )


def table() -> str:
    """The same as a table in Markdown: a row for each event, a column for each live state."""
    live = [state for state in State if state in LIVE]
    lines = ["| event | " + " | ".join(f"in *{state.value}*" for state in live) + " |"]
    lines.append("|---|" + "---|" * len(live))
    for event in Event:
        cells = [TABLE.get((state, event)) for state in live]
        lines.append(f"| {event.value} | " + " | ".join(f"→ {one.value}" if one else "–" for one in cells) + " |")
    return "\n".join(lines) + "\n"


def _box(state: State) -> str:
    x, y = _PLACES[state]
    fill = "#eef4fb" if state in LIVE else "#f3f3f0"
    return (
        f'<rect x="{x}" y="{y}" width="{_WIDE}" height="{_HIGH}" rx="8" fill="{fill}" stroke="#456"/>'
        f'<text x="{x + _WIDE // 2}" y="{y + 37}" text-anchor="middle" font-size="16">{escape(state.value)}</text>'
    )


def _inside(before: State, after: State, events: list[str]) -> str:
    """An arrow between two live states, to the right of the way it goes, so that both ways keep apart."""
    x, y = (_PLACES[before][0] + _WIDE / 2, _PLACES[before][1] + _HIGH / 2)
    to_x, to_y = (_PLACES[after][0] + _WIDE / 2, _PLACES[after][1] + _HIGH / 2)
    if before is after:
        return _words(x, y - _HIGH / 2 - 8 if y < 200 else y + _HIGH / 2 + 18, ["↻ " + ", ".join(events)])
    length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
    along_x, along_y = (to_x - x) / length, (to_y - y) / length
    aside_x, aside_y = -along_y * 14, along_x * 14
    start, end = _edge(along_x, along_y) + 2, length - _edge(along_x, along_y) - 2
    line = _line(
        x + along_x * start + aside_x,
        y + along_y * start + aside_y,
        x + along_x * end + aside_x,
        y + along_y * end + aside_y,
    )
    level = abs(along_y) < 0.1
    # Words stand nearer to where the arrow comes from: those of both ways then never meet.
    near_x, near_y = x + (to_x - x) * (0.5 if level else 0.38), y + (to_y - y) * (0.5 if level else 0.38)
    if level:
        return line + _words(near_x, near_y + (aside_y * 2 if aside_y > 0 else -20), [", ".join(events)])
    return line + _words(near_x + aside_x * 1.5, near_y + aside_y, events, "end" if aside_x < 0 else "start")


def _edge(along_x: float, along_y: float) -> float:
    """How far it is from the middle of a box to its edge in a direction."""
    across = _WIDE / 2 / abs(along_x) if along_x else float("inf")
    down = _HIGH / 2 / abs(along_y) if along_y else float("inf")
    return min(across, down)


def _out(end: State, arrows: dict[tuple[State, State], list[str]]) -> str:
    """How reviews end so: from any live state, or from those named."""
    ways = {before: events for (before, after), events in arrows.items() if after is end}
    x, y = _PLACES[end]
    events = sorted({event for said in ways.values() for event in said})
    names = "" if ways.keys() >= LIVE else " (from " + ", ".join(state.value for state in ways) + ")"
    frame = _FRAME[0] + _FRAME[2]
    return _line(frame, y + _HIGH / 2, x, y + _HIGH / 2) + _words(
        (frame + x) / 2, y + _HIGH / 2 - 8, [", ".join(events) + names]
    )


def _words(x: float, y: float, lines: list[str], anchor: str = "middle") -> str:
    return "".join(
        f'<text x="{x:.0f}" y="{y + 16 * rank:.0f}" text-anchor="{anchor}" fill="#456">{escape(line)}</text>'
        for rank, line in enumerate(lines)
    )


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:.0f} {y:.0f}L{to_x:.0f} {to_y:.0f}" stroke="#456" fill="none" marker-end="url(#tip)"/>'
