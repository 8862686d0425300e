"""Moderation at scale: what grows when a thousand open reviews become a hundred thousand.

Two wikis with the same 200 groups, 200 spaces and 200 rules, one with 1,000 open reviews and 10 changes for each, one
with 100,000 and as many; a tenth of them waits for the group that is measured. Rows are written in bulk, as many
changes would have written them; what is measured goes through the real functions. Each figure is a median, and its
ratio is that of the large wiki to the small one.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select, text

from kbwiki import SYSTEM, Actor, SpaceSettings, Wiki
from kbwiki.db import Transaction, table_of
from kbwiki.journal.models import Entry
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.models import Review, ReviewAuthor
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.queries.around import onlookers
from kbwiki.moderation.queries.queue import queue
from kbwiki.moderation.queries.review import get_review
from kbwiki.moderation.queries.wanted import Order, View, Wanted
from kbwiki.moderation.queries.worklist import worklist
from kbwiki.moderation.queries.worklist_counts import worklist_counts
from kbwiki.moderation.routing import route
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.tallies import recount
from kbwiki.pages.actions import Edit, save_page
from kbwiki.pages.models import Page, Revision, Text
from kbwiki.pages.queries.history import history
from kbwiki.pages.texts import row_of

from .figures import Figure

SMALL, LARGE = 1_000, 100_000
FLOOR = "the same with 1,000 open reviews"
_GROUPS = 200
_CHANGES = 10
_AUTHORS = 50
_ROUNDS = 40
_START = datetime(2026, 1, 1, tzinfo=UTC)
_AUTHOR = Actor("author", "Arno Author", frozenset({"staff"}))
_MODERATOR = Actor("mona", "Mona Moderator", frozenset({"group-0"}))
_NOW = datetime(2026, 6, 1, tzinfo=UTC)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    """Lists in both orders and with filters, counts, next item with a long page, deciding, and what routing takes."""
    with TemporaryDirectory(prefix="kbwiki-bench-") as name:
        small = _filled(Path(name) / "small.db", SMALL)
        large = _filled(Path(name) / "large.db", LARGE)
        for what, work in _WORKS.items():
            before, after = _medians(work, small, large)
            yield Figure(f"queue_scale.{what}", after * 1000, "ms", after / before, FLOOR)
        small.close()
        large.close()


def _medians(work: Callable[[Wiki, int], float], small: Wiki, large: Wiki) -> tuple[float, float]:
    """The median of both, measured in turn so that the machine's mood is the same for both."""
    took: tuple[list[float], list[float]] = ([], [])
    for round_ in range(_ROUNDS):
        for wiki, times in ((small, took[0]), (large, took[1])):
            times.append(work(wiki, round_))
    return statistics.median(took[0][5:]), statistics.median(took[1][5:])


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _listing(wanted: Wanted, *, counts: bool = False) -> Callable[[Wiki, int], float]:
    """A page of a list, with the counts of every view if asked for."""

    def work(wiki: Wiki, round_: int) -> float:
        groups = ["group-0"]

        def read() -> None:
            with wiki.read() as connection:
                worklist(connection, wiki.id, _MODERATOR, groups, wiki.subjects, wanted, _NOW, count=51)
                if counts:
                    worklist_counts(connection, wiki.id, _MODERATOR, groups, wanted, _NOW)

        return _timed(read)

    return work


def _counting(*views: View) -> Callable[[Wiki, int], float]:
    """The counts of these views, for three groups. What is overdue is counted one by one, up to a bound."""

    def work(wiki: Wiki, round_: int) -> float:
        groups = ["group-0", "group-1", "group-2"]

        def read() -> None:
            with wiki.read() as connection:
                worklist_counts(connection, wiki.id, _MODERATOR, groups, Wanted(), _NOW, views)

        return _timed(read)

    return work


