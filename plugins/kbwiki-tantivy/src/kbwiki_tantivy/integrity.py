"""Whether the files of the index are whole: tantivy writes checksums into them, and does not look at them by itself."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

_PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")
_MAGIC = 1337
_TAIL = struct.Struct("<II")
"""The last bytes of a file: the length of its footer, which is JSON and has the checksum, and the magic number."""


def verified(folder: Path, meta: bytes, known: frozenset[str]) -> frozenset[str]:
    """The files that the record names, all of them whole; those known to be are not read again.

    Errors: ValueError or OSError for what is damaged or gone.
    """
    named = frozenset(_files(meta))
    for name in named - known:
        _verify(folder / name)
    return named


def _files(meta: bytes) -> Iterator[str]:
    for segment in json.loads(meta)["segments"]:
        name = segment["segment_id"].replace("-", "")
        yield from (f"{name}.{part}" for part in _PARTS)
        if segment["deletes"] is not None:
            yield f"{name}.{segment['deletes']['opstamp']}.del"


def _verify(path: Path) -> None:
    content = memoryview(path.read_bytes())
    if len(content) < _TAIL.size:
        raise ValueError(f"{path.name} is cut short")
    length, magic = _TAIL.unpack(content[-_TAIL.size :])
    footer = len(content) - _TAIL.size - length
    if magic != _MAGIC or footer < 0:
        raise ValueError(f"{path.name} has no footer")
    if json.loads(bytes(content[footer : -_TAIL.size]))["crc"] != zlib.crc32(content[:footer]):
        raise ValueError(f"{path.name} is damaged")
