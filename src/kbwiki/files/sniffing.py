"""What bytes are, read from themselves: a small table of beginnings, and what may be shown in place of it.

Nothing a browser or a person claims about a file counts. What is not in the table is text, or something to download.
"""

from __future__ import annotations

import logging
import re
import zipfile
from pathlib import Path

log = logging.getLogger("kbwiki.files")

SOMETHING = "application/octet-stream"
TEXT = "text/plain"
MARKED_UP = "text/html"
SVG = "image/svg+xml"
PDF = "application/pdf"

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
VIDEO = frozenset({"video/mp4", "video/webm"})
AUDIO = frozenset({"audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/mp4"})
IN_PLACE = PICTURES | VIDEO | AUDIO | {PDF, TEXT}
"""What a browser may show as what it is: nothing of it runs as script of the site. All else is downloaded."""

HEAD = 1 << 16
"""So many bytes of the beginning are looked at."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", PDF),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_CONTAINERS = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_NAMED = re.compile(r"application/(?:vnd\.oasis\.opendocument\.[a-z-]+|epub\+zip)")
_MARKUP = re.compile(rb"\s*<(?:!|\?|[a-z])", re.IGNORECASE)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_NAMES = 10_000


def media_type_of(file: Path) -> str:
    """The media type of the bytes in the file; `SOMETHING` for what is not known."""
    with file.open("rb") as opened:
        head = opened.read(HEAD)
        is_all = not opened.read(1)
    found = of_beginning(head, is_all=is_all)
    return _in_archive(file) if found == "application/zip" else found


def of_beginning(head: bytes, *, is_all: bool = True) -> str:
    """The media type of bytes that begin so; `is_all` says that nothing follows."""
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found if beginning != b"BM" or _is_bitmap(head) else _text_or_something(head, is_all)
    if head[:4] == b"RIFF" and head[8:12] in _CONTAINERS:
        return _CONTAINERS[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return _text_or_something(head, is_all)


def _is_bitmap(head: bytes) -> bool:
    """Two letters say little: the length of the header behind them has to be one there is."""
    return len(head) > 26 and head[14:18] in {bytes((size, 0, 0, 0)) for size in (12, 40, 52, 56, 64, 108, 124)}


def _text_or_something(head: bytes, is_all: bool) -> str:
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if _SVG.search(head) and _MARKUP.match(bare):
        return SVG
    if _MARKUP.match(bare):
        return MARKED_UP
    if _CONTROL.search(head):
        return SOMETHING
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if is_all or error.start < len(head) - 3:
            return SOMETHING
    return TEXT


def _in_archive(file: Path) -> str:
    """What kind of archive it is, by the names in it; nothing of it is unpacked but a first short line."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.infolist()[:_MOST_NAMES]
            if names and names[0].filename == "mimetype" and names[0].file_size < 100:
                with archive.open(names[0]) as opened:
                    said = opened.read(100).decode("ascii", "replace").strip()
                if _NAMED.fullmatch(said):
                    return said
            for one in names:
                for folder, found in _OFFICE.items():
                    if one.filename.startswith(folder):
                        return found
    except Exception:
        log.debug("An archive could not be read; it is an archive all the same.", exc_info=True)
    return "application/zip"
