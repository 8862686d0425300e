"""How large a picture is, read from its header: nothing is decoded, so nothing in it can do any harm."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

_AT_MOST = 1 << 22
Size = tuple[int, int]


def size_of(file: Path, media_type: str) -> Size:
    """Width and height in dots, turned as a browser would turn it; (0, 0) where there is no telling."""
    reader = _READERS.get(media_type)
    if reader is None:
        return 0, 0
    with file.open("rb") as opened:
        head = opened.read(_AT_MOST)
    try:
        width, height = reader(head)
    except (struct.error, IndexError, ValueError):
        return 0, 0
    return (width, height) if 0 < width < 2**31 and 0 < height < 2**31 else (0, 0)


def _png(head: bytes) -> Size:
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _gif(head: bytes) -> Size:
    width, height = struct.unpack("<HH", head[6:10])
    return width, height


def _bmp(head: bytes) -> Size:
    if head[14] == 12:
        width, height = struct.unpack("<HH", head[18:22])
        return width, height
    width, height = struct.unpack("<ii", head[18:26])
    return width, abs(height)


def _webp(head: bytes) -> Size:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg(head: bytes) -> Size:
    """The first frame's size, sides exchanged where Exif says that the camera was held upright (Exif 2.3, 4.6.4)."""
    at, turned = 2, False
    while at + 9 < len(head):
        if head[at] != 0xFF:
            return 0, 0
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = int.from_bytes(head[at + 2 : at + 4], "big")
        if marker == 0xE1 and head[at + 4 : at + 10] == b"Exif\0\0":
            turned = _is_turned(head[at + 10 : at + 2 + length])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return (height, width) if turned else (width, height)
        at += 2 + max(length, 2)
    return 0, 0


def _is_turned(exif: bytes) -> bool:
    order = "<" if exif[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack(order + "I", exif[4:8])
        (count,) = struct.unpack(order + "H", exif[at : at + 2])
        for entry in range(min(count, 100)):
            tag, _, _, value = struct.unpack(order + "HHIH", exif[at + 2 + 12 * entry : at + 12 + 12 * entry])
            if tag == 0x0112:
                return bool(5 <= value <= 8)
    except struct.error:
        pass
    return False


_READERS: dict[str, Callable[[bytes], Size]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/webp": _webp,
    "image/jpeg": _jpeg,
}
