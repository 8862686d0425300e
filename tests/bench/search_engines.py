"""Every search engine at work in the wiki, beside the engine by itself, on the same pages and questions.

``search_engines``: the public wiki. ``search_100k``: 100,000 pages made from it (`many_pages.py`). Each engine, and
each raw one, is measured in a process of its own, so that memory is its own too. Times are processor time of that
process, because what else the machine does only ever adds; with PostgreSQL, whose work is done elsewhere, they are
what the clock says. Ours does all that a search does (``query``): it asks what the actor may read, counts the total
and the facets in the database, and marks what was found; ``engine`` is the part in which the index is asked.
"""

from __future__ import annotations

import importlib.util
import itertools
import multiprocessing
import resource
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, event, func, insert, select, text

from kbwiki import SYSTEM, Actor, KBWiki, Settings, Wiki
from kbwiki.db import Base
from kbwiki.pages.actions import Edit, save_page
from kbwiki.pages.models import Page
from kbwiki.search.engines import OPENERS
from kbwiki.search.engines.protocol import Scope
from kbwiki.search.feed import all_pages, documents_of
from kbwiki.search.query import parse_query
from kbwiki.spaces.queries import readable_spaces
from tests.databases import postgresql_server

from .corpus import corpus_folder
from .figures import Figure
from .many_pages import add_pages
from .raw_search import RawPage, changed, fresh
from .search_questions import questions

READER = Actor("reader", "Rosa Reader", frozenset({"staff"}))
MANY = 100_000
_SAVES = 60
Clock = Callable[[], float]
_WARM = 10
_BATCH = 500
_NOT_A_QUESTION = ("PRAGMA", "BEGIN", "SELECT set_config", "SET ")
_ENGINES = ("fts5", "postgresql", "tantivy", "whoosh")


def measure(name: str) -> Iterator[Figure]:
    """Build rate, a save's way into the index, questions, size, memory, SQL: for each engine that is here."""
    with ExitStack() as stack:
        folder = stack.enter_context(corpus_folder())
        if name == "search_100k":
            _grow(folder, MANY)
        for engine in _present():
            if name == "search_100k" and engine not in ("whoosh", "fts5"):
                continue
            yield from _compared(f"{name}.{engine}", engine, folder)


def _present() -> list[str]:
    return [name for name in _ENGINES if name in OPENERS or importlib.util.find_spec(f"kbwiki_{name}")]


def _grow(folder: Path, count: int) -> None:
    wiki = Wiki(f"sqlite:///{folder / 'wiki.db'}")
    add_pages(wiki, count)
    wiki.close()


def _compared(name: str, engine: str, folder: Path) -> Iterator[Figure]:
    of = f"{engine} by itself"
    with TemporaryDirectory(prefix="kbwiki-bench-") as place, _database(engine, folder, Path(place)) as url:
        raw = _apart(_raw, engine, url, Path(place))
        ours = _apart(_ours, engine, url, Path(place))
    for what, unit in _UNITS.items():
        if what in ours:
            floor = raw.get(what.replace("engine", "query"))
            ratio = ours[what] / floor if floor else None
            yield Figure(f"{name}.{what}", ours[what], unit, ratio, of if ratio is not None else None)


_UNITS = {
    "build": "pages/s",
    "save_p50": "ms",
    "save_p95": "ms",
    "query_p50": "ms",
    "query_p95": "ms",
    "engine_p50": "ms",
    "engine_p95": "ms",
    "size": "MB",
    "memory": "MB",
    "sql": "statements",
}


@contextmanager
def _database(engine: str, folder: Path, place: Path) -> Iterator[str]:
    """The wiki in a database in which this engine can keep its index, to be changed freely."""
    if engine != "postgresql":
        shutil.copy(folder / "wiki.db", place / "wiki.db")
        yield f"sqlite:///{place / 'wiki.db'}"
        return
    with postgresql_server() as server:
        url = server.create_database().render_as_string(hide_password=False)
        _copy(f"sqlite:///{folder / 'wiki.db'}", url)
        yield url


def _copy(source: str, target: str) -> None:
    """All rows of the wiki, into a database of another kind."""
    wiki = Wiki(target)
    wiki.upgrade()
    wiki.close()
    reading, writing = create_engine(source), create_engine(target)
    with reading.connect() as old, writing.begin() as new:
        new.exec_driver_sql("SET session_replication_role = replica")
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        new.exec_driver_sql(f"TRUNCATE {names}")
        for table in Base.metadata.sorted_tables:
            rows = old.execution_options(yield_per=2_000).execute(select(table)).mappings()
            while batch := [dict(row) for row in itertools.islice(rows, 2_000)]:
                new.execute(insert(table), batch)
            for column in table.primary_key.columns:
                named = {"table": table.name, "column": column.name}
                sequence = new.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), named).scalar()
                if sequence is not None:
                    most = new.execute(select(func.max(column))).scalar() or 1
                    new.execute(text("SELECT setval(:sequence, :most)"), {"sequence": sequence, "most": most})
    with writing.connect().execution_options(isolation_level="AUTOCOMMIT") as new:
        new.exec_driver_sql("ANALYZE")
    reading.dispose()
    writing.dispose()


