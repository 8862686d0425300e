"""The risk of live reviews follows the journal: assessed after the commit, in small batches, by whoever comes.

Facts are read and plugins asked while nothing is locked. Writing takes a moment: it waits for no review that a save or
a decision is busy with, and writes only where review and hidden parts are as they were read.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from ...database import Database
from ...db import in_list, table_of
from ...hooks.manager import Plugins
from ...journal.tail import cursor_of, entries_after, last_position, move_cursor
from ..models import IS_LIVE, Review
from ..risk import Reason, Words, assess, total
from ..subjects import Subjects
from .facts import Facts, Reader, marks_of
from .plugins import PluginReasons
from .touched import touched_reviews

log = logging.getLogger("kbwiki.risk")

CONSUMER = "risk"
AT_ONCE = 50
"""So many reviews are assessed before what was found is written."""
_ENTRIES = 1000
_AGAIN_AFTER = 0.05
_ATTEMPTS = 40

_LOCKED = select(Review.id).where(in_list(Review.id, "ids"), IS_LIVE).with_for_update(skip_locked=True)
_LIVE = select(Review.id).where(in_list(Review.id, "ids"), IS_LIVE)
_WRITE = (
    update(table_of(Review))
    .where(
        table_of(Review).c.id == bindparam("review_id"),
        table_of(Review).c.base == bindparam("was_base"),
        table_of(Review).c.head == bindparam("was_head"),
        IS_LIVE,
    )
    .values(risk=bindparam("new_risk"), risk_reasons=bindparam("new_reasons"))
)
_FORGET = (
    update(table_of(Review))
    .where(table_of(Review).c.subject_id == bindparam("page_id"), table_of(Review).c.subject_kind == "page")
    .values(risk=0.0, risk_reasons=[])
)

Assessed = tuple[Facts, tuple[Reason, ...]]


def forget_risk(connection: Connection, page_id: int) -> None:
    """Drop what was assessed of a page of which something is being hidden: reasons speak of its words and authors.

    What may still be said is assessed anew when the hiding is in the journal.
    """
    connection.execute(_FORGET, {"page_id": page_id})


class Assessment:
    """Keeps the risk of one wiki's live reviews; `reasons` are those that plugins added."""

    def __init__(
        self,
        database: Database,
        wiki_id: Callable[[], int],
        prepare: Callable[[], object],
        subjects: Subjects,
        weights: Mapping[str, float],
        plugins: Callable[[], Plugins] | None = None,
    ) -> None:
        self._database = database
        self._wiki_id = wiki_id
        self._prepare = prepare
        self._subjects = subjects
        self._weights = weights
        self.reasons = PluginReasons(plugins)

    def for_wiki(
        self,
        wiki_id: Callable[[], int],
        prepare: Callable[[], object],
        plugins: Callable[[], Plugins] | None = None,
    ) -> Assessment:
        """The same for another wiki in the same database, with the same reasons."""
        other = Assessment(self._database, wiki_id, prepare, self._subjects, self._weights)
        other.reasons = self.reasons.of_wiki(plugins)
        return other

    def catch_up(self, seconds: float | None = None) -> int:
        """Take in what is in the journal; how many entries were read. Any number of processes may do so.

        With `seconds` it stops after about so long, and at once when somebody else is writing, and it never raises: a
        queue is shown with the risk there is. Without, it goes on to the end. Errors: Busy when the database stays
        locked.
        """
        if seconds is None:
            return self._follow(None)
        try:
            return self._follow(time.monotonic() + seconds)
        except Exception:
            log.exception("The risk of reviews could not be brought up to date; whoever comes next goes on.")
            return 0

    def _follow(self, ends: float | None) -> int:
        self._prepare()
        read = attempts = 0
        while attempts < _ATTEMPTS and (ends is None or time.monotonic() < ends):
            step = self._step(bounded=ends is not None)
            if step == 0:
                break
            if step is None:
                attempts += 1
                time.sleep(_AGAIN_AFTER)
                continue
            read, attempts = read + step, 0
        return read

    def lag(self) -> int:
        """How many journal entries were not taken in yet."""
        with self._database.read() as connection:
            return last_position(connection, self._wiki_id()) - cursor_of(connection, self._wiki_id(), CONSUMER)

    def _step(self, *, bounded: bool) -> int | None:
        """One batch: how many entries it read; 0 when nothing is left, None when some reviews were being written to."""
        wiki_id = self._wiki_id()
        with self._database.read() as connection:
            seen = cursor_of(connection, wiki_id, CONSUMER)
            entries = entries_after(connection, wiki_id, seen, _ENTRIES)
            if not entries:
                return 0
            count, ids = _batch(touched_reviews(connection, wiki_id, entries))
            found = Reader(connection, wiki_id, self._subjects).read(sorted(ids))
        assessed = [(facts, self.assess(facts)) for facts in found]
        with self._writing(bounded=bounded) as writable:
            if writable is None:
                return 0
            to = entries[count - 1].position
            if not move_cursor(writable, wiki_id, CONSUMER, seen=seen, to=to):
                return 0  # somebody else does it
            if not _write(writable, assessed):
                move_cursor(writable, wiki_id, CONSUMER, seen=to, to=seen)
                return None
        return count

    def assess(self, facts: Facts) -> tuple[Reason, ...]:
        """The reasons for the risk of a review of which this is known."""
        before, after = facts.change.before, facts.change.after
        words = None if before is None or after is None else Words(before, after)
        more = self.reasons.ask(facts.change)
        return assess(facts.authors, words, facts.reach, weights=self._weights, more=more)

    def _writing(self, *, bounded: bool) -> AbstractContextManager[Connection | None]:
        return self._database.write_if_free() if bounded else self._database.write()


def _batch(touched: Sequence[Sequence[int]]) -> tuple[int, set[int]]:
    """So many of the entries that there are not too many reviews to assess, and those reviews."""
    ids: set[int] = set()
    for count, reviews in enumerate(touched):
        if count and len(ids.union(reviews)) > AT_ONCE:
            return count, ids
        ids.update(reviews)
    return len(touched), ids


def _write(connection: Connection, assessed: Sequence[Assessed]) -> bool:
    """Write where all is as it was read; whether no review had to be left out because it was locked.

    A review that has moved on is left to the entry that moved it. Waiting for none while holding others, this can be in
    nobody's way for longer than it takes to write.
    """
    if not assessed:
        return True
    ids = {"ids": sorted(facts.review_id for facts, _ in assessed)}
    held = set(connection.execute(_LOCKED, ids).scalars())
    marks = marks_of(connection, ids["ids"])
    rows = [_row(*one) for one in assessed if one[0].review_id in held and marks[one[0].review_id] == one[0].hidden]
    if rows:
        connection.execute(_WRITE, rows)
    return held >= set(connection.execute(_LIVE, ids).scalars())


def _row(facts: Facts, reasons: Sequence[Reason]) -> dict[str, Any]:
    # Rounded before they are added up, so that what is shown adds up to what is shown.
    shown = [Reason(reason.name, round(reason.weight, 2)) for reason in reasons]
    return {
        "review_id": facts.review_id,
        "was_base": facts.base,
        "was_head": facts.head,
        "new_risk": round(total(shown), 2),
        "new_reasons": [[reason.name, reason.weight] for reason in shown],
    }
