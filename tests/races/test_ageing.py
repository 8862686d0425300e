"""Workers whose clocks disagree, while people write and report: still once, and never without a policy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from kbwiki import Settings, Wiki
from kbwiki.actors import SYSTEM
from kbwiki.journal.models import Entry
from kbwiki.moderation.evidence import report
from kbwiki.moderation.models import Evidence, Review
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.testing import READER, TickingClock, save
from tests.promises.invariants import faults

WORKERS = 3
PAGES = [f"quiet/{number}" for number in range(6)] + [f"kept/{number}" for number in range(3)]
DAY = {"hours": 24, "working": False}


@pytest.fixture
def wikis(database_url: str) -> Iterator[list[Wiki]]:
    """The same wiki as several workers have it, and last as the people do."""
    settings = Settings(lock_timeout_seconds=60.0)
    found = [Wiki(database_url, settings=settings) for _ in range(WORKERS + 1)]
    with found[-1].begin(SYSTEM) as tx:
        set_rule(tx, "Late", {}, {"escalate_after": DAY, "escalate_to": "chiefs"})
        set_rule(tx, "Quiet", {"paths": ["quiet/**"]}, {"lapse_after": DAY, "lapse_policy": "quiet"})
    yield found
    for one in found:
        one.close()


def test_each_review_escalates_once_and_lapses_at_most_once_whatever_the_clocks_say(wikis: list[Wiki]) -> None:
    people = wikis[-1]
    start = TickingClock()()
    people.clock = lambda: start
    for path in PAGES:
        save(people, path, "1\n")
    begun = Barrier(WORKERS + 1)

    def work(who: int) -> int:
        """Run ten times; the clock jumps ahead and back, and often several workers are at the same moment."""
        chance = random.Random(who)
        moments = [start + timedelta(days=chance.choice([-3, 0, 1, 2, 2, 40])) for _ in range(10)]
        begun.wait()
        for moment in moments:
            wikis[who].clock = lambda at=moment: at  # type: ignore[misc]
            assert wikis[who].age_reviews().failed == 0
        return len(moments)

    def live() -> int:
        begun.wait()
        for turn, path in enumerate(PAGES):
            save(people, path, f"{turn} again\n", base=1)
            if turn % 3 == 0:
                with people.begin(READER) as tx:
                    report(tx, path, "wrong", "This is not so.")
        return len(PAGES)

    with ThreadPoolExecutor(WORKERS + 1) as pool:
        jobs = [pool.submit(work, who) for who in range(WORKERS)] + [pool.submit(live)]
        assert sum(job.result() for job in jobs) == WORKERS * 10 + len(PAGES)

    for wiki in wikis[:-1]:
        wiki.clock = lambda: start + timedelta(days=50)
        wiki.age_reviews()
    with people.read() as connection:
        told = list(connection.execute(select(Entry.kind, Entry.subject_id, Entry.payload).order_by(Entry.id)))
        reviews = list(connection.execute(select(Review).where(Review.wiki_id == people.id)))
        against = set(connection.execute(select(Evidence.review_id)).scalars())
    once = Counter((one.kind, one.subject_id) for one in told if one.kind in ("escalate", "lapse"))
    assert set(once.values()) == {1}
    assert {one.id for one in reviews if one.escalated_at is not None} == {
        review for kind, review in once if kind == "escalate"
    }
    lapsed = [one for one in reviews if one.state == "lapsed"]
    assert {one.id for one in lapsed} == {review for kind, review in once if kind == "lapse"}
    assert {one.closed_as for one in lapsed} == {"quiet"}
    assert {one.group for one in lapsed} == {"moderators"}
    assert against.isdisjoint(one.id for one in lapsed)
    assert faults(people) == []