def _next_item(wiki: Wiki, round_: int) -> float:
    """The review of a page of 100 KB, with all a moderator is shown of it."""
    with wiki.read() as connection:
        found = connection.execute(
            select(Review.id).join(Page, Page.id == Review.subject_id).where(Page.path == "space-0/long")
        ).scalar_one()

    def read() -> None:
        with wiki.read() as connection:
            view = get_review(connection, wiki.id, found, _MODERATOR, wiki.subjects)
            wiki.subjects["page"].sides(connection, view.subject_id, view.shown.base, view.shown.head)
            subject = (view.subject_kind, view.subject_id)
            onlookers(connection, wiki.id, found, group=view.group, subject=subject, me=_MODERATOR, now=view.opened_at)
            history(connection, view.subject_id, view.shown.head, 12)

    return _timed(read)


def _decide(wiki: Wiki, round_: int) -> float:
    with wiki.read() as connection:
        line = queue(connection, wiki.id, "group-0", _MODERATOR, wiki.subjects, after=(_EARLIEST, 0), count=1)[0]
        shown = get_review(connection, wiki.id, line.id, _MODERATOR, wiki.subjects).shown

    def act() -> None:
        with wiki.begin(_MODERATOR) as tx:
            decide(tx, Answer(line.id, shown.base, shown.head, shown.digest, Verdict.APPROVE))

    return _timed(act)


def _routing(wiki: Wiki, round_: int) -> float:
    """What routing takes of a save of a new page, up to the commit."""
    with wiki.begin(_AUTHOR) as tx:
        save_page(tx, Edit(f"space-{round_ % _GROUPS}/new-{round_}-{os.getpid()}", "New.\n"))
        return _timed(lambda: route(tx))  # leaving the block routes again, which changes nothing


def _filled(file: Path, reviews: int) -> Wiki:
    """A wiki with so many open reviews, spread over groups and spaces; a tenth for the first."""
    wiki = Wiki(f"sqlite:///{file}")
    wiki.upgrade()
    with wiki.begin(SYSTEM) as tx:
        for number in range(_GROUPS):
            wiki.set_space(tx, f"space-{number}", SpaceSettings(reviewers=(f"group-{number}",)))
            effect = {"add_groups": [f"group-{(number + 1) % _GROUPS}"]}
            set_rule(tx, f"rule-{number}", {"space": f"space-{number}", "tags": ["shared"]}, effect)
    authors = [_row_of(wiki, Actor(f"author-{number}", f"Author {number}")) for number in range(_AUTHORS)]
    with wiki.begin(_AUTHOR) as tx:
        _write(tx, reviews, authors)
        recount(tx)
    _edit_long_page(wiki)
    with wiki.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    return wiki


def _row_of(wiki: Wiki, actor: Actor) -> int:
    with wiki.begin(actor) as tx:
        return tx.actor_id


def _write(tx: Transaction, reviews: int, by: list[int]) -> None:
    spaces = _space_ids(tx)
    texts = [row_of(f"Version {number} of a text.\n".encode()) for number in range(_CHANGES + 1)]
    tx.connection.execute(insert(table_of(Text)), texts)
    digests = [row["digest"] for row in texts]
    for start in range(0, reviews, 5_000):
        chosen = range(start, min(start + 5_000, reviews))
        homes = {number: 0 if number % 10 == 0 else 1 + number % (_GROUPS - 1) for number in chosen}
        tx.connection.execute(insert(table_of(Page)), [_page_row(tx, n, homes[n], spaces, digests) for n in chosen])
        tx.connection.execute(
            insert(table_of(Revision)),
            [_revision_row(tx, n, homes[n], number, digests) for n in chosen for number in range(1, _CHANGES + 2)],
        )
        tx.connection.execute(
            insert(table_of(Entry)), [_entry_row(tx, n, number) for n in chosen for number in range(1, _CHANGES + 2)]
        )
        tx.connection.execute(insert(table_of(Review)), [_review_row(tx, n, homes[n], spaces) for n in chosen])
        authors = [{"review_id": n + 1, "actor_id": by[n % len(by)]} for n in chosen]
        tx.connection.execute(insert(table_of(ReviewAuthor)), authors)


