"""The default engine: files in a folder, written with Whoosh, which needs no server and installs everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..missing import MissingEngine
from ..protocol import Engine

if TYPE_CHECKING:
    from .. import Place


def open_engine(place: Place) -> Engine | None:
    """The index in the place's folder; an unusable one where Whoosh is missing, or another package has its name."""
    if place.folder is None:
        return None
    try:
        from .index import WhooshIndex
    except Exception as error:  # whatever a package of that name does or lacks
        return MissingEngine("whoosh", error)
    return WhooshIndex(place.folder, place.making)
