"""A moderator's lists and counts read what they show, however much else waits for the group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from kbwiki.db import table_of
from kbwiki.moderation.models import Review
from kbwiki.moderation.queries.wanted import View, Wanted
from kbwiki.moderation.queries.worklist import worklist
from kbwiki.moderation.queries.worklist_counts import MOST, worklist_counts
from kbwiki.spaces.queries import find_space
from kbwiki.testing import MODERATOR
from kbwiki.wiki import Wiki

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GROUPS = ["moderators"]
FILTERED = {"kind": "edit", "risk": 1.0}


def fill(wiki: Wiki, waiting: int, *, analysed: bool) -> None:
    """So many open reviews of one group, every second one overdue; no concern, nothing to verify, nothing begun."""
    with wiki.database.write() as connection:
        space_id = find_space(connection, wiki.id, "")
        rows = [_review(wiki.id, space_id, number + 1) for number in range(waiting)]
        connection.execute(insert(table_of(Review)), rows)
        if analysed:
            connection.exec_driver_sql("ANALYZE")


def _review(wiki_id: int, space_id: int, subject_id: int) -> dict[str, Any]:
    due = NOW - timedelta(minutes=subject_id) if subject_id % 2 else None
    return {
        "wiki_id": wiki_id, "space_id": space_id, "group": "moderators", "subject_kind": "page",
        "subject_id": subject_id, "base": 0, "head": 1, "state": "open", "version": 1, "queue_at": due or NOW,
        "opened_at": NOW, "updated_at": NOW, "due_at": due, "risk": subject_id % 5,
    }  # fmt: skip


def steps_of(wiki: Wiki, read: Callable[[Connection], object]) -> int:
    """How many steps of its machine SQLite needs: the same on every computer, however busy it is."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with wiki.read() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_progress_handler(step, 1)
        read(connection)
        driver.set_progress_handler(None, 1)
    return steps


def counting(*views: View, **filters: Any) -> Callable[[Wiki], int]:
    def count(wiki: Wiki) -> int:
        wanted = Wanted(**filters)
        return steps_of(wiki, lambda found: worklist_counts(found, wiki.id, MODERATOR, GROUPS, wanted, NOW, views))

    return count


def listing(view: View, **filters: Any) -> Callable[[Wiki], int]:
    def show(wiki: Wiki) -> int:
        wanted = Wanted(view=view, **filters)
        return steps_of(wiki, lambda found: worklist(found, wiki.id, MODERATOR, GROUPS, wiki.subjects, wanted, NOW))

    return show


READS = {
    "counts": counting(View.NEEDS_ME, View.CONCERN, View.VERIFY, View.MINE, View.OWN),
    "filtered counts of nothing": counting(View.CONCERN, View.VERIFY, View.MINE, View.OWN, **FILTERED),
    "overdue count": counting(View.OVERDUE),
    "list": listing(View.NEEDS_ME),
    "overdue list": listing(View.OVERDUE),
    **{f"list of {view}": listing(view, **FILTERED) for view in (View.CONCERN, View.VERIFY, View.MINE, View.OWN)},
}


@pytest.mark.parametrize("analysed", [True, False], ids=["analysed", "not analysed"])
@pytest.mark.parametrize("read", READS)
def test_what_else_waits_costs_a_list_nothing(sqlite_url: str, read: str, analysed: bool) -> None:
    wiki = Wiki(sqlite_url)
    fill(wiki, 3 * MOST, analysed=analysed)
    few = READS[read](wiki)
    with wiki.database.write() as connection:
        connection.execute(table_of(Review).delete())
    fill(wiki, 12 * MOST, analysed=analysed)
    many = READS[read](wiki)
    wiki.close()

    assert many < 1.2 * few, (few, many)