def _space_ids(tx: Transaction) -> dict[int, int]:
    rows = tx.connection.execute(text("SELECT id, path FROM kbwiki_space WHERE path LIKE 'space-%'"))
    return {int(row.path.removeprefix("space-")): row.id for row in rows}


def _page_row(tx: Transaction, n: int, home: int, spaces: dict[int, int], digests: list[Any]) -> dict[str, Any]:
    path = f"space-{home}/page-{n}"
    return {
        "id": n + 1, "wiki_id": tx.wiki_id, "space_id": spaces[home], "path": path, "parent": f"space-{home}",
        "look_alike": path, "title": f"Page {n}", "text_digest": digests[-1], "number": _CHANGES + 1,
        "deleted": False, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip


def _revision_row(tx: Transaction, n: int, home: int, number: int, digests: list[Any]) -> dict[str, Any]:
    return {
        "page_id": n + 1, "number": number, "kind": "create" if number == 1 else "edit", "actor_id": tx.actor_id,
        "at": tx.now, "comment": "", "path": f"space-{home}/page-{n}", "title": f"Page {n}", "tags": [],
        "deleted": False, "text_digest": digests[number - 1], "size": 30, "exempt": None, "hidden": False,
        "comment_hidden": False, "author_hidden": False, "hidden_for": None,
    }  # fmt: skip


def _entry_row(tx: Transaction, n: int, number: int) -> dict[str, Any]:
    return {
        "wiki_id": tx.wiki_id, "position": 10_000 + n * (_CHANGES + 1) + number, "kind": "edit",
        "actor_id": tx.actor_id, "at": tx.now, "batch": "0" * 32, "subject_kind": "page", "subject_id": n + 1,
        "number": number, "exempt": None, "payload": {}, "digest": bytes(32), "chain": bytes(32),
    }  # fmt: skip


def _review_row(tx: Transaction, n: int, home: int, spaces: dict[int, int]) -> dict[str, Any]:
    opened = _START + timedelta(seconds=n)
    # Two thirds of every group's, so that each list of both wikis fills its page: 34 lines would not be the same as 50.
    due = opened + timedelta(days=7) if n // 10 % 3 else None
    return {
        "id": n + 1, "wiki_id": tx.wiki_id, "space_id": spaces[home], "group": f"group-{home}",
        "subject_kind": "page", "subject_id": n + 1, "base": 1, "head": _CHANGES + 1, "state": "open", "version": 1,
        "due_at": due, "queue_at": due or opened + timedelta(days=14), "closed_as": None, "opened_at": opened,
        "updated_at": opened, "risk": n % 7 / 2, "risk_reasons": [["new-author", 2.0], ["informal", 1.0]],
    }  # fmt: skip


def _edit_long_page(wiki: Wiki) -> None:
    lines = [f"Line {number} of a page that has grown long over the years.\n" for number in range(1_800)]
    for number in range(3):
        lines[number * 500] = f"Changed in {number}.\n"
        with wiki.begin(_AUTHOR) as tx:
            save_page(tx, Edit("space-0/long", "".join(lines), base=number or None))


_WORKS: dict[str, Callable[[Wiki, int], float]] = {
    "queue_page": _listing(Wanted(), counts=True),
    "risk_page": _listing(Wanted(order=Order.RISK), counts=True),
    "overdue_page": _listing(Wanted(view=View.OVERDUE), counts=True),
    "filtered_page": _listing(Wanted(space="space-0", kind="edit", risk=1.0, days=30), counts=True),
    "counts": _counting(View.NEEDS_ME, View.CONCERN, View.VERIFY, View.MINE, View.OWN),
    "overdue_count": _counting(View.OVERDUE),
    "next_item": _next_item,
    "decide": _decide,
    "routing": _routing,
}
