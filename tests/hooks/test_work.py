"""Scheduled work: once for each interval whoever looks, failures kept, and done again where somebody was killed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from kbwiki.hooks.work import do_due_work, last_done
from kbwiki.wiki import Wiki
from tests.hooks.weather import REPORTS, Weather


class Clock:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def wiki(database_url: str) -> Iterator[Wiki]:
    made = Wiki(database_url, plugins=[Weather], clock=Clock())
    made.upgrade()
    yield made
    made.close()


def work(wiki: Wiki) -> list[tuple[str, bool]]:
    return [(one.name, not one.failure) for one in do_due_work(wiki.plugins, wiki.database, wiki.id, wiki.clock)]


def measured(wiki: Wiki) -> int:
    with wiki.read() as connection:
        return len(connection.execute(select(REPORTS.c.id)).all())


def test_work_is_done_once_for_each_interval_and_failures_are_kept(wiki: Wiki) -> None:
    assert work(wiki) == [("measure", True), ("break", False)]
    assert work(wiki) == []
    Clock.now += timedelta(minutes=10)
    assert work(wiki) == [("measure", True), ("break", False)]

    assert measured(wiki) == 2
    with wiki.read() as connection:
        done = {one.name: one for one in last_done(connection, wiki.id)}
    assert done["break"].failure == "raised ValueError: no wind"
    assert done["measure"].failure == ""
    assert done["measure"].ended_at == Clock.now


def test_of_many_who_look_at_once_one_does_it(wiki: Wiki) -> None:
    done: list[tuple[str, bool]] = []
    others = [Wiki(wiki.database, plugins=[Weather], clock=Clock()) for _ in range(4)]
    barrier = threading.Barrier(4)

    def look(one: Wiki) -> None:
        barrier.wait()
        done.extend(work(one))

    threads = [threading.Thread(target=look, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(done) == [("break", False), ("measure", True)]
    assert measured(wiki) == 1


def test_what_was_killed_is_done_again_at_the_next_interval(wiki: Wiki) -> None:
    work(wiki)
    with wiki.database.write() as connection:
        connection.exec_driver_sql("UPDATE kbwiki_plugin_work SET ended_at = NULL")  # as a killed process leaves it
    assert work(wiki) == []
    Clock.now += timedelta(minutes=10)

    assert ("measure", True) in work(wiki)


def test_a_plugin_that_is_off_does_not_work(wiki: Wiki) -> None:
    wiki.plugins.turn_off("weather", by="Ada")

    assert work(wiki) == []


def test_without_plugins_nothing_is_asked(database_url: str) -> None:
    wiki = Wiki(database_url)

    assert do_due_work(wiki.plugins, wiki.database, 0, wiki.clock) == []
    wiki.close()
