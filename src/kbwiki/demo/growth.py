"""How a page grew: pure functions that take a text back by one step, or on by one.

A page's file holds the text it grew to. Each step of its history says what that step brought, so the text
before it is the text without that. What a visitor reads stands in one place, and nothing is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_End = Callable[[Sequence[str], int], int]
_HEADING = re.compile(r"(#{2,6}) (.+)")


class Mismatch(ValueError):
    """A step speaks about words that the text does not have exactly once."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one revision brought to its page.

    ``sections``: headings of sections that are new as a whole. ``blocks``: beginnings of new paragraphs,
    lists, tables or callouts. ``lines``: beginnings of new lines, with the indented lines that continue them.
    ``swaps``: pairs of words before and after.
    """

    sections: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()


def before(text: str, step: Step) -> str:
    """The text as it was without what ``step`` brought. Errors: Mismatch."""
    for was, became in reversed(step.swaps):
        text = _swapped(text, became, was)
    for beginning in step.lines:
        text = _without(text, beginning, _end_of_line)
    for beginning in step.blocks:
        text = _without(text, beginning, _end_of_block)
    for heading in step.sections:
        text = _without_section(text, heading)
    return _tidy(text)


def after(text: str, swaps: Sequence[tuple[str, str]]) -> str:
    """The text with the first of each pair replaced by the second. Errors: Mismatch."""
    for was, becomes in swaps:
        text = _swapped(text, was, becomes)
    return _tidy(text)


def _swapped(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise Mismatch(f"{old!r} stands in the text {text.count(old)} times, not once")
    return text.replace(old, new)


def _without(text: str, beginning: str, end_of: _End) -> str:
    lines = text.split("\n")
    first = _only([n for n, line in enumerate(lines) if line.startswith(beginning)], beginning)
    return "\n".join(lines[:first] + lines[end_of(lines, first) :])


def _end_of_line(lines: Sequence[str], first: int) -> int:
    indent = len(lines[first]) - len(lines[first].lstrip())
    end = first + 1
    while end < len(lines) and _continues(lines, end, indent):
        end += 1
    return end


def _continues(lines: Sequence[str], at: int, indent: int) -> bool:
    """Whether the line belongs to the list entry above it; a blank line does if an indented one follows."""
    line = lines[at]
    if line.strip():
        return len(line) - len(line.lstrip()) > indent
    return at + 1 < len(lines) and bool(lines[at + 1].strip()) and _continues(lines, at + 1, indent)


def _end_of_block(lines: Sequence[str], first: int) -> int:
    return next((n for n in range(first, len(lines)) if not lines[n].strip()), len(lines))


def _without_section(text: str, heading: str) -> str:
    lines = text.split("\n")
    headings = [(n, match) for n, line in enumerate(lines) if (match := _HEADING.fullmatch(line))]
    first = _only([n for n, match in headings if match[2] == heading], heading)
    depth = next(len(match[1]) for n, match in headings if n == first)
    end = next((n for n, match in headings if n > first and len(match[1]) <= depth), len(lines))
    return "\n".join(lines[:first] + lines[end:])


def _only(found: Sequence[int], words: str) -> int:
    if len(found) != 1:
        raise Mismatch(f"{words!r} begins {len(found)} places of the text, not one")
    return found[0]


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
