"""A sequence as SVG."""

from __future__ import annotations

from itertools import pairwise

from .drawing import PAPER, arrow, on_paper, opening, text
from .lines import LINE, width_of, wrapped
from .sequence import Sequence, Step

_LEAST = 130.0
_MARGIN = 16.0


def svg_of(sequence: Sequence) -> str:
    """The SVG element."""
    return _Drawing(sequence).svg()


class _Drawing:
    def __init__(self, sequence: Sequence) -> None:
        self._sequence = sequence
        self._names = {one: wrapped(name, 18) for one, name in sequence.people.items()}
        self._middle = self._columns()
        self._right = max(self._middle.values()) + max(60.0, width_of(list(self._names.values())[-1]) / 2 + 14)
        self._top = _MARGIN + max(len(lines) for lines in self._names.values()) * LINE + 18
        self._y = self._top + 16
        self._parts: list[str] = []
        self._behind: list[str] = []
        self._frames: list[tuple[Step, float]] = []

    def svg(self) -> str:
        """Everything, the lines of life behind it."""
        for step in self._sequence.steps:
            self._step(step)
        bottom = self._y + 20
        people = "".join(self._person(one, bottom) for one in self._middle)
        words = "Sequence: " + "; ".join(self._sequence.words())
        behind, parts = "".join(self._behind), "".join(self._parts)
        return f"{opening(self._right + _MARGIN, bottom + _MARGIN, words)}{people}{behind}{parts}</g></svg>"

    def _columns(self) -> dict[str, float]:
        """The middle of each column: as far from its neighbour as names, and words between the two, need."""
        order = list(self._sequence.people)
        gaps = [
            max(_LEAST, (width_of(self._names[one]) + width_of(self._names[other])) / 2 + 44)
            for one, other in pairwise(order)
        ]
        for step in self._sequence.steps:
            if step.kind != "message":
                continue
            left, right = sorted((order.index(step.start), order.index(step.end)))
            needed = width_of(wrapped(step.said, 34)) + 30
            if left == right and left < len(gaps):
                gaps[left] = max(gaps[left], needed + 60)
            for between in range(left, right):
                gaps[between] = max(gaps[between], needed / (right - left))
        at = _MARGIN + max(60.0, width_of(self._names[order[0]]) / 2 + 14)
        middle = {order[0]: at}
        for one, gap in zip(order[1:], gaps, strict=True):
            at += gap
            middle[one] = at
        return middle

    def _person(self, one: str, bottom: float) -> str:
        x, lines = self._middle[one], self._names[one]
        width, height = width_of(lines) + 28, self._top - _MARGIN
        return (
            f'<path d="M{x:.1f} {self._top:.1f} V{bottom:.1f}" stroke-dasharray="3 5"></path>'
            f'<rect x="{x - width / 2:.1f}" y="{_MARGIN}" width="{width:.1f}" height="{height:.1f}" rx="4" '
            f'fill="{PAPER}"></rect>{text(lines, x, _MARGIN + height / 2, weight="600")}'
        )

    def _step(self, step: Step) -> None:
        if step.kind == "message":
            self._message(step)
        elif step.kind == "note":
            self._note(step)
        elif step.kind == "end":
            self._end_frame()
        elif step.kind == "part":
            self._part(step)
        else:
            self._frames.append((step, self._y))
            self._y += 34

    def _message(self, step: Step) -> None:
        start, end = self._middle[step.start], self._middle[step.end]
        lines = wrapped(step.said, 34) if step.said else []
        self._y += len(lines) * LINE + 10
        dashed = ' stroke-dasharray="5 4"' if step.dashed else ""
        if step.start == step.end:
            self._parts.append(
                f'<path d="M{start:.1f} {self._y:.1f} h44 v22 h-36"{dashed}></path>'
                + arrow((start + 1, self._y + 22), (start + 20, self._y + 22))
                + text(lines, start + 10, self._y - 8 - (len(lines) - 1) * LINE / 2, anchor="start")
            )
            self._right = max(self._right, start + 20 + width_of(lines or [""]))
            self._y += 36
            return
        towards = 1 if end > start else -1
        self._parts.append(f'<path d="M{start:.1f} {self._y:.1f} H{end - 2 * towards:.1f}"{dashed}></path>')
        if step.head == ">":
            self._parts.append(arrow((end - towards, self._y), (start, self._y)))
        elif step.head == "x":
            x, y = end - 6 * towards, self._y
            self._parts.append(f'<path d="M{x - 5:.1f} {y - 5:.1f} l10 10 m0 -10 l-10 10"></path>')
        if lines:
            self._parts.append(on_paper(lines, (start + end) / 2, self._y - 6 - len(lines) * LINE / 2))
        self._y += 12

    def _note(self, step: Step) -> None:
        left, right = sorted((self._middle[step.start], self._middle[step.end]))
        lines = wrapped(step.said, 30)
        width, height = max(width_of(lines) + 20, right - left + 60), len(lines) * LINE + 12
        x = (left + right) / 2
        if step.head != "over":
            x += (width / 2 + 10) * (1 if step.head == "right of" else -1)
        x = max(x, width / 2 + 2)
        self._y += 10
        self._parts.append(
            f'<rect x="{x - width / 2:.1f}" y="{self._y:.1f}" width="{width:.1f}" height="{height}" fill="{PAPER}" '
            f'stroke-dasharray="2 2"></rect>{text(lines, x, self._y + height / 2)}'
        )
        self._right = max(self._right, x + width / 2)
        self._y += height + 8

    def _end_frame(self) -> None:
        step, top = self._frames.pop()
        inset = 6.0 * len(self._frames)
        self._y += 8
        self._behind.append(
            f'<rect x="{inset + 2:.1f}" y="{top + 6:.1f}" width="{self._right - 2 * inset:.1f}" '
            f'height="{self._y - top - 6:.1f}" rx="3" stroke-dasharray="6 3"></rect>'
            + text([f"{step.kind} {step.said}".strip()[:60]], inset + 10, top + 18, anchor="start", weight="600")
        )
        self._y += 10

    def _part(self, step: Step) -> None:
        inset = 6.0 * max(0, len(self._frames) - 1)
        self._y += 10
        self._behind.append(
            f'<path d="M{inset + 2:.1f} {self._y:.1f} H{self._right - inset:.1f}" stroke-dasharray="6 3"></path>'
            + text([step.said[:60] or "else"], inset + 10, self._y + 14, anchor="start", weight="600")
        )
        self._y += 24
