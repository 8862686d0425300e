"""The engine for wikis on PostgreSQL: the index is in tables beside the wiki's own, so that all machines share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....errors import Invalid
from ....wording import kb_t
from ..protocol import Engine
from .index import PostgresqlIndex

if TYPE_CHECKING:
    from .. import Place


def open_engine(place: Place) -> Engine | None:
    """The index in the place's database. Errors: Invalid when that is not PostgreSQL."""
    if place.database.dialect != "postgresql":
        raise Invalid(
            "search_engine",
            kb_t(
                "The [search] engine 'postgresql' keeps the index in the [wiki]'s own database, and this [wiki] "
                "is on {dialect}. Please choose another engine, or move the [wiki] to PostgreSQL.",
                dialect=place.database.dialect,
            ),
        )
    return PostgresqlIndex(place.database, place.wiki_id, place.making)
