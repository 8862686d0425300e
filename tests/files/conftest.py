"""Wikis with a folder for files, and small pictures made by hand."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbwiki import Actor, Wiki
from kbwiki.files import Content, NewFile, StoredFile, upload_file
from kbwiki.files.actions import IfThere
from kbwiki.testing import WRITER


def picture(width: int = 3, height: int = 2, shade: int = 0) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([shade]) * width for _ in range(min(height, 2000)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def kept(wiki: Wiki, data: bytes) -> Content:
    """Bytes in the wiki's folder."""
    return wiki.files.keep(io.BytesIO(data))


def add(
    wiki: Wiki,
    path: str,
    data: bytes,
    *,
    by: Actor = WRITER,
    alt: str = "",
    comment: str = "",
    if_there: IfThere = IfThere.ASK,
    again: bool = False,
) -> StoredFile:
    """Upload a file in a transaction of its own."""
    content = kept(wiki, data)
    with wiki.begin(by) as tx:
        return upload_file(tx, NewFile(path, content, alt, comment, if_there, again))


def _open(url: str, folder: Path) -> Iterator[Wiki]:
    wiki = Wiki(url, files=folder / "files")
    yield wiki
    wiki.close()


@pytest.fixture
def wiki(database_url: str, tmp_path: Path) -> Iterator[Wiki]:
    """A wiki with a folder for files; the test runs on both databases."""
    yield from _open(database_url, tmp_path)


@pytest.fixture
def sqlite_wiki(sqlite_url: str, tmp_path: Path) -> Iterator[Wiki]:
    """The same on SQLite only."""
    yield from _open(sqlite_url, tmp_path)
