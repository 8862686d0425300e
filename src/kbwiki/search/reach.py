"""Where a question may find something: the spaces one may read, but for pages of which something was hidden lately."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, String, bindparam, literal, select, union_all

from ..actors import Actor
from ..spaces.models import Space
from ..spaces.queries import bound, readable
from .engines.protocol import Scope
from .feed import HIDDEN_SINCE

_HIDDEN = HIDDEN_SINCE.subquery()
_NOTHING = literal(None, String)
_REACH = union_all(
    select(Space.id, Space.path.label("path"), Space.title.label("title")).where(
        Space.wiki_id == bindparam("wiki_id"), readable(Space.id)
    ),
    select(_HIDDEN.c.subject_id, _NOTHING, _NOTHING),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What an engine is told to search, and the paths and titles of those spaces, by path."""

    scope: Scope
    spaces: tuple[tuple[str, str], ...]


def reach_of(connection: Connection, wiki_id: int, actor: Actor, position: int) -> Reach:
    """Where `actor` may find something, with an index that has read the journal up to `position`; one query.

    What such an index knows of a page of which something was hidden after that may be hidden by now, so that finding
    the page would tell it.
    """
    key = {"wiki_id": wiki_id, "position": position, **bound(actor)}
    rows = connection.execute(_REACH, key).all()
    spaces = [row for row in rows if row.path is not None]
    hidden = frozenset(row.id for row in rows if row.path is None)
    named = sorted((row.path, row.title) for row in spaces)
    return Reach(Scope(frozenset(row.id for row in spaces), hidden), tuple(named))
