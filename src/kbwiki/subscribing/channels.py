"""Messages to people: gathered when they are due, told to the host by a signal, and to plugins' channels durably.

What a channel has to send is written in the transaction that gathers the message, so no crash can lose it, and goes
when it was sent. To one person everything goes in order: whoever gathers for somebody holds their row until the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select

from .. import signals
from ..db import in_list, table_of
from ..hooks.fact_models import PluginNotice
from ..hooks.marks import Asked
from ..hooks.outside import Channel, Notice
from ..hooks.reviewing import Consumer
from ..hooks.turns import Turns
from ..moderation.messages.delivery import deliver, due_recipients
from ..wording import speaking
from .following import Following, Lag

if TYPE_CHECKING:
    from ..wiki import Wiki

AT_ONCE = 50
"""So many notices a channel gets at a time."""

_ROWS = table_of(PluginNotice)


def deliver_messages(wiki: Wiki) -> int:
    """Gather what authors have to be told by now, tell channels and host of each message; how many."""
    now, sent, voice = wiki.clock(), 0, wiki.voice.now()
    channels = [f"x:{given.plugin}:{given.value.name}" for given in wiki.plugins.declared("channels")]
    with wiki.read() as connection:
        recipients = due_recipients(connection, wiki.id, now)
    for recipient in recipients:
        with wiki.database.write() as connection, speaking(voice):
            events = deliver(connection, wiki.id, recipient, now, wiki.settings, wiki.name)
            _keep(connection, wiki, channels, events)
        for event in events:
            signals.tell(signals.message_due, wiki.sender if wiki.sender is not None else wiki, event)
        sent += len(events)
    return sent


def _keep(connection: Connection, wiki: Wiki, channels: Sequence[str], events: Iterable[signals.MessageDue]) -> None:
    rows = [
        {"wiki_id": wiki.id, "channel": channel, "at": event.at, "notice": _stored(event)}
        for event in events
        for channel in channels
    ]
    if rows:
        connection.execute(insert(_ROWS), rows)


def _stored(event: signals.MessageDue) -> dict[str, Any]:
    told = asdict(event)
    return {**told, "at": event.at.isoformat(), "paths": list(event.paths)}


class Channelled(Following):
    """A channel of a plugin: it gets notices, which go when it has taken them."""

    hook = "channels"

    def __init__(self, wiki: Wiki, turns: Turns, plugin: str, channel: Channel) -> None:
        super().__init__(wiki, turns, plugin, Consumer(channel.name, lambda facts: None))
        self.channel = channel

    def has_to_read(self) -> bool:
        """Whether notices wait for it."""
        with self.wiki.read() as connection:
            return connection.execute(select(_ROWS.c.id).where(*self._mine()).limit(1)).first() is not None

    def step(self, token: str) -> int:
        """Let it send the next notices; how many it did."""
        wiki = self.wiki
        with wiki.read() as connection:
            waiting = select(_ROWS.c.id, _ROWS.c.notice).where(*self._mine()).order_by(_ROWS.c.id).limit(AT_ONCE)
            rows = connection.execute(waiting).all()
        notices = tuple(self._notice(row.id, row.notice) for row in rows)
        problem = ""
        if notices:
            send = self.channel.send
            called = wiki.plugins.call(self.plugin, self.hook, send, notices, gives=None, asked=Asked.WORKING)
            problem = called.problem
        with wiki.database.write() as writable:
            if rows and not problem:
                writable.execute(delete(_ROWS).where(in_list(_ROWS.c.id, "ids")), {"ids": [row.id for row in rows]})
            failures = self.turns.end(writable, self.name, token, failure=problem)
        self.after_failures(failures, problem)
        return 0 if problem else len(rows)

    def lag(self, connection: Connection) -> Lag:
        """How many notices wait, and for how long the first of them has."""
        wiki = self.wiki
        count, since = connection.execute(select(func.count(), func.min(_ROWS.c.at)).where(*self._mine())).one()
        seconds = max((wiki.clock() - since).total_seconds(), 0.0) if since is not None else 0.0
        standing = self.turns.standing(connection, self.name)
        is_off = wiki.plugins.switches.is_off(self.plugin, self.hook)
        return Lag(self.plugin, self.hook, self.name, 0, int(count), seconds, standing, is_off)

    def _mine(self) -> tuple[Any, ...]:
        return _ROWS.c.wiki_id == self.wiki.id, _ROWS.c.channel == self.name

    def _notice(self, id: int, told: dict[str, Any]) -> Notice:
        return Notice(
            wiki=told["wiki"],
            id=id,
            message_id=told["message_id"],
            recipient_id=told["recipient_id"],
            recipient_name=told["recipient_name"],
            group=told["group"],
            at=datetime.fromisoformat(told["at"]),
            begun=told["begun"],
            subject=told["subject"],
            text=told["text"],
            url=f"{self.wiki.url_prefix}/-/messages",
        )
