"""What to show of drafts: to their author alone, whatever else they may see."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from ..actors import Actor
from ..errors import NotFound
from ..journal.models import ActorRow
from ..pages.texts import decode
from .models import Draft
from .policy import State

OFFERED = 3
"""How many drafts an editor offers at most; the list of all has the others."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list. `path` is as it was typed or where the page stood; `is_new`: it is for no page yet."""

    id: int
    title: str
    path: str
    page_id: int | None
    at: datetime
    size: int
    tab: str
    counter: int
    base: int | None
    state: State

    @property
    def is_new(self) -> bool:
        """Whether there was no page yet when it was begun."""
        return self.page_id is None and self.base is None


@dataclass(frozen=True, slots=True)
class DraftView(DraftLine):
    """A draft with all that was written."""

    text: str
    tags: str
    comment: str
    typed_path: str
    typed_title: str


_LINE = (
    Draft.id, Draft.title, Draft.path, Draft.page_id, Draft.at, Draft.size, Draft.tab, Draft.counter, Draft.base,
    Draft.state,
)  # fmt: skip
_NAMES = [one.name for one in fields(DraftLine)]


def drafts_of(connection: Connection, wiki_id: int, actor: Actor) -> list[DraftLine]:
    """The actor's drafts, the newest first; those thrown away, too."""
    rows = connection.execute(
        select(*_LINE)
        .where(_mine(wiki_id, actor), Draft.state != State.SAVED.value)
        .order_by(Draft.at.desc(), Draft.id)
    )
    return [DraftLine(*row[:9], State(row[9])) for row in rows]


def get_draft(connection: Connection, wiki_id: int, actor: Actor, draft_id: int) -> DraftView:
    """One of the actor's own drafts. Errors: NotFound, also for somebody else's."""
    found = _views(connection, _mine(wiki_id, actor), Draft.id == draft_id, Draft.state != State.SAVED.value)
    if not found:
        raise NotFound("draft", str(draft_id))
    return found[0]


def drafts_at(connection: Connection, wiki_id: int, actor: Actor, page_id: int | None, path: str) -> list[DraftView]:
    """What the actor has begun and not saved for a page, or for a new one at `path` ('': anywhere); newest first.

    For a page that is there, what was begun at its path before it was counts, too.
    """
    if actor.is_anonymous:
        return []
    here: ColumnElement[bool]
    if page_id is not None:
        here = or_(Draft.page_id == page_id, and_(Draft.page_id.is_(None), Draft.path == path))
    else:
        here = Draft.path == path if path else and_(Draft.page_id.is_(None), Draft.base.is_(None))
    return _views(connection, _mine(wiki_id, actor), here, Draft.state == State.KEPT.value)[:OFFERED]


def _mine(wiki_id: int, actor: Actor) -> ColumnElement[bool]:
    me = select(ActorRow.id).where(ActorRow.wiki_id == wiki_id, ActorRow.external_id == actor.id).scalar_subquery()
    return and_(Draft.wiki_id == wiki_id, Draft.actor_id == me)


def _views(connection: Connection, *which: ColumnElement[bool]) -> list[DraftView]:
    rows = connection.execute(
        select(*_LINE, Draft.body, Draft.fields).where(*which).order_by(Draft.at.desc(), Draft.id.desc()).limit(OFFERED)
    )
    return [_view(row) for row in rows]


def _view(row: Any) -> DraftView:
    line, typed = dict(zip(_NAMES, row, strict=False)), row.fields
    line["state"] = State(row.state)
    return DraftView(
        **line,
        text=decode(row.body),
        tags=typed["tags"],
        comment=typed["comment"],
        typed_path=typed["path"],
        typed_title=typed["title"],
    )
