"""Notices whose grace period is over are gathered: one message for everything one group decided within an hour.

Any number of workers may run. Whoever gathers for a recipient holds the recipient's row until the commit, so a message
is begun once; a notice goes into one message, once; and one that is being dropped is waited for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, exists, func, insert, select, update

from ...db import Transaction, in_list, table_of
from ...journal.models import ActorRow
from ...pages.models import Revision
from ...settings import Settings
from ...signals import MessageDue
from ...wording import kb_t
from ..models import Decision, Message, Notice
from .lines import UNNAMED, line_of, subject_line, told

ONE_MESSAGE = timedelta(hours=1)
"""For how long an unread message takes in more of the same group."""

WAITS = Notice.message_id.is_(None) & Notice.dropped.is_(False)
"""SQL: nobody has gathered the notice yet, and it was not dropped."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came into a message; `begun` when it was begun with it."""

    message_id: int
    group: str
    begun: bool
    decision_ids: tuple[int, ...]


def due_recipients(connection: Connection, wiki_id: int, now: datetime, most: int = 500) -> list[int]:
    """Who has to be told something now, by row."""
    rows = connection.execute(
        select(Notice.recipient_id)
        .where(Notice.wiki_id == wiki_id, WAITS, Notice.due_at <= now)
        .distinct()
        .order_by(Notice.recipient_id)
        .limit(most)
    )
    return list(rows.scalars())


def gather(
    connection: Connection, wiki_id: int, recipient_id: int, now: datetime, upto: datetime | None = None
) -> list[Gathered]:
    """Put what the recipient has to be told (what was due at `upto`) into messages, begun or extended."""
    connection.execute(select(ActorRow.id).where(ActorRow.id == recipient_id).with_for_update(key_share=True))
    waiting = connection.execute(
        select(Decision.group, Notice.decision_id)
        .join(Decision, Decision.id == Notice.decision_id)
        .where(
            Notice.wiki_id == wiki_id,
            Notice.recipient_id == recipient_id,
            WAITS,
            Notice.due_at <= (upto or now),
        )
        .order_by(Decision.group, Notice.decision_id)
        .with_for_update(of=Notice)
    ).all()
    return [
        _put(connection, wiki_id, recipient_id, now, group, [row.decision_id for row in rows])
        for group, rows in groupby(waiting, key=lambda row: str(row.group))
    ]


def _put(
    connection: Connection, wiki_id: int, recipient_id: int, now: datetime, group: str, decision_ids: list[int]
) -> Gathered:
    found = connection.execute(
        select(func.max(Message.id)).where(
            Message.wiki_id == wiki_id,
            Message.recipient_id == recipient_id,
            Message.group == group,
            Message.read_at.is_(None),
            Message.begun_at > now - ONE_MESSAGE,
        )
    ).scalar()
    message_id = _begin(connection, wiki_id, recipient_id, group, now) if found is None else int(found)
    if found is not None:
        connection.execute(update(table_of(Message)).where(Message.id == message_id).values(updated_at=now))
    connection.execute(
        update(table_of(Notice))
        .where(Notice.recipient_id == recipient_id, WAITS, in_list(Notice.decision_id, "ids"))
        .values(message_id=message_id),
        {"ids": decision_ids},
    )
    return Gathered(message_id, group, found is None, tuple(decision_ids))


def _begin(connection: Connection, wiki_id: int, recipient_id: int, group: str, now: datetime) -> int:
    created = connection.execute(
        insert(table_of(Message)).returning(table_of(Message).c.id),
        {
            "wiki_id": wiki_id,
            "recipient_id": recipient_id,
            "group": group,
            "begun_at": now,
            "updated_at": now,
            "read_at": None,
        },
    )
    return int(created.scalar_one())


def deliver(
    connection: Connection, wiki_id: int, recipient_id: int, now: datetime, settings: Settings, wiki: str
) -> list[MessageDue]:
    """Gather for the recipient; what the host is to be told of it once this is committed."""
    gathered = gather(connection, wiki_id, recipient_id, now)
    return [_event(connection, one, recipient_id, now, settings, wiki) for one in gathered]


def _event(
    connection: Connection, one: Gathered, recipient_id: int, now: datetime, settings: Settings, wiki: str
) -> MessageDue:
    """Nobody can ask the host here what the recipient may read now, so pages go by the addresses under which they
    themselves wrote, and titles are not named at all."""
    recipient = connection.execute(
        select(ActorRow.external_id, ActorRow.name).where(ActorRow.id == recipient_id)
    ).one()
    lines = []
    decisions = told(
        connection, Notice.recipient_id == recipient_id, Notice.message_id == one.message_id,
        Notice.decision_id.in_(one.decision_ids),
    )  # fmt: skip
    for decision in decisions:
        path = _path_known(connection, recipient_id, decision.subject_id) if decision.subject_kind == "page" else ""
        lines.append(line_of(decision, settings, title=path or kb_t(UNNAMED), path=path))
    return MessageDue(
        wiki=wiki,
        message_id=one.message_id,
        recipient_id=recipient.external_id,
        recipient_name=recipient.name,
        group=one.group,
        at=now,
        begun=one.begun,
        subject=subject_line(settings, one.group, lines),
        text="\n\n\n".join(line.text for line in lines),
        paths=tuple(dict.fromkeys(line.path for line in lines if line.path)),
    )


def _path_known(connection: Connection, recipient_id: int, page_id: int) -> str:
    """The address at which the recipient last changed the page."""
    own = (
        select(Revision.path)
        .where(Revision.page_id == page_id, Revision.actor_id == recipient_id)
        .order_by(Revision.number.desc())
        .limit(1)
    )
    return connection.execute(own).scalar() or ""


def mark_read(tx: Transaction, seen: datetime) -> int:
    """Mark as read every message of the actor that held nothing newer than what was due when the list was `seen`; how
    many they were. What was shown without having been gathered is gathered now, and no signal tells of it."""
    seen = min(seen, tx.now)
    gather(tx.connection, tx.wiki_id, tx.actor_id, tx.now, seen)
    newer = exists().where(Notice.message_id == Message.id, Notice.due_at > seen)
    marked = tx.connection.execute(
        update(table_of(Message))
        .where(
            Message.wiki_id == tx.wiki_id, Message.recipient_id == tx.actor_id, Message.read_at.is_(None), ~newer
        )
        .values(read_at=tx.now)
    )
    return int(marked.rowcount)
