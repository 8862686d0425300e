"""Plugins that follow the journal, for tests and for the processes that tests kill."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from kbwiki import Settings, Wiki
from kbwiki.hooks import Consumer, Fact, Plugin, hookimpl
from kbwiki.testing import save


def following(
    take: Callable[[Sequence[Fact]], None],
    called: str = "follower",
    *,
    kinds: tuple[str, ...] = (),
    from_start: bool = True,
    most: int = 100,
) -> type[Plugin]:
    """A plugin with one consumer."""

    class Follower(Plugin):
        name = called

        @hookimpl
        def consumers(self) -> Consumer:
            return Consumer("all", take, kinds=kinds, from_start=from_start, most=most)

    return Follower


def write_down(path: str) -> Callable[[Sequence[Fact]], None]:
    """A consumer that writes positions to a file, each batch at once and for good."""

    def take(facts: Sequence[Fact]) -> None:
        said = "".join(f"{fact.position}\n" for fact in facts)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, said.encode())
        os.close(handle)

    return take


def save_and_follow(url: str, turn: int, log: str, ready: int) -> None:
    """Save and hand out without end, some hours after the turn before, until somebody kills this process."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=turn)
    begun = datetime.now(UTC)
    wiki = Wiki(
        url,
        plugins=[following(write_down(log), most=3)],
        settings=Settings(lock_timeout_seconds=60.0),
        clock=lambda: start + (datetime.now(UTC) - begun),
    )
    for at in range(10_000):
        save(wiki, f"page{turn}-{at % 5}", f"text {turn} {at}\n", base=at // 5 or None)
        wiki.catch_up_consumers()
        if at == 0:
            os.write(ready, b".")
