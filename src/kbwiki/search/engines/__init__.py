"""The engines an index can be kept with, behind one protocol (`protocol.py`), and how they are opened by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...database import Database
from ...errors import Invalid
from ..making import USUALLY, Making
from .protocol import Engine
from .whoosh import open_engine as open_whoosh


@dataclass(frozen=True, slots=True)
class Place:
    """Where an engine may keep the index of a wiki: a folder of its own (None: none is given), or the database.

    ``making`` is how the index is made; an engine notices by its fingerprint that an index was made otherwise.
    """

    folder: Path | None
    database: Database
    wiki_id: Callable[[], int]
    making: Making = USUALLY


Opener = Callable[[Place], Engine | None]
"""Opens an engine without doing any work yet; None when the place has no room for it."""

DEFAULT = "whoosh"

OPENERS: Mapping[str, Opener] = {"whoosh": open_whoosh}


def open_engine(name: str, place: Place) -> Engine | None:
    """The engine of this name. Raises Invalid, which names those there are, when there is none."""
    try:
        opener = OPENERS[name]
    except KeyError:
        known = ", ".join(sorted(OPENERS))
        raise Invalid("search_engine", f"There is no search engine {name!r}. Those there are: {known}.") from None
    return opener(place)
