"""One decision in the words of a message. What may be said of the page is for the caller to know, and to bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from ...journal.models import ActorRow
from ...settings import Settings
from ...wording import N_, kb_t
from ...wording.amounts import day_and_time
from ..models import Decision, Notice
from ..policy import Verdict, why_of
from .templates import NEXT, OBJECT, WHAT, WHY, completed, render

UNKNOWN = N_("something you cannot read any more")
"""What stands for a title that is not this reader's to know, or no more."""

UNNAMED = N_("something you changed")
"""What stands for a title where nobody can be asked what the reader may know."""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision somebody has to be told about, as it was taken. `message_id` is None until it was gathered."""

    message_id: int | None
    decision_id: int
    group: str
    verdict: Verdict
    by: str
    at: datetime
    reason: str
    note: str
    facts: dict[str, Any]
    subject_kind: str
    subject_id: int
    base: int
    head: int


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A decision as its author reads it: the facts one by one, and `text`, the whole in the words of the template.

    `title` and `path` are empty where the page is not the reader's to know, `note` where none was given. `page_id` is
    0 for what is no page; `base` and `head` are the range that was decided.
    """

    decision_id: int
    verdict: Verdict
    who: str
    what: str
    why: str
    note: str
    next: str
    objecting: str
    title: str
    path: str
    at: datetime
    text: str
    page_id: int = 0
    base: int = 0
    head: int = 0


_TOLD = (
    select(
        Notice.message_id,
        Decision.id,
        Decision.group,
        Decision.verdict,
        ActorRow.name,
        Decision.at,
        Decision.reason,
        Decision.note,
        Decision.facts,
        Decision.subject_kind,
        Decision.subject_id,
        Decision.base,
        Decision.head,
    )
    .join(Decision, Decision.id == Notice.decision_id)
    .join(ActorRow, ActorRow.id == Decision.actor_id)
    .where(Notice.dropped.is_(False))
    .order_by(Decision.id)
)


def told(connection: Connection, *conditions: ColumnElement[bool]) -> list[Told]:
    """The decisions of the notices that meet the conditions, oldest first."""
    rows = connection.execute(_TOLD.where(*conditions))
    return [Told(row[0], row[1], row[2], Verdict(row[3]), *row[4:]) for row in rows]


def line_of(one: Told, settings: Settings, *, title: str, path: str, address: str = "") -> MessageLine:
    """The decision in words. `title` and `path` are what its reader may know of the page; `address` is where to
    object."""
    group = kb_t("The [group] “{group}”", group=one.group)
    who = kb_t("{by}, for the [group] “{group}”,", by=one.by, group=one.group) if settings.name_moderators else group
    why = why_of(one.reason, one.facts) or (kb_t(WHY[one.verdict]) if one.verdict in WHY else "")
    template = completed(str(one.facts.get("template", "")), one.verdict)
    what, objecting = _what(one), f"{kb_t(OBJECT[one.verdict])} {address}".strip()
    next_ = kb_t(NEXT[one.verdict])
    text = render(
        template,
        {
            "who": who,
            "group": one.group,
            "what": what,
            "title": title or kb_t(UNKNOWN),
            "when": day_and_time(one.at),
            "why": why,
            "note": one.note,
            "next": next_,
            "object": objecting,
        },
    )
    facts = (who, what, why, one.note, next_, objecting, title, path)
    page_id = one.subject_id if one.subject_kind == "page" else 0
    return MessageLine(one.decision_id, one.verdict, *facts, one.at, text, page_id, one.base, one.head)


def _what(one: Told) -> str:
    until = one.facts.get("until")
    if not isinstance(until, str):
        return kb_t(WHAT[one.verdict])
    said = day_and_time(datetime.fromisoformat(until))
    return kb_t("{what} until {moment}", what=kb_t(WHAT[one.verdict]), moment=said)


def subject_line(settings: Settings, group: str, lines: Sequence[MessageLine]) -> str:
    """What a mail with these lines is about, in one line."""
    if len(lines) == 1:
        return f"{settings.name}: {lines[0].who} {lines[0].what}"
    return kb_t(
        "{name}: the [group] “{group}” decided about your work, {count} times",
        name=settings.name,
        group=group,
        count=len(lines),
    )
