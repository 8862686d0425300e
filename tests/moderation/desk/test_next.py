"""Next: the most urgent review that nobody else has, that is one's own to decide, and that one has not put aside."""

from __future__ import annotations

import os
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.errors import Conflict, Forbidden, Invalid
from kbwiki.moderation.desk.aside import bring_aside_back, put_aside, skip, snooze
from kbwiki.moderation.desk.next import FIRST_BATCH, Filters, next_review
from kbwiki.moderation.desk.seen import since
from kbwiki.testing import MODERATOR, SECOND_MODERATOR, WRITER, TickingClock, answer, look, make_space, save
from tests.moderation.desk import players
from tests.races.playing import play

from .conftest import FIVE, get_next, in_order, next_id, wait

REVIEWS = int(os.environ.get("KBWIKI_RACE_NEXT", "100"))
"""How many reviews five processes look at; the more, the longer they meet."""


def test_it_gives_the_first_review_and_keeps_giving_it_until_it_is_dealt_with(desk: Wiki) -> None:
    first, second, _ = in_order(desk)

    assert next_id(desk, MODERATOR) == first
    assert next_id(desk, MODERATOR) == first
    answer(desk, look(desk, first), "approve")

    assert next_id(desk, MODERATOR) == second


def test_two_moderators_are_given_two_reviews_and_nobody_waits_for_the_idle(desk: Wiki, clock: TickingClock) -> None:
    first, second, _ = in_order(desk)
    next_id(desk, MODERATOR)

    assert next_id(desk, SECOND_MODERATOR) == second
    wait(clock, minutes=6)

    assert next_id(desk, SECOND_MODERATOR) == first


def test_nobody_is_given_their_own_changes(desk: Wiki) -> None:
    first, second, third = in_order(desk)
    save(desk, "page0", "more words\n", by=MODERATOR, base=1)

    assert next_id(desk, MODERATOR) == second
    assert next_id(desk, SECOND_MODERATOR) == first
    assert third


def test_nobody_is_given_what_they_may_not_read_or_what_is_another_groups(desk: Wiki) -> None:
    make_space(desk, "secret", readers=("board",), writers=("board",), reviewers=("board",))
    save(desk, "secret/plan", "words", by=Actor("b", "Board", frozenset({"board"})))

    assert next_id(desk, Actor("o", "Other", frozenset({"board"}))) not in (None, *in_order(desk))
    assert next_id(desk, WRITER) is None
    with desk.begin(WRITER) as tx, pytest.raises(Forbidden):
        next_review(tx, ["moderators"])


def test_a_concern_waits_for_its_author_and_is_not_given(desk: Wiki) -> None:
    first, second, _ = in_order(desk)
    answer(desk, look(desk, first), "concern", reason="unclear")

    assert next_id(desk, MODERATOR) == second


def test_a_skipped_review_comes_back_with_something_new(desk: Wiki) -> None:
    first, second, _ = in_order(desk)
    with desk.begin(MODERATOR) as tx:
        skip(tx, first)

    assert next_id(desk, MODERATOR) == second
    assert next_id(desk, SECOND_MODERATOR) == first
    answer(desk, look(desk, second), "approve")
    save(desk, "page0", "more words\n", base=1)

    with desk.begin(SECOND_MODERATOR) as tx:
        snooze(tx, first, tx.now + timedelta(hours=1))
    assert next_id(desk, MODERATOR) == first


def test_what_came_while_one_looked_is_not_put_aside_with_the_rest(desk: Wiki) -> None:
    first, *_ = in_order(desk)
    shown = look(desk, first).shown
    save(desk, "page0", "more words\n", base=1)

    with desk.begin(MODERATOR) as tx:
        skip(tx, first, version=shown.version, head=shown.head)

    assert next_id(desk, MODERATOR) == first
    with desk.read() as connection:
        assert since(connection, desk.id, MODERATOR, first) is None  # it was seen by being given just now


def test_a_snoozed_review_comes_back_in_time(desk: Wiki, clock: TickingClock) -> None:
    first, second, _ = in_order(desk)
    with desk.begin(MODERATOR) as tx:
        snooze(tx, first, tx.now + timedelta(hours=1))

    assert next_id(desk, MODERATOR) == second
    wait(clock, hours=1)

    assert next_id(desk, MODERATOR) == first


