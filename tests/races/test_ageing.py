"""Workers whose clocks disagree, while people write and report: still once, and never without a policy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import select, text

from kbwiki import Settings, Wiki
from kbwiki.actors import SYSTEM
from kbwiki.db import Transaction
from kbwiki.errors import Conflict
from kbwiki.journal.models import Entry
from kbwiki.moderation.age_runs import lapse
from kbwiki.moderation.desk.access import hold
from kbwiki.moderation.desk.aside import skip
from kbwiki.moderation.desk.drafts import draft_of, keep_draft
from kbwiki.moderation.desk.leases import find_lease, take_lease
from kbwiki.moderation.desk.next import next_review
from kbwiki.moderation.evidence import report
from kbwiki.moderation.models import Evidence, Review
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.testing import MODERATOR, READER, TickingClock, answer, look, open_reviews, save
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


@pytest.fixture
def lapsing(postgresql_url: str) -> Iterator[tuple[Wiki, list[int]]]:
    """A wiki in which two reviews lapse by now, on the database where a lapse and a lease can meet; their ids."""
    wiki = Wiki(postgresql_url, settings=Settings(lock_timeout_seconds=2.0))
    wiki.clock = clock = TickingClock()
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Quiet", {}, {"lapse_after": DAY, "lapse_policy": "quiet"})
    for path in ("first", "second"):
        save(wiki, path, "1\n")
    clock.now += timedelta(days=2)
    yield wiki, [line.id for line in open_reviews(wiki)]
    wiki.close()


def test_nobody_takes_what_lapses_at_that_moment(lapsing: tuple[Wiki, list[int]]) -> None:
    wiki, (review, _) = lapsing

    def take() -> None:
        with wiki.begin(MODERATOR) as tx:
            take_lease(tx, review)

    with ThreadPoolExecutor(1) as pool:
        with wiki.begin(SYSTEM) as tx:
            assert lapse(tx, review)
            taking = pool.submit(take)
            until_somebody_waits(wiki)
        with pytest.raises(Conflict):
            taking.result()
    with wiki.read() as connection:
        assert find_lease(connection, review, wiki.clock()) is None


def test_next_gives_another_review_than_the_one_that_lapses_at_that_moment(lapsing: tuple[Wiki, list[int]]) -> None:
    wiki, (first, second) = lapsing
    with wiki.begin(SYSTEM) as tx:
        assert lapse(tx, first)
        with wiki.begin(MODERATOR) as asking:
            given = next_review(asking)

    assert given is not None
    assert given.review_id == second


@pytest.mark.parametrize("begin", [take_lease, skip, lambda tx, review: keep_draft(tx, review, note="Begun.")])
def test_what_somebody_takes_up_at_that_moment_does_not_lapse(
    lapsing: tuple[Wiki, list[int]], begin: Callable[[Transaction, int], object]
) -> None:
    wiki, (review, _) = lapsing
    with ThreadPoolExecutor(1) as pool:
        with wiki.begin(MODERATOR) as tx:
            begin(tx, review)
            ageing = pool.submit(wiki.age_reviews)
            until_somebody_waits(wiki)
        assert ageing.result().lapsed == 1

    assert [line.id for line in open_reviews(wiki)] == [review]


def test_whoever_decides_while_their_note_is_kept_gets_both_done(lapsing: tuple[Wiki, list[int]]) -> None:
    """Both go by the review first, so neither waits for what the other has."""
    wiki, (review, _) = lapsing
    with wiki.begin(MODERATOR) as tx:
        keep_draft(tx, review, note="Begun.")
    shown = look(wiki, review)
    with ThreadPoolExecutor(1) as pool:
        with wiki.begin(MODERATOR) as tx:
            hold(tx, review)
            deciding = pool.submit(answer, wiki, shown, "approve")
            until_somebody_waits(wiki)
            keep_draft(tx, review, note="Begun, and gone on with.")
            take_lease(tx, review)
        assert deciding.result().decision_id
    with wiki.read() as connection:
        assert draft_of(connection, wiki.id, review, MODERATOR) is None
        assert find_lease(connection, review, wiki.clock()) is None


def until_somebody_waits(wiki: Wiki) -> None:
    """Come back when some connection to this database waits for a lock."""
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    waits = text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")
    for _ in range(500):
        with wiki.read() as connection:
            if connection.execute(waits).scalar_one():
                return
        sleep(0.01)
    raise AssertionError("nobody came to wait")
