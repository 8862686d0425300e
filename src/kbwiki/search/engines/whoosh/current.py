"""Which files make up the index, and up to where it speaks: one small file, ``CURRENT``, replaced as a whole.

Everything that changes the index, be it one page or a new index built beside the old one, ends in one
rename of this file. It names the files with their sizes and checksums, because Whoosh has none of its own: a
torn file would raise anything, or silently lose pages. It also holds the position in the journal, so that the
index and its cursor cannot disagree.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ....wording import kb_t
from ..durable import replace_file
from ..protocol import IndexUnusable

NAME = "CURRENT"
_FORMAT = 1
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Current:
    """The index as last committed: ``files`` lie in ``generation`` and carry (size, checksum)."""

    generation: str
    toc: int
    position: int
    analysis: str
    files: Mapping[str, tuple[int, int]]


def read(folder: Path) -> bytes:
    """The record as it stands, to be compared and parsed. Raises IndexUnusable when there is none."""
    try:
        return (folder / NAME).read_bytes()
    except OSError as error:
        raise IndexUnusable(kb_t("there is no index in {folder}", folder=folder)) from error


def parse(record: bytes) -> Current:
    """Raises IndexUnusable unless the record is whole and of this version."""
    body, _, checksum = record.rpartition(b"\n")
    try:
        if checksum != _sum_of(body):
            raise ValueError("checksum")
        fields = json.loads(body)
        if fields.pop("format") != _FORMAT:
            raise ValueError("format")
        files = {name: (int(size), int(crc)) for name, (size, crc) in fields.pop("files").items()}
        return Current(files=files, **fields)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexUnusable(
            kb_t("the record of the index is damaged or of another version: {error}", error=error)
        ) from error


def write(folder: Path, current: Current) -> None:
    """Replaces the record, durably. This is the commit: the files it names are on the disk by now."""
    body = json.dumps({"format": _FORMAT, **asdict(current)}, sort_keys=True).encode()
    replace_file(folder / NAME, body + b"\n" + _sum_of(body))


def _sum_of(body: bytes) -> bytes:
    return f"{zlib.crc32(body):08x}".encode()


def checksum(path: Path) -> tuple[int, int]:
    """Size and CRC-32 of a file."""
    size = crc = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            size += len(block)
            crc = zlib.crc32(block, crc)
    return size, crc


@contextmanager
def reading() -> Iterator[None]:
    """Turns whatever reading damaged or vanished files raises into IndexUnusable."""
    try:
        yield
    except IndexUnusable:
        raise
    except Exception as error:
        raise IndexUnusable(kb_t("the index cannot be read: {error}", error=repr(error))) from error


def verify(folder: Path, files: Mapping[str, tuple[int, int]]) -> None:
    """Raises IndexUnusable unless the files are there with these sizes and checksums."""
    with reading():
        for name, expected in files.items():
            if checksum(folder / name) != expected:
                raise IndexUnusable(kb_t("{file} is damaged", file=name))
