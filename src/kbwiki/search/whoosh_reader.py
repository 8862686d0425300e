"""Reading Whoosh's files: posting lists by term, kept in memory while they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from heapq import nlargest
from itertools import islice, takewhile
from pathlib import Path
from threading import Lock
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.reading import SegmentReader, TermNotFound

from .current import reading
from .whoosh_codec import NAME, PAGE, SCHEMA, SPACE, PostingList, encoded

REMEMBERED_POSTINGS = 400_000
"""Postings kept in memory for each segment file, at some 40 bytes each."""

MOST_BEGUN_TERMS = 200
"""Terms that a search by beginning looks for: the ones on most pages."""

MOST_SCANNED_TERMS = 3_000
"""Terms that a search by beginning chooses from."""


class _SegmentFile:
    """One segment file, shared by all threads. It never changes; what was deleted since is kept elsewhere.

    Whoosh's readers are not safe to share, so one thread at a time reads. What was read is remembered as a
    dictionary that is not changed any more, and found again without waiting.
    """

    def __init__(self, folder: Path, segment: Any) -> None:
        self._reader = SegmentReader(FileStorage(str(folder)), SCHEMA, segment)
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

    def impacts(self, field: str, term: str) -> dict[int, int]:
        """The impact of the term on each document that has it."""
        known = self._remembered.get((field, term, False))
        return self._read(field, term, False) if known is None else known

    def impacts_of_beginning(self, field: str, opening: str) -> dict[int, int]:
        """For each document the greatest impact of a term that begins so."""
        known = self._remembered.get((field, opening, True))
        return self._read(field, opening, True) if known is None else known

    def places(self, field: str, term: str, documents: Collection[int]) -> dict[int, Sequence[int]]:
        """Where the term stands in those of the documents that have it."""
        with self._turn, reading():
            found = self._list(field, encoded(term))
            if found is None:
                return {}
            return {
                document: array("I", found.places(at))
                for at, document in enumerate(found.documents)
                if document in documents
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
        found = self._list(field, term)
        if found is None:
            return {}
        return dict(zip(map(self._numbers.__getitem__, found.documents), found.impacts, strict=True))

    def _begun(self, field: str, opening: str) -> dict[int, int]:
        start = encoded(opening)
        begun = takewhile(
            lambda term: term[0] == field and term[1].startswith(start), self._reader.terms_from(field, start)
        )
        terms = [term for _, term in islice(begun, MOST_SCANNED_TERMS)]
        if len(terms) > MOST_BEGUN_TERMS:
            frequency = self._reader.doc_frequency
            terms = nlargest(MOST_BEGUN_TERMS, terms, key=lambda term: int(frequency(field, term)))
        greatest: dict[int, int] = {}
        for term in terms:
            for document, impact in self._impacts(field, term).items():
                if impact > greatest.get(document, 0):
                    greatest[document] = impact
        return greatest

    def _list(self, field: str, term: bytes) -> PostingList | None:
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return None
        # Whoosh wraps the list to step over deleted documents; ranking leaves them out by itself.
        found = getattr(matcher, "child", matcher)
        return found if isinstance(found, PostingList) else None

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
        self.impacts = file.impacts
        self.impacts_of_beginning = file.impacts_of_beginning
        self.places = file.places

    def documents_of(self, pages: Collection[int]) -> list[int]:
        """The documents of these pages that are not deleted."""
        numbers = self.file.numbers_of_pages
        found = (number for page in pages for number in numbers.get(page, ()))
        return [number for number in found if number not in self.deleted]


def open_segments(folder: Path, toc: int, known: Mapping[str, StoredSegment]) -> dict[str, StoredSegment]:
    """The segments of a table of contents by file name, in its order; files open already are used again."""
    contents = TOC.read(FileStorage(str(folder)), NAME, gen=toc, schema=SCHEMA)
    opened: dict[str, StoredSegment] = {}
    for segment in contents.segments:
        name = segment.make_filename(segment.COMPOUND_EXT)
        file = known[name].file if name in known else _SegmentFile(folder, segment)
        opened[name] = StoredSegment(file, frozenset(segment.deleted_docs()))
    return opened
