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
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol
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


class Run:
    """One posting list on its way to bytes, given as document, impact, places, document, impact, places, …"""

    def __init__(self, flat: list[Any]) -> None:
        self.documents = array("I", flat[0::3])
        self.impacts = bytes(map(int, flat[1::3]))
        self._places: list[bytes] = flat[2::3]

    def packed(self) -> bytes:
        ends = array("I", accumulate(len(places) // _NUMBER for places in self._places))
        parts = [_COUNTS.pack(len(self.documents), ends[-1]), self.documents.tobytes(), self.impacts]
        if ends[-1]:
            parts += [ends.tobytes(), *self._places]
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
    """The postings of a new segment, gathered by field and term. They come by document, in order.

    It stands in for Whoosh's pool, which sorts every single posting.
    """

    def __init__(self) -> None:
        # Flat lists, because a tuple for each of a million postings takes twice the memory and time.
        self._runs: dict[tuple[str, bytes], list[Any]] = {}

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Takes field, term, document, impact and places."""
        field, term, document, impact, places = posting
        key = (field, term)
        if key in self._runs:
            self._runs[key] += (document, impact, places)
        else:
            self._runs[key] = [document, impact, places]

    def iter_postings(self) -> Iterator[tuple[str, bytes, Run]]:
        """Fields, terms and their posting lists in the order in which they are written; each is given once."""
        for field, term in sorted(self._runs):
            yield field, term, Run(self._runs.pop((field, term)))

    def cleanup(self) -> None:
        """There is nothing on the disk to remove."""
