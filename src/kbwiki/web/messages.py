"""Messages: what groups decided about one's work, why, what can be done now, and how to object."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.messages.delivery import mark_read
from ..moderation.messages.inbox import NEWEST, Inbox, MessageView, count_unread, messages_for
from ..moderation.messages.lines import MessageLine
from ..moderation.policy import CAN_BE_APPEALED, Verdict
from ..moderation.queries.evidence import Objection, concerns_for, objections_of, taken_back_among
from .forms import number
from .lists import PageName
from .outcome_words import objection_words
from .visit import Visit
from .words import kb_t, when

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class LineRow:
    """One decision in a message. `page` is None where the page is not the reader's to know; `object_url` where there is
    nothing to object to, or no more, which `objection` says. `answer_url` leads to a question that still waits."""

    page: PageName | None
    paragraphs: tuple[str, ...]
    history_url: str | None
    diff_url: str | None
    object_url: str | None
    answer_url: str | None
    objection: str


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
        raise Forbidden(kb_t("Please sign in to see your [messages]."))
    inbox, before = inbox_of(visit), visit.request.args.get("before", NEWEST, type=number)
    views = messages_for(visit.connection, inbox, before=before, count=PER_PAGE + 1)
    gathered = [view.id for view in views if view.id]
    older = gathered[PER_PAGE - 1] if len(gathered) > PER_PAGE else None
    shown = [view for view in views if older is None or not view.id or view.id >= older]
    standing = _standing(visit, shown)
    return visit.show(
        "kbwiki/messages.html",
        title=kb_t("[Messages]"),
        section="messages",
        messages=tuple(_row(visit, view, standing) for view in shown),
        unread=count_unread(visit.connection, inbox),
        seen=visit.now.isoformat(),
        older_url=visit.url("messages", before=older) if older else None,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What became, since, of the decisions that messages tell about; `asked` are concerns that still wait."""

    objections: Mapping[int, Objection]
    taken_back: Collection[int]
    asked: Collection[int]


def _standing(visit: Visit, views: list[MessageView]) -> _Standing:
    ids = [line.decision_id for view in views for line in view.lines]
    return _Standing(
        objections_of(visit.connection, visit.actor, visit.wiki.id, ids),
        taken_back_among(visit.connection, ids),
        {one.decision_id for one in concerns_for(visit.connection, visit.wiki.id, visit.actor)},
    )


def _row(visit: Visit, view: MessageView, standing: _Standing) -> MessageRow:
    lines = tuple(_line(visit, line, standing) for line in view.lines)
    return MessageRow(view.group, when(view.lines[-1].at, visit.now), view.read_at is None, lines)


def _line(visit: Visit, line: MessageLine, standing: _Standing) -> LineRow:
    is_page = bool(line.path) and line.page_id != 0
    shows_words = is_page and line.base < line.head and line.verdict is not Verdict.HIDE
    return LineRow(
        PageName(line.title, visit.url.page(line.path), line.path) if line.path else None,
        tuple(line.text.split("\n\n")),
        visit.url("history", path=line.path) if is_page else None,
        visit.url("diff", path=line.path, a=line.base, b=line.head) if shows_words else None,
        _object_url(visit, line, standing),
        visit.url("mine") + "#kb_waits" if line.decision_id in standing.asked else None,
        _objection(visit, line, standing),
    )


def _object_url(visit: Visit, line: MessageLine, standing: _Standing) -> str | None:
    """Where the reader can object to the decision, while they can."""
    over = line.decision_id in standing.taken_back or line.decision_id in standing.objections
    return visit.url("appeal", id=line.decision_id) if line.verdict in CAN_BE_APPEALED and not over else None


def _objection(visit: Visit, line: MessageLine, standing: _Standing) -> str:
    said = objection_words(standing.objections.get(line.decision_id), visit.now)
    if not said and line.decision_id in standing.taken_back:
        return kb_t("This was taken back since.")
    return said


def read_all(visit: Visit) -> Response:
    """Mark as read what was on the screen; what came since stays new."""
    try:
        seen = datetime.fromisoformat(visit.request.form.get("seen", ""))
    except ValueError:
        seen = visit.now
    with visit.change() as tx:
        mark_read(tx, seen if seen.tzinfo else visit.now)
    return visit.go(visit.url("messages"))
