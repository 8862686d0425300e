"""Messages: what groups decided about one's work, why, what can be done now, and how to object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.messages.delivery import mark_read
from ..moderation.messages.inbox import NEWEST, Inbox, MessageView, count_unread, messages_for
from ..moderation.messages.lines import MessageLine
from ..moderation.messages.templates import CAN_OBJECT
from .lists import PageName
from .visit import Visit
from .words import kb_t, when

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class LineRow:
    """One decision in a message. `page` is None where the page is not the reader's to know; `object_url` where there is
    nothing to object to."""

    page: PageName | None
    paragraphs: tuple[str, ...]
    history_url: str | None
    object_url: str | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message."""

    group: str
    when: Markup
    is_new: bool
    lines: tuple[LineRow, ...]


def inbox_of(visit: Visit) -> Inbox:
    """The inbox of the visit's actor, now."""
    return Inbox(visit.wiki.id, visit.actor, visit.settings, visit.wiki.subjects, visit.now)


def my_messages(visit: Visit) -> Response:
    """The actor's messages, newest first."""
    if visit.actor.is_anonymous:
        raise Forbidden("Please sign in to see your messages.")
    inbox, before = inbox_of(visit), visit.request.args.get("before", NEWEST, type=int)
    views = messages_for(visit.connection, inbox, before=before, count=PER_PAGE + 1)
    gathered = [view.id for view in views if view.id]
    older = gathered[PER_PAGE - 1] if len(gathered) > PER_PAGE else None
    return visit.show(
        "kbwiki/messages.html",
        title=kb_t("Messages"),
        section="messages",
        messages=tuple(_row(visit, view) for view in views if older is None or not view.id or view.id >= older),
        unread=count_unread(visit.connection, inbox),
        seen=visit.now.isoformat(),
        older_url=visit.url("messages", before=older) if older else None,
    )


def _row(visit: Visit, view: MessageView) -> MessageRow:
    lines = tuple(_line(visit, line) for line in view.lines)
    return MessageRow(view.group, when(view.lines[-1].at, visit.now), view.read_at is None, lines)


def _line(visit: Visit, line: MessageLine) -> LineRow:
    paragraphs = tuple(line.text.split("\n\n"))
    objects = line.verdict in CAN_OBJECT and visit.url.knows("appeal")
    object_url = visit.url("appeal", id=line.decision_id) if objects else None
    if not line.path:
        return LineRow(None, paragraphs, None, object_url)
    page = PageName(line.title, visit.url.page(line.path), line.path)
    return LineRow(page, paragraphs, visit.url("history", path=line.path), object_url)


def read_all(visit: Visit) -> Response:
    """Mark as read what was on the screen; what came since stays new."""
    try:
        seen = datetime.fromisoformat(visit.request.form.get("seen", ""))
    except ValueError:
        seen = visit.now
    with visit.change() as tx:
        mark_read(tx, seen if seen.tzinfo else visit.now)
    return visit.go(visit.url("messages"))
