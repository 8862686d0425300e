"""Smaller pictures for lists, made by Pillow where that is installed; without it the pictures themselves are shown."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from pathlib import Path

from .storage import Store

log = logging.getLogger("kbwiki.files")

WIDTHS = (320,)
"""The widths there are, in dots."""

MOST_DOTS = 40_000_000
"""Larger pictures are left as they are: making them small would take the memory they were made to take."""

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_one_at_a_time = threading.Lock()


def smaller(store: Store, digest: bytes, media_type: str, dots: int, width: int) -> Path | None:
    """A WebP at most `width` wide, made once; None where there is none to be had."""
    if media_type not in _FORMATS or width not in WIDTHS or not 0 < dots <= MOST_DOTS:
        return None
    place = store.place_of_smaller(digest, width)
    if place.is_file():
        return place
    try:
        with _one_at_a_time:
            return place if place.is_file() or _make(store.place(digest), place, _FORMATS[media_type], width) else None
    except Exception:
        log.info("No smaller picture could be made of %s.", digest.hex(), exc_info=True)
        return None


def _make(source: Path, place: Path, kind: str, width: int) -> bool:
    try:
        from PIL import Image, ImageOps
    except ImportError:
        return False
    place.parent.mkdir(exist_ok=True, mode=0o700)
    with Image.open(source, formats=(kind,)) as opened:
        if opened.width * opened.height > MOST_DOTS:  # what the header said elsewhere does not count
            return False
        opened.draft("RGB", (width, width))
        made = ImageOps.exif_transpose(opened)
        made.thumbnail((width, 4 * width))
        unfinished = place.with_name(f"{place.name}.{uuid.uuid4().hex}")
        made.convert("RGBA" if "A" in made.getbands() or "transparency" in made.info else "RGB").save(
            unfinished, "WEBP", quality=80
        )
    os.replace(unfinished, place)
    return True
