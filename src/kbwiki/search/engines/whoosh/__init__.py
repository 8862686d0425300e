"""The default engine: files in a folder, written with Whoosh, which needs no server and installs everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol import Engine
from .index import WhooshIndex

if TYPE_CHECKING:
    from .. import Place


def open_engine(place: Place) -> Engine | None:
    """The index in the place's folder."""
    return WhooshIndex(place.folder, place.making) if place.folder is not None else None
