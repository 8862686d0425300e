"""Looking at what is hidden: an act of those who may, and an entry in the journal each time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..actors import Actor
from ..db import Change, Transaction
from ..errors import Conflict, Forbidden, NotFound
from ..journal.models import ActorRow
from ..pages.models import Page, Revision
from ..pages.texts import load_texts
from ..spaces.queries import bound, readable, responsible_groups
from ..wording import kb_t
from .shown import standing_hides

EXEMPT = "look"
"""The rule that exempts a look: it changes nothing, and the entry itself is what people ask for."""

_HIDDEN = (
    select(
        Page.path,
        Page.space_id,
        Revision.id,
        Revision.number,
        Revision.kind,
        Revision.at,
        Revision.title,
        Revision.tags,
        Revision.comment,
        ActorRow.name.label("author"),
        Revision.text_digest,
        Revision.hidden,
        Revision.comment_hidden,
        Revision.author_hidden,
        Revision.hidden_for,
    )
    .join(Page, Page.id == Revision.page_id)
    .join(ActorRow, ActorRow.id == Revision.actor_id)
    .where(
        Page.wiki_id == bindparam("wiki_id"),
        Page.id == bindparam("page_id"),
        Revision.number == bindparam("number"),
        readable(Page.space_id),
    )
)


@dataclass(frozen=True, slots=True)
class HiddenLook:
    """A revision with all that is hidden of it. It is for this one screen: nobody keeps it."""

    page_id: int
    path: str
    number: int
    kind: str
    at: datetime
    title: str
    tags: tuple[str, ...]
    text: str
    comment: str
    author: str
    words_hidden: bool
    comment_hidden: bool
    author_hidden: bool
    only_group: str | None


def look_at_hidden(tx: Transaction, page_id: int, number: int) -> HiddenLook:
    """What is hidden of revision `number` of the page; that this actor looked is recorded, without a word of it.

    Those may look who are in a group that looks after the page or that hid this; where one group kept it to itself,
    only its members. Errors: NotFound (no such page or revision for this actor), Forbidden, Conflict when nothing of
    it is hidden.
    """
    key = {"wiki_id": tx.wiki_id, "page_id": page_id, "number": number, **bound(tx.actor)}
    row = tx.connection.execute(_HIDDEN, key).first()
    if row is None:
        raise NotFound("revision", str(number))
    if not may_look(tx.actor, row.hidden_for, groups_that_may_look(tx.connection, page_id, row.space_id)):
        raise Forbidden(
            kb_t("This is hidden. Only those who look after it may look, and some things only one [group].")
        )
    if not (row.hidden or row.comment_hidden or row.author_hidden):
        raise Conflict(kb_t("Nothing of this [revision] is hidden, so it can be read in the [page]'s [history]."))
    _record(tx, page_id, row)
    return HiddenLook(
        page_id=page_id,
        path=row.path,
        number=row.number,
        kind=row.kind,
        at=row.at,
        title=row.title,
        tags=tuple(row.tags),
        text=load_texts(tx.connection, [row.text_digest])[row.text_digest],
        comment=row.comment,
        author=row.author,
        words_hidden=row.hidden,
        comment_hidden=row.comment_hidden,
        author_hidden=row.author_hidden,
        only_group=row.hidden_for,
    )


def groups_that_may_look(connection: Connection, page_id: int, space_id: int) -> frozenset[str]:
    """The groups whose members may look at what is hidden of the page, where no single group kept it to itself."""
    hid = {one.group for one in standing_hides(connection, page_id)}
    return frozenset(responsible_groups(connection, [space_id])) | hid


def may_look(actor: Actor, hidden_for: str | None, groups: Collection[str]) -> bool:
    """Whether the actor may look at what is hidden for `hidden_for`, or for all of `groups` when that is None."""
    own = actor.effective_groups
    return hidden_for in own if hidden_for is not None else not own.isdisjoint(groups)


def _record(tx: Transaction, page_id: int, row: Any) -> None:
    """An entry of its own kind of subject: the page's entries are its states, and this is none."""
    tx.record(
        Change(
            kind="look",
            subject_kind="look",
            subject_id=row.id,
            number=1,
            spaces=(),
            payload={"page": page_id, "revision": row.number, "only_group": row.hidden_for},
            exempt=EXEMPT,
        )
    )
