"""How long a save takes into the index while two processes save, `kbwiki work` runs, and somebody searches."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from kbwiki import Actor, Settings, Wiki
from kbwiki.journal.models import Entry
from kbwiki.pages.models import Page
from kbwiki.testing import READER, save
from tests.databases import PostgresqlMissing, postgresql_server

from .corpus import REPOSITORY
from .figures import Figure

ENGINES = ("whoosh", "fts5", "postgresql")
SAVES = int(os.environ.get("KBWIKI_BENCH_LAG_SAVES", "200"))
WRITERS = ("red", "blue")
FLOOR = "the median save in the same run"
_LOOK_EVERY = 0.005
_SEARCH_EVERY = 0.1
_LONGEST = 120.0


def measure() -> Iterator[Figure]:
    """Lag of every save, by engine: from the moment the save returned to the moment the index speaks of it."""
    for engine in ENGINES:
        try:
            with _place(engine) as (url, folder):
                yield from _measure(engine, url, folder)
        except PostgresqlMissing as missing:
            print(f"search_lag on {engine} was left out: {missing}", file=sys.stderr)


@contextmanager
def _place(engine: str) -> Iterator[tuple[str, str]]:
    with TemporaryDirectory(prefix="kbwiki-bench-") as name:
        if engine != "postgresql":
            yield f"sqlite:///{Path(name) / 'wiki.db'}", str(Path(name) / "index")
            return
        with postgresql_server(durable=True) as server:
            yield server.create_database().render_as_string(hide_password=False), str(Path(name) / "index")


def _measure(engine: str, url: str, folder: str) -> Iterator[Figure]:
    wiki = _open(url, folder, engine)
    wiki.upgrade()
    wiki.search.catch_up()
    helpers = [_worker(url, folder, engine), _play("search", url, folder, engine)]
    try:
        writers = [_play("write", url, folder, engine, who, str(SAVES)) for who in WRITERS]
        looked = _watch(wiki, writers)
        saves = [one for writer in writers for one in json.loads(writer.communicate()[0].splitlines()[-1])]
    finally:
        for helper in helpers:
            helper.terminate()
            helper.wait()
    lags, took = _lags(wiki, saves, looked), [one["took"] for one in saves]
    wiki.close()
    median = statistics.median(took) * 1000
    lags.sort()
    for name, value in (("p50", lags[len(lags) // 2]), ("p95", lags[int(len(lags) * 0.95)]), ("most", lags[-1])):
        yield Figure(f"search_lag.{engine}.{name}", value * 1000, "ms", value * 1000 / median, FLOOR)
    yield Figure(f"search_lag.{engine}.save", median, "ms", 1.0, FLOOR)


def _open(url: str, folder: str, engine: str) -> Wiki:
    settings = Settings(search_engine=engine, lock_timeout_seconds=60.0)
    return Wiki(url, index=Path(folder), settings=settings)


def _worker(url: str, folder: str, engine: str) -> subprocess.Popen[str]:
    """`kbwiki work`, as it runs beside an app."""
    program = "from kbwiki.cli import main; main()"
    options = ["--database", url, "--index", folder, "--search-engine", engine, "work"]
    return subprocess.Popen([sys.executable, "-c", program, *options], stdout=subprocess.DEVNULL, text=True)


def _play(*role: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.lagging", *role]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def _watch(wiki: Wiki, writers: list[subprocess.Popen[str]]) -> list[tuple[int, float]]:
    """The positions the index reached, and when, until it has everything the writers saved."""
    assert wiki.search.sync is not None
    engine = wiki.search.sync.engine
    looked = [(engine.position(), time.time())]
    ended: float | None = None
    while ended is None or wiki.search.lag() != 0:
        position = engine.position()
        if position > looked[-1][0]:
            looked.append((position, time.time()))
        if ended is None and all(writer.poll() is not None for writer in writers):
            ended = time.monotonic()
            wiki.seal()
        if ended is not None and time.monotonic() - ended > _LONGEST:
            raise RuntimeError(f"The index did not catch up within {_LONGEST:.0f} seconds; that is what to look at.")
        time.sleep(_LOOK_EVERY)
    position = engine.position()
    return [*looked, (position, time.time())]


def _lags(wiki: Wiki, saves: list[dict[str, Any]], looked: list[tuple[int, float]]) -> list[float]:
    """For each save the seconds until the index had come to its entry."""
    with wiki.read() as connection:
        rows = connection.execute(
            select(Page.path, Entry.position)
            .join(Entry, (Entry.subject_id == Page.id) & (Entry.subject_kind == "page"))
            .where(Entry.wiki_id == wiki.id)
        )
        positions = {row.path: row.position for row in rows}
    reached = [position for position, _ in looked]
    return [max(looked[bisect_left(reached, positions[one["path"]])][1] - one["at"], 0.0) for one in saves]


def _write(wiki: Wiki, who: str, saves: int) -> None:
    """Save so many pages one after the other, and print when each save returned and how long it took."""
    author = Actor(f"writer{who}", f"Writer {who}", frozenset({"staff"}))
    done = []
    for number in range(saves):
        started = time.time()
        save(wiki, f"{who}/{number}", f"giraffe number {number} of {who}\n" * 20, by=author)
        done.append({"path": f"{who}/{number}", "at": time.time(), "took": time.time() - started})
    print(json.dumps(done), flush=True)


def _search(wiki: Wiki) -> None:
    """Search, until stopped, as often as a few readers would."""
    while True:
        wiki.search(READER, "giraffe")
        time.sleep(_SEARCH_EVERY)


def main(role: str, url: str, folder: str, engine: str, *arguments: str) -> None:
    """Play a role of the measurement."""
    wiki = _open(url, folder, engine)
    if role == "write":
        _write(wiki, arguments[0], int(arguments[1]))
    else:
        _search(wiki)
    wiki.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