def test_what_is_put_aside_is_listed_and_can_be_brought_back(desk: Wiki) -> None:
    first, second, third = in_order(desk)
    with desk.begin(MODERATOR) as tx:
        skip(tx, first)
        snooze(tx, second, tx.now + timedelta(days=1))

    with desk.read() as connection:
        lines = put_aside(connection, desk.id, MODERATOR, desk.subjects, desk.clock())
        others = put_aside(connection, desk.id, SECOND_MODERATOR, desk.subjects, desk.clock())
    assert {line.review_id: line.until is None for line in lines} == {first: True, second: False}
    assert others == []
    assert next_id(desk, MODERATOR) == third
    with desk.begin(MODERATOR) as tx:
        bring_aside_back(tx, first)

    assert next_id(desk, MODERATOR) == first


def test_nothing_is_snoozed_into_the_past_and_nothing_closed_is_put_aside(desk: Wiki) -> None:
    first, *_ = in_order(desk)
    with desk.begin(MODERATOR) as tx, pytest.raises(Invalid):
        snooze(tx, first, tx.now)
    answer(desk, look(desk, first), "approve")

    with desk.begin(MODERATOR) as tx, pytest.raises(Conflict):
        skip(tx, first)


def test_it_goes_on_behind_all_that_is_put_aside(wiki: Wiki) -> None:
    for number in range(FIRST_BATCH * 4):
        save(wiki, f"page{number}", "words")
    *aside, last = in_order(wiki)
    with wiki.begin(MODERATOR) as tx:
        for review in aside:
            skip(tx, review)

    assert next_id(wiki, MODERATOR) == last
    with wiki.begin(MODERATOR) as tx:
        skip(tx, last)
    assert next_id(wiki, MODERATOR) is None


def test_it_keeps_to_the_groups_and_filters_asked_for(desk: Wiki) -> None:
    space = make_space(desk, "safety", reviewers=("safety",))
    save(desk, "safety/rules", "words")
    both = Actor("bea", "Bea", frozenset({"moderators", "safety"}))

    with desk.begin(both) as tx:
        mine = next_review(tx, ["safety"])
        same = next_review(tx, None, Filters(space_id=space, subject_kind="page"))
        none = next_review(tx, None, Filters(due_before=tx.now))

    assert mine is not None
    assert same == mine
    assert none is None


def test_it_tells_from_where_on_the_review_is_new_to_the_moderator(desk: Wiki) -> None:
    first, *_ = in_order(desk)
    given = get_next(desk, MODERATOR)
    assert given is not None
    assert given.since is None
    save(desk, "page0", "more words\n", base=1)
    with desk.read() as connection:
        assert since(connection, desk.id, MODERATOR, first) == 1
        assert since(connection, desk.id, SECOND_MODERATOR, first) is None

    again = get_next(desk, MODERATOR)

    assert again is not None
    assert again.since == 1


def test_five_threads_are_given_five_reviews(database_url: str) -> None:
    wiki = Wiki(database_url, settings=Settings(lock_timeout_seconds=60.0))
    for number in range(10):
        save(wiki, f"page{number}", "words")
    for turn in range(10):
        together = threading.Barrier(5)
        people = [Actor(f"{one.id}-{turn}", one.name, one.groups) for one in FIVE]

        def ask(actor: Actor, together: threading.Barrier = together) -> int | None:
            together.wait()
            return next_id(wiki, actor)

        with ThreadPoolExecutor(5) as pool:
            given = list(pool.map(ask, people))

        assert sorted(one or 0 for one in given) == in_order(wiki)[:5]
        with wiki.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM kbwiki_lease")
    wiki.close()


def test_five_processes_look_at_every_review_once(wiki: Wiki, database_url: str) -> None:
    for number in range(REVIEWS):
        save(wiki, f"page{number}", "words")

    looked = play(players.work, [(database_url, who) for who in range(5)])

    times = Counter(review for one in looked for review in one)
    assert len(times) == REVIEWS
    assert sum(times.values()) - REVIEWS <= REVIEWS // 100
    assert in_order(wiki) == []
    assert sum(bool(one) for one in looked) > 1
