"""`route_change`: plugins name more groups for a change that is in, and these get reviews of their own.

What a plugin names comes on top: nothing is taken from anybody, and nothing waits for it. The reviews are opened in the
transaction that moves the plugin's cursor, so they are opened once for each change, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from ..actors import SYSTEM
from ..db import Change, Transaction, table_of
from ..hooks.reviewing import Fact, ReviewFacts, Route
from ..journal.models import Entry
from ..journal.tail import cursor_of, last_position, move_cursor
from ..moderation.access import reads
from ..moderation.lifecycle import Duty, add_author, take_in
from ..moderation.models import Review
from ..moderation.rules.actions import FURTHER
from ..moderation.rules.calendar import working_time
from ..moderation.rules.matching import Due
from ..moderation.subjects import subject_of
from ..moderation.transitions import Event
from ..pages.models import Revision
from .following import Following, facts_after, log

MOST_GROUPS = 10
"""So many groups a plugin may ask to look at one change."""

_ENTRY = table_of(Entry).c


class Routed(Following):
    """`route_change` of a plugin, change for change."""

    hook = "route_change"

    def step(self, token: str) -> int:
        """Ask about the next fact, and open what was asked for; how many positions it went on."""
        wiki = self.wiki
        with wiki.read() as connection:
            last, seen = last_position(connection, wiki.id), cursor_of(connection, wiki.id, self.name)
            fact = next(iter(facts_after(wiki, connection, seen, last, 1, ())), None)
            about = self._about(connection, fact) if fact is not None else None
        routes: list[Route] = []
        problem = ""
        if about is not None:
            called = wiki.plugins.ask_one(self.plugin, self.hook, review=about)
            routes, problem = called.value or [], called.problem
        to = seen if problem or fact is None else fact.position or seen
        if any(route.groups for route in routes):
            with wiki.begin(SYSTEM) as tx:
                moved = move_cursor(tx.connection, wiki.id, self.name, seen=seen, to=to)
                if moved and fact is not None:
                    _open(tx, self.plugin, fact, routes)
                failures = self.turns.end(tx.connection, self.name, token)
        else:
            with wiki.database.write() as writable:
                moved = to == seen or move_cursor(writable, wiki.id, self.name, seen=seen, to=to)
                failures = self.turns.end(writable, self.name, token, failure=problem)
        self.after_failures(failures, problem)
        return to - seen if moved else 0

    def _about(self, connection: Connection, fact: Fact) -> ReviewFacts | None:
        """The change as the plugin is told of it; None for what is no change that anybody has to look at."""
        given = fact.payload.get("reviews") or {}
        exempt = connection.execute(
            select(_ENTRY.exempt).where(_ENTRY.wiki_id == self.wiki.id, _ENTRY.position == fact.position)
        ).scalar()
        if exempt is not None or not given:
            return None
        subject = self.wiki.subjects[fact.subject_kind]
        try:
            place = subject.place(connection, fact.subject_id)
            sides = subject.sides(connection, fact.subject_id, fact.number - 1, fact.number)
        except Exception:
            log.warning(
                "The change at %s could not be read, so nobody was asked about it.", fact.position, exc_info=True
            )
            connection.rollback()  # a failed statement ends the transaction on PostgreSQL; nothing was written
            return None
        return ReviewFacts(
            given[min(given, key=int)]["group"],
            fact.subject_kind,
            fact.subject_id,
            place.path,
            place.title,
            () if _is_author_hidden(connection, fact) else (fact.actor_id,),
            *(sides if sides is not None else (None, None)),
        )


def _is_author_hidden(connection: Connection, fact: Fact) -> bool:
    if fact.subject_kind != "page":
        return False
    found = select(Revision.author_hidden).where(Revision.page_id == fact.subject_id, Revision.number == fact.number)
    return bool(connection.execute(found).scalar())


def _open(tx: Transaction, plugin: str, fact: Fact, routes: Sequence[Route]) -> None:
    """Give the change to the groups that have not had it, and can read it."""
    subject = subject_of(tx, fact.subject_kind)
    # The subject first, as everywhere: whoever saves or decides holds it before any review of it.
    subject.lock(tx, fact.subject_id)
    space_id = subject.place(tx.connection, fact.subject_id).space_id or _space_of(tx, fact)
    had = _had_it(tx, fact)
    wanted = {group: route.why for route in reversed(routes) for group in route.groups}
    for group in sorted(wanted)[:MOST_GROUPS]:
        if group in had:
            continue
        if not reads(tx.connection, space_id, group):
            log.warning("The plugin %s asks %r to look at what it cannot read; it was not asked.", plugin, group)
            continue
        _give(tx, plugin, fact, space_id, group, wanted[group])


def _give(tx: Transaction, plugin: str, fact: Fact, space_id: int, group: str, why: str) -> None:
    due_at = working_time(tx.settings).due(tx.now, Due(tx.settings.escalation_due_hours))
    base, head = fact.number - 1, fact.number
    review = take_in(tx, Duty(group, fact.subject_kind, fact.subject_id, space_id, base, head, due_at), _is_news)
    author = select(_ENTRY.actor_id).where(_ENTRY.wiki_id == tx.wiki_id, _ENTRY.position == fact.position)
    add_author(tx, review.id, tx.connection.execute(author).scalar_one())
    tx.record(
        Change(
            kind=FURTHER,
            subject_kind="review",
            subject_id=review.id,
            number=review.version,
            spaces=(),
            payload={
                fact.subject_kind: fact.subject_id,
                "group": group,
                "base": base,
                "head": head,
                "plugin": plugin,
                "why": why[:500],
                "exempt": {"rule": FURTHER, "probability": 1},
            },
            exempt=FURTHER,
        )
    )


def _is_news(_review: Any) -> Event:
    return Event.REPORT


def _had_it(tx: Transaction, fact: Fact) -> set[str]:
    """Groups that have, or had, a review of this very change."""
    covering = select(Review.group).where(
        Review.wiki_id == tx.wiki_id,
        Review.subject_kind == fact.subject_kind,
        Review.subject_id == fact.subject_id,
        Review.base < fact.number,
        Review.head >= fact.number,
    )
    return set(tx.connection.execute(covering).scalars())


def _space_of(tx: Transaction, fact: Fact) -> int:
    """Where a thing without a place of its own lies: where its reviews do."""
    found = select(Review.space_id).where(
        Review.wiki_id == tx.wiki_id, Review.subject_kind == fact.subject_kind, Review.subject_id == fact.subject_id
    )
    return int(tx.connection.execute(found.order_by(Review.id.desc()).limit(1)).scalar_one())
