"""The stretch of a page that shows best why it was found, and what to highlight in it and in its title."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .analysis import Token, occurrences
from .query import Sought

MOST_CHARACTERS = 30_000
"""Of a longer text only this much is looked at: one giant page must not slow down a page of results."""

ELLIPSIS = "…"

_SPACE = re.compile(r"\s+")
_LONGEST_WORD = 24


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text, and whether it is what was asked for."""

    text: str
    hit: bool


def snippet(text: str, terms: Iterable[Sought], width: int = 220, language: str = "en") -> tuple[Fragment, ...]:
    """About ``width`` characters of the text with as many different terms as possible, the first such place.

    Without any term in the text its beginning. White space is collapsed, cuts fall between words and are
    marked with an ellipsis. The time taken grows with the length of the text, up to ``MOST_CHARACTERS``; most
    texts are not read further than the first place that has all terms.
    """
    text = text[:MOST_CHARACTERS]
    look = _Look.at(text, terms, language)
    begin, end = _window(text, _densest(text, look, width), width)
    fragments = list(_fragments(text[begin:end], look))
    if text[:begin].strip():
        fragments.insert(0, Fragment(f"{ELLIPSIS} ", False))
    if text[end:].strip():
        fragments.append(Fragment(f" {ELLIPSIS}", False))
    return tuple(fragments)


def mark(title: str, terms: Iterable[Sought], language: str = "en") -> tuple[Fragment, ...]:
    """The whole title, with what was asked for marked."""
    return tuple(_fragments(title, _Look.at(title, terms, language)))


@dataclass(frozen=True, slots=True)
class _Look:
    """What to look for in one text."""

    wanted: frozenset[str]
    openings: tuple[str, ...]
    language: str

    @classmethod
    def at(cls, text: str, terms: Iterable[Sought], language: str) -> _Look:
        """An identifier's parts are looked for only where the text does not have it whole."""
        terms = tuple(terms)
        openings = tuple(each.term for each in terms if each.opening)
        wanted = {each.term for each in terms if not each.opening}
        compounds = {each.term for each in terms if each.parts}
        missing = compounds - _present(text, compounds, language)
        for each in terms:
            if each.term in missing:
                wanted.discard(each.term)
                wanted.update(each.parts)
        return cls(frozenset(wanted), openings, language)

    def sense(self, token: Token) -> str:
        """What the token stands for: all words that begin in the way asked for are one."""
        if token.text in self.wanted:
            return token.text
        return next((opening for opening in self.openings if token.text.startswith(opening)), token.text)

    def tokens(self, text: str) -> Iterator[Token]:
        return occurrences(text, self.wanted, self.openings, self.language)


def _present(text: str, compounds: set[str], language: str) -> set[str]:
    """Which of the compounds the text has; stops reading when it has them all."""
    present: set[str] = set()
    if compounds:
        for token in occurrences(text, compounds, (), language):
            present.add(token.text)
            if len(present) == len(compounds):
                break
    return present


def _densest(text: str, look: _Look, width: int) -> tuple[int, int] | None:
    """The stretch from the first to the last token of the best window; both its ends move once over the text.

    A window with everything that is looked for cannot be bettered, so there the reading stops.
    """
    best: tuple[int, int] | None = None
    most = 0
    present: Counter[str] = Counter()
    window: deque[tuple[int, str]] = deque()
    for token in look.tokens(text):
        sense = look.sense(token)
        window.append((token.start, sense))
        present[sense] += 1
        while len(window) > 1 and token.end - window[0][0] > width:
            _, left = window.popleft()
            present[left] -= 1
            if not present[left]:
                del present[left]
        if len(present) > most:
            most = len(present)
            best = (window[0][0], token.end)
        if most == len(look.wanted) + len(look.openings):
            break
    return best


def _window(text: str, found: tuple[int, int] | None, width: int) -> tuple[int, int]:
    """The stretch to show: the one found with something before and after it."""
    if len(text) <= width:
        return 0, len(text)
    if found is None:
        return 0, _cut_back(text, width)
    first, last = found
    begin = max(0, min(first - (width - (last - first)) // 2, len(text) - width))
    if begin:
        begin = _cut_forward(text, begin, first)
    return begin, max(_cut_back(text, begin + width), min(last, begin + width))


def _cut_forward(text: str, at: int, limit: int) -> int:
    """The beginning of the next word, if there is one before ``limit`` and not too far away."""
    space = _SPACE.search(text, at, min(limit, at + _LONGEST_WORD))
    return space.end() if space else at


def _cut_back(text: str, at: int) -> int:
    """The end of the last whole word before ``at``, unless that word is too long to be one."""
    if at >= len(text):
        return len(text)
    if text[at].isspace():
        return at
    spaces = [space.start() for space in _SPACE.finditer(text, max(0, at - _LONGEST_WORD), at)]
    return spaces[-1] if spaces else at


def _fragments(stretch: str, look: _Look) -> Iterator[Fragment]:
    """The stretch in pieces; tokens that overlap make one hit."""
    at = 0
    for start, stop in _merged(look.tokens(stretch)):
        if start > at:
            yield Fragment(_SPACE.sub(" ", stretch[at:start]), False)
        yield Fragment(_SPACE.sub(" ", stretch[start:stop]), True)
        at = stop
    if at < len(stretch):
        yield Fragment(_SPACE.sub(" ", stretch[at:]), False)


def _merged(tokens: Iterable[Token]) -> Iterator[tuple[int, int]]:
    spans = sorted((token.start, token.end) for token in tokens)
    begin = end = -1
    for start, stop in spans:
        if start >= end:
            if begin >= 0:
                yield begin, end
            begin, end = start, stop
        end = max(end, stop)
    if begin >= 0:
        yield begin, end
