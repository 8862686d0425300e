"""Where a question may find something: the spaces one may read, but for pages that were hidden or went away lately."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, String, bindparam, literal, or_, select, union, union_all

from ..actors import Actor
from ..journal.models import Entry
from ..pages.models import Page
from ..spaces.models import Space
from ..spaces.queries import bound, readable
from .engines.protocol import Scope
from .feed import HIDDEN_SINCE

_PAGES = (Entry.wiki_id == bindparam("wiki_id"), Entry.subject_kind == "page")
_SPACES = (Entry.wiki_id == bindparam("wiki_id"), Entry.subject_kind == "space", Entry.kind == "set-space")
_OF_PAGES = select(Page.id).join(Entry, Entry.subject_id == Page.id).where(*_PAGES)
_OF_SPACES = select(Page.id).join(Entry, Entry.subject_id == Page.space_id).where(*_SPACES)
_GONE = or_(Page.deleted, ~readable(Page.space_id))
# What is sealed and what is not have an index each, and an OR of both would have none.
_SINCE = (Entry.position > bindparam("position"), Entry.position.is_(None))

_WITHHELD = union(
    *HIDDEN_SINCE.selects, *(entries.where(_GONE, since) for entries in (_OF_PAGES, _OF_SPACES) for since in _SINCE)
).subquery()
_NEWS = [_OF_PAGES.where(~_GONE, since).limit(1) for since in _SINCE]
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

    What such an index knows of a page of which something was hidden after that may be hidden by now, so that finding
    the page would tell it. Other pages were deleted, or went where the actor may not read; the database leaves them out
    of what is found, and yet whether they match would tell, by what is put right or follows where nothing matches.
    """
    key = {"wiki_id": wiki_id, "position": position, **bound(actor)}
    rows = connection.execute(_REACH, key).all()
    spaces = [row for row in rows if row.path is not None]
    withheld = frozenset(row.id for row in rows if row.path is None)
    named = sorted((row.path, row.title) for row in spaces)
    return Reach(Scope(frozenset(row.id for row in spaces), withheld), tuple(named))


def has_news_since(connection: Connection, wiki_id: int, actor: Actor, position: int) -> bool:
    """Whether something that the actor may read was changed after the journal's `position`.

    Whether anything else was is not for them to know.
    """
    key = {"wiki_id": wiki_id, "position": position, **bound(actor)}
    return any(connection.execute(one, key).first() is not None for one in _NEWS)