def _apart(work: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    """What the work measures in a process of its own, with that process's greatest memory."""
    spawning = multiprocessing.get_context("spawn")
    ear, mouth = spawning.Pipe(duplex=False)
    process = spawning.Process(target=_say, args=(mouth, work, *arguments))
    process.start()
    mouth.close()
    try:
        said: dict[str, float] = ear.recv()
    finally:
        process.join()
    return said


def _say(mouth: Any, work: Callable[..., dict[str, float]], *arguments: Any) -> None:
    measured = work(*arguments)
    measured["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    mouth.send(measured)


def _ours(engine: str, url: str, place: Path) -> dict[str, float]:
    clock = _clock_of(engine)
    settings = Settings(search_engine=engine, search_catch_up_seconds=600.0)
    wiki = Wiki(url, index=place / "ours", settings=settings)
    with wiki.read() as connection:
        ids = all_pages(connection, wiki.id)
        pages = [(page.title, page.body) for page in _documents(wiki, ids[:: max(1, len(ids) // 7_500)])]
    asked = questions(pages)
    built = _seconds(clock, wiki.search.rebuild)
    assert wiki.search.sync is not None
    index = wiki.search.sync.engine
    measured = {"build": len(ids) / built, "size": index.size() / 1e6}
    measured |= _percentiles("query", [_seconds(clock, partial(_find, wiki, text)) for text in _warmed(asked)][_WARM:])
    spaces = Scope(frozenset(_spaces(wiki)))
    roots = [root for text in _warmed(asked) if (root := parse_query(text).root) is not None]
    alone = [_seconds(clock, partial(index.search, root, spaces, limit=20)) for root in roots]
    measured |= _percentiles("engine", alone[_WARM:])
    measured |= _percentiles("save", [_save(wiki, clock, ids[number * 97 % len(ids)]) for number in range(_SAVES)])
    measured["sql"] = _statements(url, place, settings, asked[:40])
    wiki.close()
    return measured


def _spaces(wiki: Wiki) -> list[int]:
    with wiki.read() as connection:
        return [row[0] for row in readable_spaces(connection, wiki.id, READER)]


def _raw(engine: str, url: str, place: Path) -> dict[str, float]:
    clock = _clock_of(engine)
    wiki = Wiki(url)
    with wiki.read() as connection:
        ids = all_pages(connection, wiki.id)
    sample = [_raw_page(page) for page in _documents(wiki, ids[:: max(1, len(ids) // 7_500)])]
    asked = questions([(page.title, page.body) for page in sample])
    raw = fresh(engine, place / "raw", url)
    built = _seconds(clock, lambda: raw.build(map(_raw_page, _documents(wiki, ids))))
    measured = {"build": len(ids) / built}
    measured |= _percentiles("query", [_seconds(clock, partial(raw.ask, text)) for text in _warmed(asked)][_WARM:])
    measured["size"] = raw.size() / 1e6
    edits = [changed(sample[number * 97 % len(sample)], ["edited", str(number)]) for number in range(_SAVES)]
    measured |= _percentiles("save", [_seconds(clock, partial(raw.change, page)) for page in edits])
    wiki.close()
    return measured


def _documents(wiki: Wiki, ids: Sequence[int]) -> Iterator[Any]:
    for start in range(0, len(ids), _BATCH):
        with wiki.read() as connection:
            yield from documents_of(connection, ids[start : start + _BATCH])[0]


def _raw_page(page: Any) -> RawPage:
    section = page.path.split("/")[1] if page.path.count("/") > 1 else ""
    tag = page.tags[0] if page.tags else ""
    facets = (section, tag, str(page.id % 300), str(page.id % 2), str(page.id % 4))
    return RawPage(page.id, page.title, page.body, facets)


def _warmed(asked: Sequence[str]) -> list[str]:
    """The questions, with a few before them for what is loaded when the first ones are asked."""
    return [*asked[-_WARM:], *asked]


def _find(wiki: Wiki, text: str) -> None:
    wiki.search.find(READER, text, limit=20, facets=True)


def _save(wiki: Wiki, clock: Clock, page_id: int) -> float:
    """How long it takes from a save until the index has it."""
    with wiki.begin(SYSTEM) as tx:
        page = tx.connection.execute(select(Page.path, Page.number).where(Page.id == page_id)).one()
        text = f"Edited.\n\nThe page {page.path} says something else now, though not much.\n"
        save_page(tx, Edit(page.path, text, base=page.number))
    wiki.seal()
    return _seconds(clock, wiki.search.catch_up)


def _statements(url: str, place: Path, settings: Settings, asked: Sequence[str]) -> float:
    """The most SQL statements that one view of the search page takes.

    Not counted: what sets up a connection or a transaction, and what a thread does that goes on beside the view.
    """
    app = Flask("bench")
    app.config.update(
        SECRET_KEY="bench",
        KBWIKI_DATABASE_URI=url,
        KBWIKI_INDEX_FOLDER=str(place / "ours"),
        KBWIKI_SEARCH_ENGINE=settings.search_engine,
    )
    wiki = KBWiki().init_app(app, actor=lambda: READER)
    counts: list[int] = []
    seen = 0

    ours = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal seen
        seen += threading.get_ident() == ours and not statement.startswith(_NOT_A_QUESTION)

    client = app.test_client()
    client.get("/wiki/-/search?q=first")
    event.listen(wiki.database.engine, "before_cursor_execute", note)
    for typed in asked:
        seen = 0
        answer = client.get("/wiki/-/search", query_string={"q": typed})
        assert answer.status_code == 200, answer.status
        counts.append(seen)
    return max(counts)


def _percentiles(what: str, seconds: Sequence[float]) -> dict[str, float]:
    ordered = statistics.quantiles(seconds, n=20)
    return {f"{what}_p50": statistics.median(seconds) * 1000, f"{what}_p95": ordered[-1] * 1000}


def _seconds(clock: Clock, work: Callable[[], object]) -> float:
    started = clock()
    work()
    return clock() - started


def _clock_of(engine: str) -> Clock:
    return time.perf_counter if engine == "postgresql" else time.process_time


