"""Checks of processes that write at the same time, and that are killed while they do."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from .subject import Subject, fill, found, page, search

_PROCESSES: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
"""Forking starts at once; where it is not safe, as on macOS, each process imports everything anew."""


def two_processes_that_write_at_the_same_time_lose_nothing_and_hear_no_error(subject: Subject) -> None:
    index = subject.index_of([])
    started = [_start(write_pages, subject, first, 25) for first in (0, 1000)]
    while any(process.is_alive() for process, _ in started):
        # A reader is at work all the while, and hears no error either.
        assert search(index, "word", limit=5).total <= 50
        time.sleep(0.05)
    heard = [_messages(ear) for _, ear in started]
    assert heard == [list(range(25)), list(range(1000, 1025))]
    assert found(subject.open(), "word") == {*range(25), *range(1000, 1025)}


def a_process_that_will_not_wait_is_told_that_another_one_writes(subject: Subject) -> None:
    index = subject.index_of([page(1, "word")])
    process, ear = _start(hold_the_lock, subject)
    assert ear.recv() == "held"
    with index.writer_lock(blocking=False) as held:
        assert not held
    assert found(index, "word") == {1}
    process.kill()
    process.join(60)
    deadline = time.monotonic() + 30  # a server may take a moment to notice that somebody died
    held = False
    while not held and time.monotonic() < deadline:
        with index.writer_lock(blocking=False) as held:
            pass
    assert held


def a_writer_killed_at_any_moment_leaves_every_page_it_had_announced(subject: Subject) -> None:
    chance = random.Random()
    index = subject.index_of([page(-1, "word")])
    announced: set[object] = {-1}
    for round_ in range(2):
        first = 10_000 * (round_ + 1)
        announced.update(_killed(chance.uniform(0, 0.1), write_pages, subject, first, 5_000))
        survived = set(search(subject.open(), "word", limit=20_000).ids)
        assert announced <= survived
        assert len(survived - announced) <= round_ + 1  # the page that was on its way each time
        announced |= survived
        assert subject.open().position() == max(survived)
    index.update([page(0, "word")])
    assert set(search(index, "word", limit=20_000).ids) == announced | {0}


def a_rebuild_killed_at_any_moment_leaves_a_whole_index(subject: Subject) -> None:
    chance = random.Random()
    subject.index_of([page(number, "word first") for number in range(150)]).close()
    for _ in range(2):
        _killed(chance.uniform(0, 0.15), rebuild_for_ever, subject)
        assert search(subject.open(), "word").total == 150
    assert found(subject.index_of([page(1, "last")]), "last") == {1}


def write_pages(subject: Subject, first: int, count: int, said: Connection) -> None:
    """In a process of its own: pages one by one, each announced when it has been written."""
    index = subject.open()
    try:
        for number in range(first, first + count):
            index.update([page(number, f"word writer{first}")], position=number)
            said.send(number)
    except BaseException as error:
        said.send(repr(error))
        raise


def rebuild_for_ever(subject: Subject, said: Connection) -> None:
    """In a process of its own: rebuilds, each announced when it is done."""
    index = subject.open()
    while True:
        fill(index, (page(number, "word again") for number in range(150)))
        said.send("rebuilt")


def hold_the_lock(subject: Subject, said: Connection) -> None:
    """In a process of its own: holds the lock until it dies."""
    with subject.open().writer_lock():
        said.send("held")
        time.sleep(600)


def _start(target: Callable[..., object], subject: Subject, *arguments: Any) -> tuple[Any, Connection]:
    ear, mouth = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(target=target, args=(subject.elsewhere(), *arguments, mouth))
    process.start()
    mouth.close()
    return process, ear


def _killed(seconds: float, target: Callable[..., object], subject: Subject, *arguments: Any) -> list[object]:
    """What the process had said when it was killed, so many seconds after its first word."""
    process, ear = _start(target, subject, *arguments)
    heard = [ear.recv()]
    time.sleep(seconds)
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.join(60)
    return heard + _messages(ear)


def _messages(said: Connection) -> list[object]:
    """Everything that was said until the process fell silent."""
    heard: list[object] = []
    try:
        while said.poll(60):
            heard.append(said.recv())
    except EOFError:
        pass
    return heard


CHECKS = (
    two_processes_that_write_at_the_same_time_lose_nothing_and_hear_no_error,
    a_process_that_will_not_wait_is_told_that_another_one_writes,
    a_writer_killed_at_any_moment_leaves_every_page_it_had_announced,
    a_rebuild_killed_at_any_moment_leaves_a_whole_index,
)
