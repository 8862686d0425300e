"""One index serves all threads of a process, and its children after a fork."""

from __future__ import annotations

import multiprocessing
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from search_builders import found, index_of, page, search

from kbwiki.search.engines.protocol import Hits
from kbwiki.search.engines.whoosh.index import WhooshIndex

WORDS = [f"{first}{second}" for first in "bcdfgl" for second in ("anana", "ridge", "oat", "ellar", "amp")]


def random_pages(count: int) -> list[str]:
    chance = random.Random(3)
    return [" ".join(chance.choices(WORDS, k=chance.randrange(5, 80))) for _ in range(count)]


def random_queries(count: int) -> list[str]:
    chance = random.Random(4)
    shapes = ["{} {}", '"{} {}"', "{} OR {}", "{} -{}", "{} {}*", "title:{} {}", "{}"]
    return [chance.choice(shapes).format(*chance.choices(WORDS, k=2)) for _ in range(count)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("threads")
    texts = random_pages(600)
    index = index_of(folder, [page(n, text, title=text[:12]) for n, text in enumerate(texts)])
    for start in range(0, 200, 20):
        index.update([page(n, texts[n][::-1], title=texts[n][:12]) for n in range(start, start + 20)])
    return folder


def test_eight_threads_get_the_answers_that_one_gets(folder: Path) -> None:
    queries = random_queries(2_000)

    def ask(index: WhooshIndex, number: int) -> Hits:
        return search(index, queries[number], limit=20)

    alone = WhooshIndex(folder)
    expected = [ask(alone, number) for number in range(len(queries))]
    shared = WhooshIndex(folder)
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda number: ask(shared, number), range(len(queries))))
    finally:
        sys.setswitchinterval(switching)

    assert answers == expected


def test_threads_that_search_while_pages_change_always_see_a_whole_index(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(number, "left even") for number in range(20)])
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
    for turn in range(25):
        # All pages change in one commit: half a commit would be seen as missing or double pages.
        index.update([page(number, f"turn{turn} even") for number in range(20)])
    stop.set()
    for watcher in watchers:
        watcher.join()

    assert wrong == []


def test_threads_that_write_take_turns(tmp_path: Path) -> None:
    index = index_of(tmp_path, [])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: index.update([page(number, "word")]), range(24)))

    assert found(index, "word") == set(range(24))


def test_a_thread_that_will_not_wait_is_told_that_another_one_writes(tmp_path: Path) -> None:
    index = index_of(tmp_path, [])

    def try_to_write() -> bool:
        with index.writer_lock(blocking=False) as held:
            return held

    with ThreadPoolExecutor(1) as threads:
        with index.writer_lock():
            while_held = threads.submit(try_to_write).result()
        afterwards = threads.submit(try_to_write).result()

    assert (while_held, afterwards) == (False, True)


def test_who_holds_the_lock_may_write_and_rebuild_under_it(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)

    with index.writer_lock(blocking=False) as held:
        assert held
        with index.rebuild() as rebuild:
            rebuild.add([page(1, "word")])
        index.update([page(2, "word")])

    assert found(index, "word") == {1, 2}


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_a_forked_child_searches_and_writes_although_locks_were_held_at_the_fork(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "word")])
    assert found(index, "word") == {1}
    forking = multiprocessing.get_context("fork")
    answers = forking.SimpleQueue()

    def child() -> None:
        index.update([page(2, "word")])
        answers.put(sorted(found(index, "word")))

    with index.writer_lock():
        process = forking.Process(target=child)
        process.start()
    process.join(60)

    assert process.exitcode == 0
    assert answers.get() == [1, 2]
    assert found(index, "word") == {1, 2}


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="needs fork")
def test_a_child_forked_while_its_parent_writes_does_not_keep_the_lock(tmp_path: Path) -> None:
    index = index_of(tmp_path, [])
    forking = multiprocessing.get_context("fork")
    done = forking.Event()

    with index.writer_lock():
        process = forking.Process(target=done.wait)
        process.start()
    try:
        with WhooshIndex(tmp_path).writer_lock(blocking=False) as held:
            assert held
    finally:
        done.set()
        process.join(60)
