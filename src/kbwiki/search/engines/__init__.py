"""The engines an index can be kept with, behind one protocol (`protocol.py`), and how they are opened by name.

An installed package adds one by naming its opener in the entry point group ``kbwiki.search_engines``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from ...database import Database
from ...errors import Invalid
from ...wording import kb_t
from ..making import USUALLY, Making
from .fts5 import open_engine as open_fts5
from .postgresql import open_engine as open_postgresql
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

OPENERS: Mapping[str, Opener] = {"whoosh": open_whoosh, "fts5": open_fts5, "postgresql": open_postgresql}


PLUGINS = "kbwiki.search_engines"
"""The entry point group in which packages name their openers; it is looked at for names that are not built in."""


def names() -> list[str]:
    """The engines there are, those of installed packages included."""
    return sorted({*OPENERS, *entry_points(group=PLUGINS).names})


def require_engine(name: str) -> None:
    """Errors: Invalid when there is no engine of this name."""
    if name not in OPENERS:
        _plugin(name)


def open_engine(name: str, place: Place) -> Engine | None:
    """The engine of this name.

    Raises Invalid when there is none, naming those there are, and when the package that brings it cannot be loaded.
    """
    return (OPENERS.get(name) or _plugin(name))(place)


def _plugin(name: str) -> Opener:
    installed = entry_points(group=PLUGINS)
    if name not in installed.names:
        raise Invalid(
            "search_engine",
            kb_t(
                "There is no [search] engine {name!r}. Those there are: {names}.", name=name, names=", ".join(names())
            ),
        )
    try:
        opener: Opener = installed[name].load()
    except Exception as error:  # whatever the package raises while it is imported
        brought_by = getattr(installed[name].dist, "name", None) or installed[name].value
        raise Invalid(
            "search_engine",
            kb_t(
                "The [search] engine {name!r} comes with {brought_by}, which cannot be loaded: {error!r}. "
                "Install it anew, or choose another [search] engine.",
                name=name,
                brought_by=brought_by,
                error=error,
            ),
        ) from error
    return opener
