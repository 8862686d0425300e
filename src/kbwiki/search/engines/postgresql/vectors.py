"""A page as PostgreSQL keeps it: a vector of its terms with their grades, and vectors of the places they stand at.

PostgreSQL's own dictionaries have no part in it. A `tsvector` has limits: 255 positions for a term, positions up to
16,383, one megabyte in all. The places of a long page are therefore told by several vectors that overlap.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from ...documents import Document
from ...weights import USUAL, Standing
from ..postings import TAG, TEXT, TITLE, WITHIN, postings
from .grades import GRADES

MOST_PLACES = 250
"""Places of one term that a vector holds."""

WIDEST = 16_000
"""Places that a vector spans."""

OVERLAP = 120
"""Places that a vector has in common with the one before it: the length of the longest phrase surely found."""

MOST_BYTES = 900_000
"""Bytes of terms and places that a vector holds."""

_LONGEST = 1_000
_MARKS = {TEXT: "", TITLE: "\x01", TAG: "\x02", WITHIN: "\x03"}
_QUOTED = str.maketrans({"'": "''", "\\": "\\\\", "\0": " "})


@dataclass(frozen=True, slots=True)
class Row:
    """What the tables are given of a page: `tsvector`s as they are written."""

    page: int
    space: int
    terms: str
    places: tuple[str, ...]


def row_of(document: Document, by: Standing = USUAL) -> Row:
    """The document's terms of all fields, and the places of the words."""
    fields = postings(document, by)
    graded = [(lexeme(field, each.term), each.impact) for field in fields for each in fields[field]]
    standing = {
        lexeme(field, each.term): _numbers(each.places) for field in (TEXT, TITLE) for each in fields[field]
    }
    return Row(document.id, document.space, _terms(graded), tuple(_vectors(standing)))


def lexeme(field: str, term: str) -> str:
    """The term of a field as vectors and queries have it, in quotes. No word begins like the marks of the others."""
    if len(term) > _LONGEST:
        term = term[:_LONGEST // 2] + blake2b(term.encode("utf-8", "replace"), digest_size=16).hexdigest()
    clean = term if term.isascii() else term.encode("utf-8", "replace").decode("utf-8")
    return f"'{_MARKS[field]}{clean.translate(_QUOTED)}'"


def _numbers(places: bytes) -> array[int]:
    numbers = array("I")
    numbers.frombytes(places)
    return numbers


def _terms(graded: list[tuple[str, int]]) -> str:
    """The vector of the terms. Of a page with too many of them, those that count least are left out."""
    if sum(len(term) for term, _ in graded) * 4 > MOST_BYTES:
        graded = list(_fitting(sorted(graded, key=lambda each: -each[1])))
    return " ".join([f"{term}:{GRADES[impact]}" for term, impact in graded])


def _fitting(graded: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    used = 0
    for term, impact in graded:
        used += len(term.encode()) + 8
        if used > MOST_BYTES:
            return
        yield term, impact


def _vectors(standing: dict[str, array[int]]) -> Iterator[str]:
    last = max((max(places) for places in standing.values()), default=0)
    small = sum(map(len, standing)) * 4 + sum(map(len, standing.values())) * 2 < MOST_BYTES
    if last < WIDEST and small and all(len(places) <= MOST_PLACES for places in standing.values()):
        yield _vector(standing, 0)
        return
    events = sorted((place, term) for term, places in standing.items() for place in set(places))
    at = 0
    while at < len(events):
        first = events[at][0]
        end, window = _window(events, at)
        yield _vector(window, first)
        if end == len(events):
            return
        overlapping = bisect_left(events, (events[end][0] - OVERLAP, ""))
        at = max(overlapping, bisect_left(events, (first + 1, "")))


def _window(events: list[tuple[int, str]], at: int) -> tuple[int, dict[str, list[int]]]:
    """The terms with their places from an event on, for as long as one vector can hold them, and the next event."""
    first = events[at][0]
    counts: Counter[str] = Counter()
    window: dict[str, list[int]] = {}
    used = 0
    for end in range(at, len(events)):
        place, term = events[end]
        used += 2 if term in window else len(term.encode()) + 10
        if place >= first + WIDEST or counts[term] >= MOST_PLACES or used > MOST_BYTES:
            return end, window
        counts[term] += 1
        window.setdefault(term, []).append(place)
    return len(events), window


def _vector(standing: dict[str, list[int]] | dict[str, array[int]], first: int) -> str:
    return " ".join(
        [f"{term}:{','.join([str(place - first + 1) for place in places])}" for term, places in standing.items()]
    )
