"""What the database knows of pages and people ask for: who changed them, when, and whether somebody looked at them.

Looked up at the moment of asking, and given to the engine as numbers of pages: it is as fresh as the database, and an
index that is behind cannot get it wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, Connection, Select, bindparam, select

from ..actors import Actor
from ..db import in_list
from ..journal.models import ActorRow
from ..pages.models import Page, Revision
from ..spaces.queries import bound, readable
from ..wording import N_
from .notes import Note
from .query import Chosen
from .spans import parse_span
from .words.folding import fold

NOBODY = N_("Nobody called “{subject}” has written here.")
NO_STATE = N_("“is:{subject}” was not understood. The states are is:reviewed, is:unreviewed and is:stale.")
NO_TIME = N_(
    "“changed:{subject}” was not understood. Write changed:<30d for the last 30 days, "
    "changed:>1y for longer ago than a year, changed:2026-10 for a month, or "
    "changed:2026-10-01..2026-10-15."
)
NOT_HAD = N_("“has:{subject}” was not understood. What [a page] can have is a file: has:file.")
NOT_ASKED = N_("“{subject}:” could not be looked up just now, so it was left out.")
ME = "me"
HAVING: dict[str, Callable[[], ColumnElement[bool]]] = {}
"""What pages can have, by the word after `has:`, as SQL about `Page`; other rooms say theirs (see parts)."""

_PAGES = select(Page.id).where(Page.wiki_id == bindparam("wiki_id"), ~Page.deleted, readable(Page.space_id))
_CHANGED = _PAGES.where(Page.updated_at >= bindparam("start"), Page.updated_at < bindparam("end"))
_THESE = _PAGES.where(in_list(Page.id, "ids"))
_BY = _PAGES.join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number)).where(
    in_list(Revision.actor_id, "actors"), ~Revision.author_hidden
)
_PEOPLE = select(ActorRow.id, ActorRow.name, ActorRow.external_id).where(ActorRow.wiki_id == bindparam("wiki_id"))


class Filters:
    """Finds the pages for the fields of one question of one actor. Raises nothing for what was typed.

    `reviewed` is SQL that says of `Page.id` and `Page.number` whether people have looked at all of the page. `operated`
    is what plugins found for the operators in the question: pages, or None where one failed.
    """

    def __init__(
        self,
        connection: Connection,
        wiki_id: int,
        actor: Actor,
        now: datetime,
        *,
        reviewed: ColumnElement[bool],
        stale_days: int,
        operated: Mapping[tuple[str, str], frozenset[int] | None] = MappingProxyType({}),
    ) -> None:
        self._connection = connection
        self._wiki_id = wiki_id
        self._actor = actor
        self._now, self._here = now.astimezone(UTC), now
        self._reviewed = reviewed
        self._stale_days = stale_days
        self._operated = operated

    def __call__(self, name: str, value: str, quoted: bool) -> Chosen:
        """The readable pages that the field finds; a note where there is something to say about it."""
        if name == "by":
            return self._by(value, quoted)
        if name == "is":
            return self._in_state(value)
        if name == "has":
            return self._having(value)
        if name == "changed":
            return self._changed(value)
        found = self._operated.get((name, value))
        if found is None:
            return Chosen(None, Note(NOT_ASKED, name))
        return Chosen(self._pages(_THESE, ids=list(found)))

    def _having(self, thing: str) -> Chosen:
        found = HAVING.get(thing.casefold())
        if found is None:
            return Chosen(None, Note(NOT_HAD, thing))
        return Chosen(self._pages(_PAGES.where(found())))

    def _by(self, name: str, whole: bool) -> Chosen:
        rows = self._connection.execute(_PEOPLE, {"wiki_id": self._wiki_id})
        if name.casefold() == ME and not whole:
            people = [row.id for row in rows if row.external_id == self._actor.id]
        else:
            people = [row.id for row in rows if _is_called(row.name, name, whole)]
        # Whether somebody wrote only where one may not read must not show: no page is no page.
        found = self._pages(_BY, actors=people) if people else frozenset()
        return Chosen(found, None if found else Note(NOBODY, name))

    def _in_state(self, state: str) -> Chosen:
        state = state.casefold()
        if state == "reviewed":
            return Chosen(self._pages(_PAGES.where(self._reviewed)))
        if state == "unreviewed":
            return Chosen(self._pages(_PAGES.where(~self._reviewed)))
        if state == "stale":
            before = self._now - timedelta(days=self._stale_days)
            return Chosen(self._pages(_PAGES.where(Page.updated_at < before)))
        return Chosen(None, Note(NO_STATE, state))

    def _changed(self, when: str) -> Chosen:
        span = parse_span(when, self._here)
        if span is None:
            return Chosen(None, Note(NO_TIME, when))
        return Chosen(self._pages(_CHANGED, start=span.start, end=span.end))

    def _pages(self, statement: Select[int], **values: object) -> frozenset[int]:
        parameters = {"wiki_id": self._wiki_id, **bound(self._actor), **values}
        return frozenset(self._connection.execute(statement, parameters).scalars())


def _is_called(name: str, asked: str, whole: bool) -> bool:
    """Whether the name is the one asked for, or has its words."""
    if whole:
        return fold(name).strip() == fold(asked).strip()
    return set(fold(asked).split()) <= set(fold(name).split())
