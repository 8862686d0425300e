"""Processes that write at the same time, that are killed, and that meet a full disk."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from search_builders import found, index_of, page, search

from kbwiki.search.engines.whoosh.index import WhooshIndex

SPAWN = multiprocessing.get_context("spawn")


def write_pages(folder: Path, first: int, count: int, said: Connection) -> None:
    """In a process of its own: pages one by one, each announced when it has been written."""
    index = WhooshIndex(folder)
    try:
        for number in range(first, first + count):
            index.update([page(number, f"word writer{first}")], position=number)
            said.send(number)
    except BaseException as error:
        said.send(repr(error))
        raise


def rebuild_for_ever(folder: Path, said: Connection) -> None:
    index = WhooshIndex(folder)
    while True:
        with index.rebuild() as rebuild:
            rebuild.add(page(number, "word again") for number in range(150))
        said.send("rebuilt")


def hold_the_lock(folder: Path, said: Connection) -> None:
    with WhooshIndex(folder).writer_lock():
        said.send("held")
        time.sleep(600)


def write_on_a_full_disk(folder: Path, said: Connection) -> None:
    """The system refuses to let any file grow beyond 2,000 bytes, as a full disk would."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
    index = WhooshIndex(folder)
    try:
        index.update([page(n, " ".join(f"w{n}x{k}" for k in range(200))) for n in range(50)], position=2)
    except OSError:
        said.send("refused")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    index.update([page(7, "room again")], position=3)
    said.send("written")


def messages(said: Connection) -> list[object]:
    """Everything that was said until the process fell silent."""
    heard: list[object] = []
    try:
        while said.poll(60):
            heard.append(said.recv())
    except EOFError:
        pass
    return heard


def test_two_processes_that_write_at_the_same_time_lose_nothing_and_hear_no_error(tmp_path: Path) -> None:
    index_of(tmp_path, [])
    ears, processes = [], []
    for first in (0, 1000):
        ear, mouth = SPAWN.Pipe(duplex=False)
        process = SPAWN.Process(target=write_pages, args=(tmp_path, first, 40, mouth))
        process.start()
        mouth.close()
        ears.append(ear)
        processes.append(process)

    heard = [messages(ear) for ear in ears]
    for process in processes:
        process.join(60)

    assert heard == [list(range(40)), list(range(1000, 1040))]
    assert found(WhooshIndex(tmp_path), "word") == {*range(40), *range(1000, 1040)}


def test_a_process_that_will_not_wait_is_told_that_another_one_writes(tmp_path: Path) -> None:
    index = index_of(tmp_path, [page(1, "word")])
    ear, mouth = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=hold_the_lock, args=(tmp_path, mouth))
    process.start()
    assert ear.recv() == "held"

    with index.writer_lock(blocking=False) as held:
        assert not held
    assert found(index, "word") == {1}
    process.kill()
    process.join(60)

    with index.writer_lock(blocking=False) as held:
        assert held


def killed_after(target: object, arguments: tuple[object, ...], seconds: float) -> list[object]:
    """What the process had said when it was killed, so many seconds after its first word."""
    ear, mouth = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=target, args=(*arguments, mouth))  # type: ignore[arg-type]
    process.start()
    mouth.close()
    heard = [ear.recv()]
    time.sleep(seconds)
    os.kill(process.pid or 0, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.join(60)
    return heard + messages(ear)


def test_a_writer_killed_at_any_moment_leaves_every_page_it_had_announced(tmp_path: Path) -> None:
    chance = random.Random()
    index = index_of(tmp_path, [page(-1, "word")])
    announced: set[object] = {-1}

    for round_ in range(4):
        first = 10_000 * (round_ + 1)
        heard = killed_after(write_pages, (tmp_path, first, 5_000), chance.uniform(0, 0.1))
        announced.update(heard)

        survived = found(WhooshIndex(tmp_path), "word")
        assert announced <= survived
        assert len(survived - announced) <= round_ + 1  # the page that was on its way each time
        announced |= survived
        assert WhooshIndex(tmp_path).position() == max(survived)

    index.update([page(0, "word")])
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert found(index, "word") == announced | {0}
    assert all(name.endswith((".seg", ".toc")) or name in {"CURRENT", "LOCK"} for name in names)


def test_a_rebuild_killed_at_any_moment_leaves_a_whole_index_and_the_next_one_clears_up(tmp_path: Path) -> None:
    chance = random.Random()
    index_of(tmp_path, [page(number, "word first") for number in range(150)])

    for _ in range(3):
        killed_after(rebuild_for_ever, (tmp_path,), chance.uniform(0, 0.15))

        assert search(WhooshIndex(tmp_path), "word").total == 150

    index = index_of(tmp_path, [page(1, "last")])
    assert found(index, "last") == {1}
    assert len(list(tmp_path.glob("index-*"))) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_a_full_disk_leaves_the_index_as_it_was_and_the_next_update_succeeds(tmp_path: Path) -> None:
    index_of(tmp_path, [page(1, "old")], position=1)
    ear, mouth = SPAWN.Pipe(duplex=False)
    process = SPAWN.Process(target=write_on_a_full_disk, args=(tmp_path, mouth))
    process.start()
    mouth.close()

    assert ear.recv() == "refused"
    assert messages(ear) == ["written"]
    process.join(60)

    index = WhooshIndex(tmp_path)
    assert (found(index, "old"), found(index, "room"), found(index, "w7x7")) == ({1}, {7}, set())
    assert (index.page_count(), index.position()) == (2, 3)
