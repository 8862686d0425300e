"""Where a question may find something: the spaces one may read, but for what was hidden or went away lately."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, String, bindparam, literal, select, union_all

from ..actors import Actor
from ..spaces.models import Space
from ..spaces.queries import bound, readable
from .engines.protocol import Scope
from .feed import WITHHELD_SINCE

_WITHHELD = WITHHELD_SINCE.subquery()
_NOTHING = literal(None, String)
_REACH = union_all(
    select(Space.id, Space.path.label("path"), Space.title.label("title")).where(
        Space.wiki_id == bindparam("wiki_id"), readable(Space.id)
    ),
    select(_WITHHELD.c.subject_id, _NOTHING, _NOTHING),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What an engine is told to search, and the paths and titles of those spaces, by path."""

    scope: Scope
    spaces: tuple[tuple[str, str], ...]


def reach_of(connection: Connection, wiki_id: int, actor: Actor, position: int) -> Reach:
    """Where `actor` may find something, with an index that has read the journal up to `position`; one query.

    What such an index may not speak of is left out: see `feed.WITHHELD_SINCE`.
    """
    key = {"wiki_id": wiki_id, "position": position, **bound(actor)}
    rows = connection.execute(_REACH, key).all()
    spaces = [row for row in rows if row.path is not None]
    withheld = frozenset(row.id for row in rows if row.path is None)
    named = sorted((row.path, row.title) for row in spaces)
    return Reach(Scope(frozenset(row.id for row in spaces), withheld), tuple(named))
