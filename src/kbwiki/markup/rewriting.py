"""Change where links lead, and not one other byte.

The tracking parser says where each link's target stands in the source. The new targets are written there in
the quoting that the place needs, and the result is read again: only what has the same links, mapped, and
everything else as before, is given out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from markdown_it import MarkdownIt

from .destinations import Place, places
from .dialect import PLAIN, Dialect, Syntax
from .document import Document, Link
from .engine import build, extensions_of, fit, parse
from .gathering import LINKS
from .positions import enable_tracking
from .skeleton import Mark, skeleton

_MOST_READINGS = 100


def rewrite_links(text: str, new_target: Callable[[Link], str | None], dialect: Dialect = PLAIN) -> str:
    """The text with the targets of exactly those links changed for which ``new_target`` answers a string.

    The answer is the target as `Link.target` would have it; it is quoted here as the link's style needs it.
    Asked once for each different link. Labels, sections, titles, spacing, line ends and everything that only
    looks like a link stay as they are, byte for byte. A reference definition is changed where it stands, and
    only if a link uses it.

    One exception, for texts made to provoke it: where no spelling of the new target would leave the rest of
    the text with its meaning, the link keeps its old target.

    Raises ValueError for an empty new target.
    """
    source = fit(text.replace("\r\n", "\n").replace("\r", "\n"))
    env: dict[str, Any] = {}
    tokens = _tracking(dialect.syntax).parse(source, env)
    wanted = _wanted(env[LINKS], new_target)
    if not wanted:
        return text
    marks = list(skeleton(tokens))
    edits = _edits(places(source, marks, env), wanted)
    chosen = _Choice(source, marks, edits, partial(parse, dialect=dialect)).all()
    return _written(text, _original(text, chosen))


@lru_cache(maxsize=16)
def _tracking(syntax: Syntax) -> MarkdownIt:
    return build((*extensions_of(syntax), enable_tracking))


def _wanted(links: Iterable[Link], new_target: Callable[[Link], str | None]) -> dict[Link, Link]:
    wanted = {}
    for link in links:
        target = new_target(link)
        if target is None or fit(target) == link.target:
            continue
        if not target.strip():
            raise ValueError("A link needs a target.")
        wanted[link] = Link(fit(target), link.section, link.style)
    return wanted


@dataclass(frozen=True, slots=True)
class _Edit:
    """Write one new target at a place, which several links may share. ``ways`` are its spellings, plainest
    first."""

    place: Place
    links: frozenset[int]  # numbers of the marks that lead there
    becomes: Link
    ways: tuple[str, ...]


def _edits(found: Mapping[Place, list[int]], wanted: Mapping[Link, Link]) -> list[_Edit]:
    edits = [
        _Edit(place, frozenset(numbers), wanted[place.link], place.ways(wanted[place.link].target))
        for place, numbers in found.items()
        if place.link in wanted
    ]
    return sorted(edits, key=lambda edit: edit.place.start)


_Chosen = dict[int, str]  # number of the edit → its spelling


class _Choice:
    """Finds which edits, in which spelling, keep the meaning: all at once as a rule, by halves where that
    fails."""

    def __init__(self, source: str, marks: list[Mark], edits: list[_Edit], read: Callable[[str], Document]) -> None:
        self._source = source
        self._read = read
        self._marks = marks
        self._edits = edits
        self._chosen: _Chosen = {}
        self._readings = 0

    def all(self) -> list[tuple[int, int, str]]:
        """The changes as start, end and text, in ascending order."""
        self._settle(range(len(self._edits)))
        return self._changes(self._chosen)

    def _settle(self, numbers: range) -> None:
        if not numbers:
            return
        for way in range(3 if len(numbers) == 1 else 1):
            trial = self._chosen | {n: self._edits[n].ways[way] for n in numbers if way < len(self._edits[n].ways)}
            if self._holds(trial):
                self._chosen = trial
                return
        if len(numbers) > 1:
            middle = len(numbers) // 2
            self._settle(numbers[:middle])
            self._settle(numbers[middle:])

    def _changes(self, chosen: _Chosen) -> list[tuple[int, int, str]]:
        return [(self._edits[n].place.start, self._edits[n].place.end, chosen[n]) for n in sorted(chosen)]

    def _holds(self, chosen: _Chosen) -> bool:
        """Whether the text, changed so, says the same, with these links leading elsewhere. Reads it once,
        up to a limit."""
        self._readings += 1
        if self._readings > _MOST_READINGS:
            return False
        becomes = {number: self._edits[n].becomes for n in chosen for number in self._edits[n].links}
        expected = [(mark.says, becomes.get(number, mark.link)) for number, mark in enumerate(self._marks)]
        document = self._read(_written(self._source, self._changes(chosen)))
        return expected == [(mark.says, mark.link) for mark in skeleton(document._tokens)]


def _written(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, new in changes:
        parts += (text[done:start], new)
        done = end
    return "".join([*parts, text[done:]])


def _original(text: str, changes: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The changes at their offsets in the text as it came, where a line may end with two characters."""
    ends = [match.start() - number for number, match in enumerate(re.finditer("\r\n", text))]
    return [(start + bisect_left(ends, start), end + bisect_left(ends, end), new) for start, end, new in changes]
