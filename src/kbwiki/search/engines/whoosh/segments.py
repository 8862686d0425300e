"""The segments of the index as queries see them: posting lists by term, remembered while they are asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from .current import reading
from .ranking import PLACES
from .store import PAGE, SPACE, encoded, find, find_begun, has, open_segment, segments_of

REMEMBERED_POSTINGS = 400_000
"""Postings kept in memory for each segment file, at some 40 bytes each."""

_STEPS_OF_A_LOOK = 8
"""Looking a document up in a list costs about as much as so many steps along it."""


class _SegmentFile:
    """One segment file, shared by all threads. It never changes; what was deleted since is kept elsewhere.

    Whoosh's readers are not safe to share, so one thread at a time reads. What was read is remembered as a
    dictionary that is not changed any more, and found again without waiting.
    """

    def __init__(self, folder: Path, segment: Any) -> None:
        self._reader = open_segment(folder, segment)
        self._turn = Lock()
        # One object for each number, instead of one in each of thousands of dictionaries.
        self._numbers = list(range(segment.doc_count_all()))
        self._remembered: dict[tuple[str, str, bool], dict[int, int]] = {}
        self._size = 0
        self.pages = self._column(PAGE)
        self.spaces = self._column(SPACE)

    @cached_property
    def numbers_of_pages(self) -> dict[int, list[int]]:
        """The documents of each page: a page that was replaced while merging stands twice in a segment."""
        numbers: dict[int, list[int]] = {}
        for number, page in enumerate(self.pages):
            numbers.setdefault(page, []).append(number)
        return numbers

    def known(self, field: str, terms: Iterable[str]) -> list[str]:
        """Which of the terms the dictionary has: a look each, and nothing is read or remembered."""
        with self._turn, reading():
            return [term for term in terms if has(self._reader, field, encoded(term))]

    def impacts(self, field: str, term: str) -> dict[int, int]:
        """The impact of the term on each document that has it."""
        known = self._remembered.get((field, term, False))
        return self._read(field, term, False) if known is None else known

    def impacts_of_beginning(self, field: str, opening: str) -> dict[int, int]:
        """For each document the greatest impact of a term that begins so."""
        known = self._remembered.get((field, opening, True))
        return self._read(field, opening, True) if known is None else known

    def starts(self, field: str, term: str, documents: Collection[int], offset: int) -> set[int]:
        """Where a phrase would have to begin to have the term at ``offset``: see ``ranking.Segment``."""
        with self._turn, reading():
            found = find(self._reader, field, encoded(term))
            if found is None:
                return set()
            ends, places = found.places()
        return {
            base + place
            for at, document in _among(found.documents, documents)
            for base in (document * PLACES - offset,)
            for place in places[ends[at - 1] if at else 0 : ends[at]]
        }

    def _read(self, field: str, text: str, begins: bool) -> dict[int, int]:
        key = (field, text, begins)
        with self._turn, reading():
            known = self._remembered.get(key)
            if known is None:
                known = self._begun(field, text) if begins else self._impacts(field, encoded(text))
                self._remember(key, known)
            return known

    def _remember(self, key: tuple[str, str, bool], impacts: dict[int, int]) -> None:
        """When there is too much of it, what was read first is forgotten."""
        self._size += len(impacts) + 1
        while self._size > REMEMBERED_POSTINGS and self._remembered:
            self._size -= len(self._remembered.pop(next(iter(self._remembered)))) + 1
        self._remembered[key] = impacts

    def _impacts(self, field: str, term: bytes) -> dict[int, int]:
        found = find(self._reader, field, term)
        if found is None:
            return {}
        return dict(zip(map(self._numbers.__getitem__, found.documents), found.impacts, strict=True))

    def _begun(self, field: str, opening: str) -> dict[int, int]:
        """Of all terms, however many: choosing among them would let pages outside of a scope push out those inside."""
        greatest: dict[int, int] = {}
        for found in find_begun(self._reader, field, encoded(opening)):
            for document, impact in zip(found.documents, found.impacts, strict=True):
                if impact > greatest.get(document, 0):
                    greatest[self._numbers[document]] = impact
        return greatest

    def _column(self, name: str) -> list[int]:
        column = self._reader.column_reader(name)
        return [column[number] for number in self._numbers]


class StoredSegment:
    """A segment file together with what was deleted from it at one moment: what a query is evaluated on."""

    def __init__(self, file: _SegmentFile, deleted: frozenset[int]) -> None:
        self.file = file
        self.deleted = deleted
        self.pages = file.pages
        self.spaces = file.spaces
        self.known = file.known
        self.impacts = file.impacts
        self.impacts_of_beginning = file.impacts_of_beginning
        self.starts = file.starts

    def documents_of(self, pages: Collection[int]) -> list[int]:
        """The documents of these pages that are not deleted."""
        numbers = self.file.numbers_of_pages
        found = (number for page in pages for number in numbers.get(page, ()))
        return [number for number in found if number not in self.deleted]


def open_segments(folder: Path, toc: int, known: Mapping[str, StoredSegment]) -> dict[str, StoredSegment]:
    """The segments of a table of contents by file name, in its order; files open already are used again."""
    opened: dict[str, StoredSegment] = {}
    for name, segment in segments_of(folder, toc):
        file = known[name].file if name in known else _SegmentFile(folder, segment)
        opened[name] = StoredSegment(file, frozenset(segment.deleted_docs()))
    return opened


def numbers_of(segments: Iterable[StoredSegment], pages: Collection[int]) -> list[int]:
    """The documents of these pages, counted through all segments."""
    numbers: list[int] = []
    base = 0
    for segment in segments:
        numbers += [base + number for number in segment.documents_of(pages)]
        base += len(segment.pages)
    return numbers


def _among(listed: Sequence[int], documents: Collection[int]) -> Iterator[tuple[int, int]]:
    """Where in the list, which is in order, those of the documents stand that it has: whichever way is shorter."""
    if len(documents) * _STEPS_OF_A_LOOK > len(listed):
        yield from ((at, document) for at, document in enumerate(listed) if document in documents)
        return
    for document in documents:
        at = bisect_left(listed, document)
        if at < len(listed) and listed[at] == document:
            yield at, document
