"""An age run reads what is due, however much waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, event, insert

from kbwiki.actors import SYSTEM
from kbwiki.db import table_of
from kbwiki.journal.models import Entry
from kbwiki.moderation.models import Review
from kbwiki.moderation.queries.ageing import Aging, due_to_escalate, due_to_lapse
from kbwiki.spaces.queries import find_space
from kbwiki.wiki import Wiki
from tests.costs import growth

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = (datetime(1970, 1, 1, tzinfo=UTC), 0)
Find = Callable[[Connection, int, datetime, tuple[datetime, int], int], list[Aging]]


def fill(wiki: Wiki, waiting: int, *, due: int) -> None:
    """Reviews of which a few are due and all others will be later, or never."""
    with wiki.database.write() as connection:
        space_id = find_space(connection, wiki.id, "")
        rows = [_review(wiki.id, space_id, number + 1, due=number < due) for number in range(waiting)]
        connection.execute(insert(table_of(Review)), rows)
        connection.exec_driver_sql("ANALYZE")


def _review(wiki_id: int, space_id: int, subject_id: int, *, due: bool) -> dict[str, Any]:
    at = NOW + timedelta(days=-1 if due else 1 + subject_id % 300)
    ages = due or subject_id % 2 == 0
    return {
        "wiki_id": wiki_id, "space_id": space_id, "group": "moderators", "subject_kind": "thing",
        "subject_id": subject_id, "base": 0, "head": 1, "state": "open", "version": 1, "queue_at": NOW,
        "opened_at": NOW, "updated_at": NOW, "escalate_at": at if ages else None, "escalate_to": "chiefs",
        "lapse_at": at if ages else None, "lapse_policy": "quiet",
    }  # fmt: skip


def plan_of(wiki: Wiki, find: Find) -> str:
    """How the database does what `find` asks of it."""
    asked: list[tuple[str, Any]] = []
    with wiki.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *what: asked.append((what[2], what[3])))
        find(connection, wiki.id, NOW, LONG_AGO, 200)
        statement, parameters = asked[0]
        explain = "EXPLAIN QUERY PLAN " if wiki.database.dialect == "sqlite" else "EXPLAIN "
        return "\n".join(" ".join(map(str, row)) for row in connection.exec_driver_sql(explain + statement, parameters))


def tell_of(wiki: Wiki, facts: int) -> None:
    """A journal of so many facts about other things."""
    with wiki.begin(SYSTEM) as tx:
        common = {
            "wiki_id": wiki.id, "kind": "note", "actor_id": tx.actor_id, "at": NOW, "batch": "", "subject_kind": "note",
            "number": 1, "exempt": "test", "payload": {}, "digest": bytes(32),
        }  # fmt: skip
        rows = [{**common, "subject_id": number} for number in range(facts)]
        tx.connection.execute(insert(table_of(Entry)), rows)


def test_what_is_due_is_found_by_index_on_both_databases(wiki: Wiki) -> None:
    tell_of(wiki, 3000)
    fill(wiki, 3000, due=3)

    assert "ix_kbwiki_review_escalates" in plan_of(wiki, due_to_escalate)
    lapsing = plan_of(wiki, due_to_lapse)
    assert "ix_kbwiki_review_lapses" in lapsing
    assert "ix_kbwiki_entry_subject" in lapsing, "who took what up is not looked for in all of the journal"
    with wiki.read() as connection:
        assert len(due_to_escalate(connection, wiki.id, NOW, LONG_AGO, 200)) == 3


def test_four_times_as_many_reviews_that_wait_cost_a_run_nothing(sqlite_wiki: Wiki) -> None:
    def filled(times: int) -> Wiki:
        found = Wiki(sqlite_wiki.database.engine.url.render_as_string(), name=f"of-{times}")
        found.upgrade()
        fill(found, 3000 * times, due=0)
        return found

    def run(wiki: Wiki) -> None:
        with wiki.read() as connection:
            for _ in range(50):
                assert due_to_escalate(connection, wiki.id, NOW, LONG_AGO, 200) == []
                assert due_to_lapse(connection, wiki.id, NOW, LONG_AGO, 200) == []

    assert growth(run, filled, most=1.9) < 2
