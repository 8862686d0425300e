"""Bytes that are kept, with what is known of them: what an action makes a file, or a version, of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .pictures import size_of
from .sniffing import TEXT, media_type_of
from .storage import Store

MOST_WORDS = 50_000
"""So many characters of a file's words are searched."""

Reads = Callable[[str, Path], str]
"""(media type, file) → the words in a file that is not plain text, '' where nobody can read it."""


def reads_nothing(media_type: str, file: Path) -> str:
    """Where nobody reads other kinds of files."""
    return ""


@dataclass(frozen=True, slots=True)
class Content:
    """Kept bytes. `text` is what can be searched in them, as far as it is read; '' where that is nothing."""

    digest: bytes
    size: int
    media_type: str
    width: int = 0
    height: int = 0
    text: str = ""


def kept_content(store: Store, stream: BinaryIO, most: int, reads: Reads = reads_nothing) -> Content:
    """Keep what is in the stream and look at what it is. Errors: those of `Store.keep`."""
    kept = store.keep(stream, most)
    place = store.place(kept.digest)
    media_type = media_type_of(place)
    width, height = size_of(place, media_type)
    return Content(kept.digest, kept.size, media_type, width, height, text_in(place, media_type, reads))


def text_in(file: Path, media_type: str, reads: Reads = reads_nothing) -> str:
    """The words in a file: of plain text as it stands, of others what `reads` makes of them."""
    if media_type == TEXT:
        with file.open("rb") as opened:
            words = opened.read(4 * MOST_WORDS).decode("utf-8", "replace")
    else:
        words = reads(media_type, file)
    return words.replace("\0", " ")[:MOST_WORDS]
