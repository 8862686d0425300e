"""Bytes that are kept, with what is known of them: what an action makes a file, or a version, of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .pictures import size_of
from .sniffing import TEXT, media_type_of
from .storage import Store

MOST_WORDS = 50_000
"""So many characters of a plain text are searched."""


@dataclass(frozen=True, slots=True)
class Content:
    """Kept bytes. `text` is what can be searched in them, as far as it is read; '' where that is nothing."""

    digest: bytes
    size: int
    media_type: str
    width: int = 0
    height: int = 0
    text: str = ""


def kept_content(store: Store, stream: BinaryIO, most: int) -> Content:
    """Keep what is in the stream and look at what it is. Errors: those of `Store.keep`."""
    kept = store.keep(stream, most)
    place = store.place(kept.digest)
    media_type = media_type_of(place)
    width, height = size_of(place, media_type)
    return Content(kept.digest, kept.size, media_type, width, height, text_in(place, media_type))


def text_in(file: Path, media_type: str) -> str:
    """The words in a file. Only plain text is read; here is where other kinds get readers of theirs (plugins)."""
    if media_type != TEXT:
        return ""
    with file.open("rb") as opened:
        return opened.read(4 * MOST_WORDS).decode("utf-8", "replace").replace("\0", " ")[:MOST_WORDS]
