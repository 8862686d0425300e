"""A search engine for kbwiki on tantivy: an index in a folder, without a server."""

from __future__ import annotations

from kbwiki.search.engines import Place
from kbwiki.search.engines.protocol import Engine

from .index import TantivyIndex

__all__ = ["FOLDER", "TantivyIndex", "open_engine"]

FOLDER = "tantivy"


def open_engine(place: Place) -> Engine | None:
    """The index in a folder within the place's; None when no folder is given."""
    return TantivyIndex(place.folder / FOLDER, place.making) if place.folder is not None else None
