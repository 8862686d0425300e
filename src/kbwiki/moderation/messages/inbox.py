"""An actor's messages, as they may read them now: a page that is closed to them is named neither by title nor by path.

What is due is shown whether it was gathered already or not, so that reading writes nothing and waits for no worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, distinct, exists, func, select

from ...actors import Actor
from ...db import in_list
from ...errors import KBWikiError
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...settings import Settings
from ...spaces.models import Space
from ...spaces.policy import Right
from ...spaces.queries import bound, has_right, readable
from ..models import Decision, Message, Notice
from ..subjects import Subjects
from .delivery import ONE_MESSAGE, WAITS
from .lines import MessageLine, Told, line_of, told

NEWEST = 2**62
"""`before` for the newest messages."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """Everything one group decided about the actor's work within an hour; `id` is 0 while nobody has gathered it."""

    id: int
    group: str
    begun_at: datetime
    read_at: datetime | None
    lines: tuple[MessageLine, ...]


@dataclass(frozen=True, slots=True)
class Inbox:
    """Whose messages, at which moment, and how lines are worded. `address` gives where to object to a decision."""

    wiki_id: int
    actor: Actor
    settings: Settings
    subjects: Subjects
    now: datetime
    address: Callable[[int], str] = lambda decision_id: ""


_PLACES = (
    select(Page.id, Page.title, Page.path, Revision.hidden)
    .join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
    .where(in_list(Page.id, "page_ids"), readable(Page.space_id))
)


def messages_for(
    connection: Connection, inbox: Inbox, *, before: int = NEWEST, count: int = 50
) -> list[MessageView]:
    """The actor's messages before the id `before`, newest first; with the newest also what is due and not gathered."""
    recipient = _row_of(connection, inbox)
    if recipient is None:
        return []
    rows = connection.execute(
        select(Message.id, Message.group, Message.begun_at, Message.read_at)
        .where(Message.wiki_id == inbox.wiki_id, Message.recipient_id == recipient, Message.id < before)
        .order_by(Message.id.desc())
        .limit(count)
    ).all()
    mine = Notice.recipient_id == recipient
    gathered = told(connection, mine, Notice.message_id.in_([row.id for row in rows])) if rows else []
    waiting = told(connection, mine, _is_due(inbox)) if before == NEWEST else []
    worded = _worded(connection, inbox, [*gathered, *waiting])
    views = [
        MessageView(*row, tuple(worded[one.decision_id] for one in gathered if one.message_id == row.id))
        for row in rows
    ]
    for group in sorted({one.group for one in waiting}):
        _take_in(views, inbox, group, tuple(worded[one.decision_id] for one in waiting if one.group == group))
    return views


def _take_in(views: list[MessageView], inbox: Inbox, group: str, lines: tuple[MessageLine, ...]) -> None:
    """Show lines that nobody has gathered where they will be gathered: with the open message, or as a new one."""
    for place, view in enumerate(views):
        if view.group == group and view.read_at is None and view.begun_at > inbox.now - ONE_MESSAGE:
            views[place] = replace(view, lines=view.lines + lines)
            return
    views.insert(0, MessageView(0, group, inbox.now, None, lines))


def count_unread(connection: Connection, inbox: Inbox) -> int:
    """How many messages the actor has not read, counted as `messages_for` shows them."""
    recipient = _row_of(connection, inbox)
    if recipient is None:
        return 0
    unread = (Message.recipient_id == recipient) & (Message.wiki_id == inbox.wiki_id) & Message.read_at.is_(None)
    known = select(func.count()).select_from(Message).where(unread).scalar_subquery()
    still_open = exists().where(unread, Message.group == Decision.group, Message.begun_at > inbox.now - ONE_MESSAGE)
    new = (
        select(func.count(distinct(Decision.group)))
        .join(Notice, Notice.decision_id == Decision.id)
        .where(Notice.recipient_id == recipient, _is_due(inbox), ~still_open)
        .scalar_subquery()
    )
    row = connection.execute(select(known, new)).one()
    return int(row[0]) + int(row[1])


def _row_of(connection: Connection, inbox: Inbox) -> int | None:
    if inbox.actor.is_anonymous:
        return None
    mine = select(ActorRow.id).where(ActorRow.wiki_id == inbox.wiki_id, ActorRow.external_id == inbox.actor.id)
    return connection.execute(mine).scalar()


def _is_due(inbox: Inbox) -> ColumnElement[bool]:
    return (Notice.wiki_id == inbox.wiki_id) & WAITS & (Notice.due_at <= inbox.now)


def _worded(connection: Connection, inbox: Inbox, decisions: Iterable[Told]) -> dict[int, MessageLine]:
    """Each decision in words, with what the actor may know now of the page."""
    every = list(decisions)
    page_ids = sorted({one.subject_id for one in every if one.subject_kind == "page"})
    rows = connection.execute(_PLACES, {"page_ids": page_ids, **bound(inbox.actor)}) if page_ids else ()
    pages = {row.id: (row.path if row.hidden else row.title, row.path) for row in rows}
    lines = {}
    for one in every:
        known = pages.get(one.subject_id) if one.subject_kind == "page" else _elsewhere(connection, inbox, one)
        title, path = known or ("", "")
        address = inbox.address(one.decision_id)
        lines[one.decision_id] = line_of(one, inbox.settings, title=title, path=path, address=address)
    return lines


def _elsewhere(connection: Connection, inbox: Inbox, one: Told) -> tuple[str, str] | None:
    """Title and address of something that is no page, if the actor may read its space."""
    if one.subject_kind == "space":
        space = select(Space.title).where(Space.id == one.subject_id, readable(Space.id))
        title = connection.execute(space, bound(inbox.actor)).scalar()
        return (title, "") if title else None
    subject = inbox.subjects.get(one.subject_kind)
    if subject is None:
        return None
    try:
        place = subject.place(connection, one.subject_id)
    except KBWikiError:
        return None
    if not has_right(connection, place.space_id, Right.READ, inbox.actor):
        return None
    return place.title, place.path
