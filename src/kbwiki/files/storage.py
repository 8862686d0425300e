"""Where bytes are kept: in a folder, each by its SHA-256, so that no name anybody gave ever is a name on the disk.

Bytes are written and synchronised before the transaction that speaks of them. A crash in between leaves an orphan,
which `flask kbwiki files prune` removes, and never a file without bytes.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from ..errors import Invalid
from ..wording import kb_t
from ..wording.amounts import file_size

_AT_ONCE = 1 << 18
_INCOMING = "incoming"
_SMALLER = "smaller"


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are kept."""

    digest: bytes
    size: int


class Store:
    """The bytes of one wiki's files. Nothing is made before something is kept. Safe for many processes at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, stream: BinaryIO, most: int) -> Kept:
        """Keep all that is in the stream. Errors: Invalid above `most` bytes, and for nothing at all; OSError."""
        incoming = self._made(self.folder / _INCOMING) / uuid.uuid4().hex
        try:
            kept = _written(stream, incoming, most)
            self._settle(incoming, kept)
        finally:
            incoming.unlink(missing_ok=True)
        return kept

    def _settle(self, incoming: Path, kept: Kept) -> None:
        """Give the bytes their place; where they are already, they are young again, so that nobody prunes them."""
        place = self.place(kept.digest)
        if place.is_file() and place.stat().st_size == kept.size:
            os.utime(place)
            return
        self._made(place.parent)
        incoming.replace(place)
        _synchronise(place.parent)

    def _made(self, folder: Path) -> Path:
        if not folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.mkdir(exist_ok=True, mode=0o700)
        return folder

    def place(self, digest: bytes) -> Path:
        """Where bytes with this digest are, if they are kept."""
        name = digest.hex()
        return self.folder / name[:2] / name

    def place_of_smaller(self, digest: bytes, width: int) -> Path:
        """Where a smaller picture made from these bytes is kept. Derived; may be removed at any time."""
        return self.folder / _SMALLER / f"{digest.hex()}-{width}.webp"

    def digests(self) -> Iterator[bytes]:
        """The digests of everything kept."""
        for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            for one in sorted(folder.iterdir()):
                with suppress(ValueError):
                    if len(digest := bytes.fromhex(one.name)) == 32:
                        yield digest

    def is_whole(self, digest: bytes) -> bool:
        """Whether what is kept is what its name says; False where nothing is."""
        try:
            with self.place(digest).open("rb") as file:
                made = sha256()
                while some := file.read(_AT_ONCE):
                    made.update(some)
        except FileNotFoundError:
            return False
        return made.digest() == digest

    def age(self, digest: bytes) -> float:
        """For how many seconds the bytes have been here, or been asked for again."""
        return time.time() - self.place(digest).stat().st_mtime

    def remove(self, digest: bytes) -> None:
        """Remove bytes, and what was made from them."""
        self.place(digest).unlink(missing_ok=True)
        for one in (self.folder / _SMALLER).glob(f"{digest.hex()}-*"):
            one.unlink(missing_ok=True)

    def remove_unfinished(self, older_than: float) -> int:
        """Remove what was broken off while it arrived, longer ago than so many seconds; how many."""
        found = 0
        for one in (self.folder / _INCOMING).glob("*"):
            with suppress(FileNotFoundError):
                if time.time() - one.stat().st_mtime > older_than:
                    one.unlink()
                    found += 1
        return found


def _written(stream: BinaryIO, file: Path, most: int) -> Kept:
    made, size = sha256(), 0
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        while some := stream.read(_AT_ONCE):
            size += len(some)
            if size > most:
                raise too_large(most)
            made.update(some)
            out.write(some)
        if not size:
            raise Invalid("file", kb_t("This file is empty: there is nothing in it. Please look at it once more."))
        out.flush()
        os.fsync(out.fileno())
    return Kept(made.digest(), size)


def too_large(most: int) -> Invalid:
    """What is said of a file above `most` bytes."""
    return Invalid("file", kb_t("This file is too large: at most {size} are possible.", size=file_size(most)))


def _synchronise(folder: Path) -> None:
    """Let the new name survive a power cut, where folders can be synchronised."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
