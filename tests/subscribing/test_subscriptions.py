"""Durable subscriptions: each fact at least once, in order; what fails comes again, and what is off goes on later."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kbwiki import Settings, Wiki
from kbwiki.hooks import Consumer, Fact, Plugin, hookimpl
from kbwiki.hooks.loading import Wanted
from kbwiki.journal.tail import cursor_of, last_position
from kbwiki.testing import WRITER, TickingClock, answer, look, open_reviews, save
from tests.databases import PostgresServer

from .following import following, save_and_follow, write_down

KILLS = int(os.environ.get("KBWIKI_RACE_CONSUMER_KILLS", "8"))
Make = Callable[..., Wiki]


@pytest.fixture
def made(database_url: str) -> Iterator[Make]:
    wikis: list[Wiki] = []

    def make(*plugins: Wanted, clock: Any = None, **settings: Any) -> Wiki:
        chosen = Settings(**{"hook_seconds": 10.0, "hook_work_seconds": 10.0, **settings})
        wiki = Wiki(database_url, plugins=plugins, settings=chosen, clock=clock or TickingClock())
        wikis.append(wiki)
        return wiki

    yield make
    for wiki in wikis:
        wiki.close()


def cursor(wiki: Wiki, name: str = "x:follower:all") -> int:
    with wiki.read() as connection:
        return cursor_of(connection, wiki.id, name)


def last(wiki: Wiki) -> int:
    wiki.seal()
    with wiki.read() as connection:
        return last_position(connection, wiki.id)


def test_every_fact_comes_in_order_and_once_when_all_goes_well(made: Make) -> None:
    taken: list[Fact] = []
    wiki = made(following(taken.extend, most=2))
    for number in range(3):
        save(wiki, "page", f"text {number}\n", base=number or None)
    review = look(wiki, open_reviews(wiki)[0].id)
    answer(wiki, review, "approve")

    wiki.catch_up_consumers()
    wiki.catch_up_consumers()

    assert [fact.position for fact in taken] == list(range(1, last(wiki) + 1))
    assert [fact.kind for fact in taken] == ["create", "edit", "edit", "decide"]
    assert (taken[0].wiki, taken[0].actor_id, taken[0].payload["path"]) == ("main", WRITER.id, "page")
    assert json.loads(json.dumps(taken[-1].plain()))["payload"]["verdict"] == "approve"
    assert cursor(wiki) == 4
    assert [(lag.name, lag.behind) for lag in wiki.subscriptions.lags()] == [("x:follower:all", 0)]


def test_a_consumer_can_name_kinds_and_begins_with_the_next_fact(made: Make) -> None:
    taken: list[Fact] = []
    wiki = made(following(taken.extend, kinds=("create",), from_start=False))
    save(wiki, "before", "one\n")

    wiki.catch_up_consumers()
    save(wiki, "page", "one\n")
    save(wiki, "page", "two\n", base=1)
    wiki.catch_up_consumers()

    assert [(fact.kind, fact.payload["path"]) for fact in taken] == [("create", "page")]
    assert cursor(wiki) == 3


def test_what_raises_comes_again_after_a_rest_that_grows(made: Make) -> None:
    taken: list[int | None] = []
    fails = [True, True, False]

    def take(facts: Sequence[Fact]) -> None:
        taken.extend(fact.position for fact in facts)
        if fails.pop(0):
            raise ConnectionError("nobody there")

    clock = TickingClock()
    wiki = made(following(take), clock=clock)
    save(wiki, "page", "one\n")

    rests = []
    while fails:
        begun = clock.now
        before = len(taken)
        while len(taken) == before:
            wiki.catch_up_consumers()
        rests.append((clock.now - begun).total_seconds())

    assert taken == [1, 1, 1]
    assert rests[1] < rests[2]
    assert cursor(wiki) == 1
    [lag] = wiki.subscriptions.lags()
    assert (lag.standing.failures, lag.behind) == (0, 0)


def test_what_fails_too_often_is_off_and_goes_on_where_it_was(made: Make) -> None:
    taken: list[int | None] = []
    broken = threading.Event()
    broken.set()

    def take(facts: Sequence[Fact]) -> None:
        if broken.is_set():
            raise ValueError("no")
        taken.extend(fact.position for fact in facts)

    clock, other = TickingClock(), list[Fact]()
    both = (following(take), following(other.extend, "other"))
    wiki = made(*both, clock=clock, hook_failures=3)
    save(wiki, "page", "one\n")
    for _ in range(4):
        # Each time another process, as a scheduler starts them: what is counted is counted in the database.
        clock.now += timedelta(hours=2)
        made(*both, clock=clock, hook_failures=3).catch_up_consumers()

    wiki.plugins.switches.look(now=True)
    assert [(off.plugin, off.hook) for off in wiki.plugins.switches.off()] == [("follower", "consumers")]
    assert len(other) == 1, "the other one has what it is told"
    save(wiki, "page", "two\n", base=1)
    lags = {lag.name: (lag.position, lag.behind, lag.is_off) for lag in wiki.subscriptions.lags()}
    assert lags == {"x:follower:all": (0, 2, True), "x:other:all": (1, 1, False)}
    broken.clear()
    wiki.plugins.turn_on("follower", "consumers")
    wiki.catch_up_consumers()
    assert taken == [1, 2]


def test_one_that_hangs_keeps_its_cursor_and_nobody_waits_for_ever(made: Make) -> None:
    go_on = threading.Event()
    wiki = made(following(lambda facts: go_on.wait(30) and None), hook_work_seconds=0.3)
    save(wiki, "page", "one\n")

    begun = time.monotonic()
    wiki.catch_up_consumers()

    assert time.monotonic() - begun < 10
    assert cursor(wiki) == 0
    save(wiki, "page", "two\n", base=1)  # nothing is locked
    go_on.set()


def test_two_that_come_at_once_hand_nothing_out_twice(made: Make) -> None:
    taken: list[int | None] = []
    inside, go_on = threading.Event(), threading.Event()

    def take(facts: Sequence[Fact]) -> None:
        taken.extend(fact.position for fact in facts)
        inside.set()
        go_on.wait(20)

    plugin = following(take, most=1)
    one, two = made(plugin, hook_work_seconds=30.0), made(plugin, hook_work_seconds=30.0)
    save(one, "page", "one\n")
    save(one, "page", "two\n", base=1)
    thread = threading.Thread(target=one.catch_up_consumers)
    thread.start()
    assert inside.wait(20)

    assert two.catch_up_consumers() == 0
    go_on.set()
    thread.join(30)

    assert taken == [1, 2]


def test_every_plugin_is_told_of_decisions_one_by_one(made: Make) -> None:
    told: list[tuple[int | None, str]] = []
    fails = [True]

    class Deciding(Plugin):
        name = "deciding"

        @hookimpl
        def on_decision(self, fact: Fact) -> None:
            told.append((fact.position, fact.payload["verdict"]))
            if len(told) == 2 and fails.pop():
                raise ValueError("no")

    clock = TickingClock()
    wiki = made(Deciding, clock=clock)
    wiki.catch_up_consumers()  # puts its cursor down
    for path in ("one", "two", "three"):
        save(wiki, path, "text\n")
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    for _ in range(30):
        wiki.catch_up_consumers()

    assert told == [(2, "approve"), (4, "approve"), (4, "approve"), (6, "approve")]


def test_a_bad_name_is_said_and_costs_nothing_else(made: Make, caplog: pytest.LogCaptureFixture) -> None:
    class Named(Plugin):
        name = "named"

        @hookimpl
        def consumers(self) -> list[Consumer]:
            return [Consumer("No Name", print), Consumer("good", lambda facts: None, from_start=True)]

    wiki = made(Named)
    save(wiki, "page", "one\n")

    assert wiki.catch_up_consumers() == 1
    assert "No Name" in caplog.text


@pytest.fixture(params=["sqlite", "postgresql"])
def durable_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database that writes every commit to disk."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'durable.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("durable_postgresql")
        url = server.create_database().render_as_string(hide_password=False)
    wiki = Wiki(url)
    wiki.upgrade()
    wiki.close()
    return url


def test_killed_at_any_moment_the_consumer_has_seen_every_fact_in_order(durable_url: str, tmp_path: Path) -> None:
    log, chance = tmp_path / "positions", random.Random(KILLS)
    for turn in range(KILLS):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                save_and_follow(durable_url, turn, str(log), writer)
            finally:
                os._exit(1)
        os.close(writer)
        select.select([reader], [], [], 30)
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)

    wiki = Wiki(durable_url, plugins=[following(write_down(str(log)))])  # its clock is far ahead of theirs
    wiki.catch_up_consumers()
    seen = [int(line) for line in log.read_text().splitlines()]

    assert len(seen) >= KILLS
    first_times = list(dict.fromkeys(seen))
    assert first_times == list(range(1, last(wiki) + 1)), "every fact, in order"
    assert all(b <= a + 1 for a, b in pairwise(seen)), "what comes again comes from where it broke off"
    assert cursor(wiki) == last(wiki)
    wiki.close()
