"""The stretch of a page that shows best why it was found, and what to highlight in it and in its title."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import merge
from itertools import islice

from .sought import Sought
from .words.analysis import Finder, Token

MOST_CHARACTERS = 20_000
"""Of a longer text only this much is looked at: one giant page must not slow down a page of results."""

MOST_TOKENS = 60
"""The place to show is chosen among this many words that were asked for, the first of the text."""

MOST_ANALYSED = 3_000
"""Where no word of the text begins like what is looked for, this much of it is analysed word by word."""

ELLIPSIS = "…"

_LONGEST_WORD = 24
_REACH = 100
_ENOUGH_LETTERS = 4
_LITERAL = re.compile(r"[^\W_]+[\W_]")


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
    text = " ".join(text[:MOST_CHARACTERS].split())
    look = _Look.at(text, terms, language)
    begin, end = _window(text, _densest(text, look, width), width)
    fragments = list(_fragments(text[begin:end], look))
    if begin:
        fragments.insert(0, Fragment(f"{ELLIPSIS} ", False))
    if end < len(text):
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
        compounds = frozenset(each.term for each in terms if each.parts)
        if compounds:
            missing = compounds - cls(compounds, (), language).present(text)
            for each in terms:
                if each.term in missing:
                    wanted.discard(each.term)
                    wanted.update(each.parts)
        return cls(frozenset(wanted), openings, language)

    def present(self, text: str) -> set[str]:
        """Which of the wanted terms the text has; stops reading when it has them all."""
        found: set[str] = set()
        for token in self.tokens(text):
            found.add(token.text)
            if len(found) == len(self.wanted):
                break
        return found

    def sense(self, token: Token) -> str:
        """What the token stands for: all words that begin in the way asked for are one."""
        if token.text in self.wanted:
            return token.text
        return next((opening for opening in self.openings if token.text.startswith(opening)), token.text)

    def tokens(self, text: str) -> Iterator[Token]:
        """What is looked for, in reading order.

        Analysing a text takes a hundred times as long as finding letters in it, so only the surroundings of
        what begins like a term are analysed. What that misses, as ``e-mail`` for ``email``, it misses only
        where the text has nothing else to show.
        """
        nothing = True
        for begin, end in _surroundings(text, self._beginnings()):
            for token in self.all_tokens(text[begin:end]):
                nothing = False
                yield Token(token.text, begin + token.start, begin + token.end)
        if nothing:
            yield from self.all_tokens(text[:MOST_ANALYSED])

    def all_tokens(self, text: str) -> Iterator[Token]:
        return _finder(self.wanted, self.openings, self.language).tokens(text)

    def _beginnings(self) -> set[str]:
        return {_beginning(term) for term in self.wanted} | set(self.openings)


@lru_cache(maxsize=32)
def _finder(wanted: frozenset[str], openings: tuple[str, ...], language: str) -> Finder:
    """The same for all results of a query, so that each word of theirs is looked at once."""
    return Finder(wanted, openings, language)


def _beginning(term: str) -> str:
    """Letters with which a word of this term begins. Stems differ from their words in the last letters only."""
    if _LITERAL.match(term) or len(term) <= 2:
        return term
    return term[: min(_ENOUGH_LETTERS, len(term) - 1)]


def _surroundings(text: str, beginnings: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Stretches between spaces around each place where one of these letters stand."""
    lowered = text.lower() if text.isascii() else text.lower().translate(_base_letters())
    if len(lowered) != len(text):
        return
    done = 0
    for at in merge(*(_places(lowered, letters) for letters in beginnings)):
        if at >= done:
            begin = max(text.rfind(" ", done, at) + 1, at - _REACH, done)
            space = text.find(" ", at, at + _REACH)
            done = space if space >= 0 else min(at + _REACH, len(text))
            yield begin, done


def _places(text: str, letters: str) -> Iterator[int]:
    at = text.find(letters)
    while at >= 0:
        yield at
        at = text.find(letters, at + 1)


@cache
def _base_letters() -> dict[int, int]:
    """Each small letter with an accent that is one character, and the letter without it."""
    letters = (chr(code) for block in ((0xDF, 0x250), (0x370, 0x460), (0x1E00, 0x2000)) for code in range(*block))
    return {ord(letter): ord(unicodedata.normalize("NFD", letter)[0]) for letter in letters}


def _densest(text: str, look: _Look, width: int) -> tuple[int, int] | None:
    """The stretch from the first to the last token of the best window; both its ends move once over the text.

    A window with everything that is looked for cannot be bettered, so there the reading stops.
    """
    best: tuple[int, int] | None = None
    most = 0
    present: Counter[str] = Counter()
    window: deque[tuple[int, str]] = deque()
    for token in islice(look.tokens(text), MOST_TOKENS):
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
    space = text.find(" ", at, min(limit, at + _LONGEST_WORD))
    return space + 1 if space >= 0 else at


def _cut_back(text: str, at: int) -> int:
    """The end of the last whole word before ``at``, unless that word is too long to be one."""
    if at >= len(text) or text[at] == " ":
        return min(at, len(text))
    space = text.rfind(" ", max(0, at - _LONGEST_WORD), at)
    return space if space >= 0 else at


def _fragments(stretch: str, look: _Look) -> Iterator[Fragment]:
    """The stretch in pieces; tokens that overlap make one hit."""
    at = 0
    for start, stop in _merged(look.all_tokens(stretch)):
        if start > at:
            yield Fragment(stretch[at:start], False)
        yield Fragment(stretch[start:stop], True)
        at = stop
    if at < len(stretch):
        yield Fragment(stretch[at:], False)


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
