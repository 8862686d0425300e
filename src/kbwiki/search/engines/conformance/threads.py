"""Checks that one object serves all threads of a process, and its children after a fork."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from ..protocol import Engine, Hits
from .subject import Subject, fill, found, page, search

_WORDS = tuple(f"{first}{second}" for first in "bcdfgl" for second in ("anana", "ridge", "oat", "ellar", "amp"))


def eight_threads_get_the_answers_that_one_gets(subject: Subject) -> None:
    chance = random.Random(3)
    texts = [" ".join(chance.choices(_WORDS, k=chance.randrange(5, 60))) for _ in range(300)]
    shared = subject.index_of([page(n, text, title=text[:12]) for n, text in enumerate(texts)])
    for start in range(0, 60, 20):
        shared.update([page(n, texts[n][::-1], title=texts[n][:12]) for n in range(start, start + 20)])
    shapes = ["{} {}", '"{} {}"', "{} OR {}", "{} -{}", "{} {}*", "title:{} {}", "{}"]
    queries = [chance.choice(shapes).format(*chance.choices(_WORDS, k=2)) for _ in range(300)]

    def ask(index: Engine, number: int) -> Hits:
        return search(index, queries[number], limit=20)

    alone = subject.open()
    expected = [_comparable(ask(alone, number)) for number in range(len(queries))]
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda number: _comparable(ask(shared, number)), range(len(queries))))
    finally:
        sys.setswitchinterval(switching)
    assert answers == expected


def threads_that_search_while_pages_change_see_a_whole_index(subject: Subject) -> None:
    index = subject.index_of([page(number, "left even") for number in range(20)])

    def change(turn: int) -> None:
        # All pages change in one commit: half a commit would be seen as missing or double pages.
        index.update([page(number, f"turn{turn} even") for number in range(20)])

    assert _watched(index, change) == []


def threads_that_search_during_rebuilds_see_a_whole_index(subject: Subject) -> None:
    index = subject.index_of([page(number, "left even") for number in range(20)])
    assert _watched(index, lambda turn: fill(index, [page(n, f"turn{turn} even") for n in range(20)])) == []


def threads_that_write_take_turns(subject: Subject) -> None:
    index = subject.index_of([])
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: index.update([page(number, "word")]), range(16)))
    assert found(index, "word") == set(range(16))


def a_thread_that_will_not_wait_is_told_that_another_one_writes(subject: Subject) -> None:
    index = subject.index_of([])

    def try_to_write() -> bool:
        with index.writer_lock(blocking=False) as held:
            return held

    with ThreadPoolExecutor(1) as threads:
        with index.writer_lock() as mine:
            assert mine
            while_held = threads.submit(try_to_write).result()
        afterwards = threads.submit(try_to_write).result()
    assert (while_held, afterwards) == (False, True)


def who_holds_the_lock_may_write_and_rebuild_under_it(subject: Subject) -> None:
    index = subject.open()
    with index.writer_lock(blocking=False) as held:
        assert held
        fill(index, [page(1, "word")])
        index.update([page(2, "word")])
    assert found(index, "word") == {1, 2}


def a_forked_child_searches_and_writes_although_locks_were_held_at_the_fork(subject: Subject) -> None:
    if not hasattr(os, "fork"):
        return
    index = subject.index_of([page(1, "word")])
    assert found(index, "word") == {1}
    forking = multiprocessing.get_context("fork")
    ear, mouth = forking.Pipe(duplex=False)

    def child() -> None:
        index.update([page(2, "word")])
        mouth.send(sorted(found(index, "word")))

    with index.writer_lock():
        process = forking.Process(target=child)
        process.start()
    assert ear.poll(60)
    assert ear.recv() == [1, 2]
    process.join(60)
    assert process.exitcode == 0
    assert found(index, "word") == {1, 2}
    index.update([page(3, "word")])
    assert found(index, "word") == {1, 2, 3}


def a_child_forked_while_its_parent_writes_does_not_keep_the_lock(subject: Subject) -> None:
    if not hasattr(os, "fork"):
        return
    index = subject.index_of([])
    forking = multiprocessing.get_context("fork")
    done = forking.Event()
    with index.writer_lock():
        process = forking.Process(target=done.wait)
        process.start()
    try:
        with subject.open().writer_lock(blocking=False) as held:
            assert held
    finally:
        done.set()
        process.join(60)


def _watched(index: Engine, change: object) -> list[object]:
    """What four threads see that is not twenty pages, while the index changes."""
    assert callable(change)
    stop = threading.Event()
    wrong: list[object] = []

    def watch() -> None:
        while not stop.is_set():
            try:
                counts = (search(index, "even").total, index.page_count())
            except Exception as error:
                wrong.append(error)
                return
            if counts != (20, 20):
                wrong.append(counts)

    watchers = [threading.Thread(target=watch) for _ in range(4)]
    for watcher in watchers:
        watcher.start()
    try:
        for turn in range(12):
            change(turn)
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()
    return wrong


def _comparable(hits: Hits) -> tuple[object, ...]:
    return hits.ids, hits.scores, hits.total, hits.complete, frozenset(hits.matching)


CHECKS = (
    eight_threads_get_the_answers_that_one_gets,
    threads_that_search_while_pages_change_see_a_whole_index,
    threads_that_search_during_rebuilds_see_a_whole_index,
    threads_that_write_take_turns,
    a_thread_that_will_not_wait_is_told_that_another_one_writes,
    who_holds_the_lock_may_write_and_rebuild_under_it,
    a_forked_child_searches_and_writes_although_locks_were_held_at_the_fork,
    a_child_forked_while_its_parent_writes_does_not_keep_the_lock,
)
