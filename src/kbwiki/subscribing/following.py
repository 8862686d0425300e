"""One subscription of a plugin to the journal: how a batch is read, handed over, and the cursor moved on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from ..db import in_list, insert_or_ignore
from ..hooks.marks import Asked
from ..hooks.reviewing import Consumer, Fact
from ..hooks.turns import Standing, Turns
from ..journal.models import ActorRow, Cursor, Entry
from ..journal.tail import cursor_of, last_position, move_cursor, waiting_since

if TYPE_CHECKING:
    from ..wiki import Wiki

log = logging.getLogger("kbwiki.plugins")

_FACTS = (
    select(
        Entry.position, Entry.kind, ActorRow.external_id, ActorRow.name, Entry.at, Entry.subject_kind,
        Entry.subject_id, Entry.number, Entry.payload,
    )
    .join(ActorRow, ActorRow.id == Entry.actor_id)
    .where(
        Entry.wiki_id == bindparam("wiki_id"), Entry.position > bindparam("after"), Entry.position <= bindparam("last")
    )
    .order_by(Entry.position)
    .limit(bindparam("most"))
)  # fmt: skip
_OF_KINDS = _FACTS.where(in_list(Entry.kind, "kinds"))


def facts_after(
    wiki: Wiki, connection: Connection, after: int, last: int, most: int, kinds: Sequence[str]
) -> list[Fact]:
    """Up to `most` facts behind position `after` up to `last`, in order; only those of `kinds`, if any are named."""
    key = {"wiki_id": wiki.id, "after": after, "last": last, "most": most}
    rows = connection.execute(_OF_KINDS, {**key, "kinds": list(kinds)}) if kinds else connection.execute(_FACTS, key)
    return [Fact(wiki.name, *row) for row in rows]


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a subscription has read, how many facts wait and for how many seconds, and how it went."""

    plugin: str
    hook: str
    name: str
    position: int
    behind: int
    seconds: float
    standing: Standing
    is_off: bool


class Following:
    """One subscription of a plugin to the journal. Others differ in what they do with a batch."""

    hook = "consumers"

    def __init__(self, wiki: Wiki, turns: Turns, plugin: str, consumer: Consumer) -> None:
        self.wiki, self.turns, self.plugin, self.consumer = wiki, turns, plugin, consumer
        self.name = f"x:{plugin}:{consumer.name}"

    def has_to_read(self) -> bool:
        """Whether there is something for it; its cursor is put down if it has none."""
        with self.wiki.read() as connection:
            last = last_position(connection, self.wiki.id)
            known = select(Cursor.position).where(Cursor.wiki_id == self.wiki.id, Cursor.name == self.name)
            at = connection.execute(known).scalar()
        if at is None:
            at = 0 if self.consumer.from_start else last
            with self.wiki.database.write() as writable:
                fresh = {"wiki_id": self.wiki.id, "name": self.name, "position": at}
                writable.execute(insert_or_ignore(writable, Cursor), fresh)
        return at < last

    def step(self, token: str) -> int:
        """Hand out one batch; how many positions it went on. Whoever calls this has the turn."""
        wiki, most = self.wiki, max(1, min(self.consumer.most, 1000))
        with wiki.read() as connection:
            last, seen = last_position(connection, wiki.id), cursor_of(connection, wiki.id, self.name)
            facts = facts_after(wiki, connection, seen, last, most, self.consumer.kinds)
        done, problem = self.hand_out(facts) if facts else (0, "")
        to = (facts[done - 1].position or seen) if done else seen
        if not problem and len(facts) < most:
            to = last
        with wiki.database.write() as writable:
            moved = to == seen or move_cursor(writable, wiki.id, self.name, seen=seen, to=to)
            failures = self.turns.end(writable, self.name, token, failure=problem, went_on=to > seen)
        self.after_failures(failures, problem)
        return to - seen if moved else 0

    def hand_out(self, facts: Sequence[Fact]) -> tuple[int, str]:
        """Hand over the facts; how many were taken, and what went wrong with the next."""
        called = self.wiki.plugins.call(
            self.plugin, self.hook, self.consumer.take, tuple(facts), gives=None, asked=Asked.WORKING
        )
        return (0, called.problem) if called.problem else (len(facts), "")

    def after_failures(self, failures: int, problem: str) -> None:
        """Switch off what failed too often, across processes; its cursor stays."""
        plugins = self.wiki.plugins
        if failures >= self.wiki.settings.hook_failures and not plugins.switches.is_off(self.plugin, self.hook):
            log.error("The plugin %s is switched off for %s: it failed too often.", self.plugin, self.hook)
            plugins.turn_off(self.plugin, self.hook, by="", why=problem)

    def lag(self, connection: Connection) -> Lag:
        """How it stands."""
        wiki = self.wiki
        at = cursor_of(connection, wiki.id, self.name)
        since = waiting_since(connection, wiki.id, at)
        behind = last_position(connection, wiki.id) - at if since is not None else 0
        seconds = max((wiki.clock() - since).total_seconds(), 0.0) if since is not None else 0.0
        standing = self.turns.standing(connection, self.name)
        is_off = wiki.plugins.switches.is_off(self.plugin, self.hook)
        return Lag(self.plugin, self.hook, self.name, at, behind, seconds, standing, is_off)


class Deciding(Following):
    """`on_decision` of a plugin: decision for decision, each asked about by itself."""

    hook = "on_decision"

    def hand_out(self, facts: Sequence[Fact]) -> tuple[int, str]:
        """Each in turn, up to the first that fails."""
        for done, fact in enumerate(facts):
            called = self.wiki.plugins.ask_one(self.plugin, self.hook, fact=fact)
            if called.problem:
                return done, called.problem
        return len(facts), ""
