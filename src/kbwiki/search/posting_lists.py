"""Posting lists as bytes, and the way of postings into them. Nothing here knows Whoosh.

A list is its count, the number of its places, its documents, their impacts, the end of each document's places,
and the places, as plain arrays: a whole list is read at once. Documents, ends and places are 32-bit numbers,
impacts are bytes. A list without places, as of a tag, ends after the impacts.
"""

from __future__ import annotations

import os
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from weakref import finalize

_NUMBER = array("I").itemsize
_COUNTS = struct.Struct("=II")


class Readable(Protocol):
    """A file or a part of one."""

    def get(self, position: int, length: int) -> bytes:
        """The bytes at a position."""


class Stretch:
    """Part of a file, read by position: threads and forked processes share no place to be in."""

    def __init__(self, path: Path, offset: int, length: int) -> None:
        self._descriptor = os.open(path, os.O_RDONLY)
        self._offset = offset
        self._length = length
        finalize(self, os.close, self._descriptor)

    def __len__(self) -> int:
        return self._length

    def get(self, position: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, self._offset + position)


class ListBuilder:
    """One posting list on its way to bytes. Documents come in order."""

    def __init__(self) -> None:
        self.documents = array("I")
        self.impacts = array("B")
        self._ends = array("I")
        self._places: list[bytes] = []
        self._end = 0

    def add(self, document: int, impact: int, places: bytes) -> None:
        self.documents.append(document)
        self.impacts.append(impact)
        self._end += len(places) // _NUMBER
        self._ends.append(self._end)
        self._places.append(places)

    def packed(self) -> bytes:
        parts = [_COUNTS.pack(len(self.documents), self._end), self.documents.tobytes(), self.impacts.tobytes()]
        if self._end:
            parts += [self._ends.tobytes(), *self._places]
        return b"".join(parts)


class PackedList:
    """One posting list where it lies in a file; its places are read when they are asked for."""

    def __init__(self, file: Readable, offset: int) -> None:
        self._file = file
        count, self._count_of_places = _COUNTS.unpack(file.get(offset, _COUNTS.size))
        begin = offset + _COUNTS.size
        self._places_at = begin + count * (_NUMBER + 1)
        numbers = file.get(begin, count * (_NUMBER + 1))
        self.documents = array("I", numbers[: count * _NUMBER])
        self.impacts = numbers[count * _NUMBER :]

    def places(self) -> tuple[array[int], array[int]]:
        """The end of each document's places, and all places one after the other."""
        size = len(self.documents) * _NUMBER
        if not self._count_of_places:
            return array("I", bytes(size)), array("I")
        content = self._file.get(self._places_at, size + self._count_of_places * _NUMBER)
        return array("I", content[:size]), array("I", content[size:])


class PostingPool:
    """The postings of a new segment by term, each (field, term, document, impact, places).

    They come by document, in order. It stands in for Whoosh's pool, which sorts every single posting.
    """

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
        """There is nothing on the disk to remove."""
