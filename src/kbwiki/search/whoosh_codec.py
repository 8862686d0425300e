"""What a segment file holds: Whoosh's term dictionary and columns, with posting lists of our own.

A posting list is written through Whoosh's codec interface as plain arrays, so that a whole list is read at
once; Whoosh's blocks are unpickled and stepped through posting by posting, which costs some twenty times as
much. Impacts and places have been computed by then (see documents.py), so no field has an analyser, nothing
is stored, and Whoosh's scoring and matchers are not used.

Whoosh's files contain pickles: whoever can write them can run code. The folder is private to its owner.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from whoosh.codec.base import PostingsWriter
from whoosh.codec.whoosh3 import W3Codec, W3TermInfo
from whoosh.columns import NumericColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.formats import Existence
from whoosh.matching import ListMatcher

from .ranking import TAG, TEXT, TITLE, WITHIN

NAME = "MAIN"
"""What Whoosh calls the index in its file names."""

PAGE, SPACE = "page", "space"
"""The columns: for each document the page it shows and the space that page is in."""

_COUNTS = struct.Struct("=II")


def encoded(term: str) -> bytes:
    """The term as the dictionary has it. Lone surrogates, which tags and paths may have, become ``?``."""
    return term.encode("utf-8", "replace")


class Terms(FieldType):  # type: ignore[misc]
    """A field of terms that have been analysed: its value is the list of their postings."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: Any, **_: Any) -> list[tuple[bytes, int, int, bytes]]:
        """Term, frequency (which nothing reads), impact and places."""
        return [(encoded(term), 1, impact, places) for term, impact, places in value]


class Numbers(COLUMN):  # type: ignore[misc]
    """A 64-bit number for each document."""

    def __init__(self) -> None:
        super().__init__(NumericColumn("q"))


SCHEMA = Schema(
    **{name: Terms() for name in (TEXT, TITLE, TAG, WITHIN)}, **{name: Numbers() for name in (PAGE, SPACE)}
)


class Pool:
    """The postings of a new segment by term, on their way to its file. They come by document, in order."""

    def __init__(self, *_: object, **__: object) -> None:
        self._postings: dict[tuple[str, bytes], list[tuple[int, float, bytes]]] = {}

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        field, term, document, impact, places = posting
        key = (field, term)
        if key in self._postings:
            self._postings[key].append((document, impact, places))
        else:
            self._postings[key] = [(document, impact, places)]

    def iter_postings(self) -> Iterator[tuple[str, bytes, int, float, bytes]]:
        for key in sorted(self._postings):
            field, term = key
            for document, impact, places in self._postings[key]:
                yield field, term, document, impact, places

    def cleanup(self) -> None:
        """Nothing lies on the disk."""


class _ListWriter(PostingsWriter):  # type: ignore[misc]
    """Writes one posting list: count, bytes of places, documents, impacts, ends of places, places."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def start_postings(self, _format: object, terminfo: W3TermInfo) -> None:
        self._terminfo = terminfo
        self._documents = array("I")
        self._impacts = array("B")
        self._ends = array("I")
        self._places: list[bytes] = []
        self._end = 0

    def add_posting(self, document: int, impact: float, places: bytes, _length: int | None = None) -> None:
        self._documents.append(document)
        self._impacts.append(int(impact))
        self._end += len(places)
        self._ends.append(self._end)
        self._places.append(places)

    def finish_postings(self) -> W3TermInfo:
        start = self._file.tell()
        self._file.write(_COUNTS.pack(len(self._documents), self._end))
        self._file.write(self._documents.tobytes() + self._impacts.tobytes())
        if self._end:
            self._file.write(self._ends.tobytes() + b"".join(self._places))
        self._terminfo.add_block(self)
        self._terminfo.set_extent(start, self._file.tell() - start)
        return self._terminfo

    def written(self) -> bool:
        return False

    # The rest is what W3TermInfo.add_block asks of a block of postings.

    @property
    def _weights(self) -> Sequence[int]:
        return self._impacts

    def __len__(self) -> int:
        return len(self._documents)

    def min_id(self) -> int:
        return self._documents[0]

    def max_id(self) -> int:
        return self._documents[-1]

    def min_length(self) -> int:
        return 1

    def max_length(self) -> int:
        return 1

    def max_weight(self) -> int:
        return max(self._impacts)


class PostingList(ListMatcher):  # type: ignore[misc]
    """A posting list as it lies in the file. It is a matcher only because Whoosh merges by matchers."""

    def __init__(self, file: Any, offset: int) -> None:
        self._file = file
        count, self._extent = _COUNTS.unpack(file.get(offset, _COUNTS.size))
        numbers = file.get(offset + _COUNTS.size, 5 * count)
        self._places_at = offset + _COUNTS.size + 5 * count
        self.documents = array("I", numbers[: 4 * count])
        self.impacts: bytes = numbers[4 * count :]
        super().__init__(self.documents, self.impacts)

    def places(self, at: int) -> bytes:
        """The places of the posting with this index, as an array of 32-bit numbers."""
        if not self._extent:
            return b""
        ends, places = self._ends_and_places
        return places[ends[at - 1] if at else 0 : ends[at]]

    @cached_property
    def _ends_and_places(self) -> tuple[array[int], bytes]:
        size = 4 * len(self.documents)
        content: bytes = self._file.get(self._places_at, size + self._extent)
        return array("I", content[:size]), content[size:]

    def weight(self) -> int:
        return self.impacts[self._i]

    def value(self) -> bytes:
        return self.places(self._i)


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with our posting lists and without lengths of documents, which impacts contain."""

    length_stats = False

    def postings_writer(self, file: Any, **_: object) -> _ListWriter:
        return _ListWriter(file)

    def postings_reader(self, file: Any, terminfo: Any, *_: object, **__: object) -> PostingList:
        return PostingList(file, terminfo.extent()[0])
