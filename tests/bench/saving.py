"""A save next to the raw inserts and commit of exactly the rows it writes, by the driver and by bare SQLAlchemy."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from kbwiki import Actor, Wiki
from kbwiki.database import Database
from kbwiki.pages.actions import Edit, save_page
from kbwiki.pages.models import Page
from kbwiki.pages.texts import load_texts

from .corpus import corpus_folder
from .figures import Figure

FLOOR = "the raw inserts, updates and commit of the same rows through sqlite3"
_SAVES = 300
_BLOCK = 30
_AUTHOR = Actor("author", "Arno Author", frozenset({"staff"}))


def measure() -> Iterator[Figure]:
    """The median time of a save, and of its rows alone, on two copies of the loaded wiki in turn."""
    with corpus_folder() as folder:
        shutil.copy(folder / "wiki.db", folder / "raw.db")
        wiki = Wiki(f"sqlite:///{folder / 'wiki.db'}")
        shutil.copy(folder / "wiki.db", folder / "bare.db")
        bare = Database(f"sqlite:///{folder / 'bare.db'}")
        written: list[tuple[str, Any]] = []
        _watch(wiki, written)
        raw = _open_raw(folder / "raw.db")
        ours: list[float] = []
        floor: list[float] = []
        through: list[float] = []
        edits = list(_edits(wiki))
        # In blocks: what one database leaves to the disk is not to be paid by the other's next commit.
        for start in range(0, len(edits), _BLOCK):
            rows = [_timed(wiki, edit, written, ours) for edit in edits[start : start + _BLOCK]]
            floor += [_replay(raw, one) for one in rows]
            through += [_replay_through(bare, one) for one in rows]
        wiki.close()
        bare.dispose()
        raw.close()
    value, base = statistics.median(ours), statistics.median(floor)
    yield Figure("save", value * 1000, "ms", value / base, FLOOR)
    yield Figure("save.rows", base * 1000, "ms", 1.0, FLOOR)
    yield Figure(
        "save.rows_through_sqlalchemy",
        statistics.median(through) * 1000,
        "ms",
        statistics.median(through) / base,
        FLOOR,
    )


def _timed(wiki: Wiki, edit: Edit, written: list[tuple[str, Any]], took: list[float]) -> list[tuple[str, Any]]:
    """Save once, note how long it took, and give back the statements that wrote."""
    written.clear()
    started = time.perf_counter()
    with wiki.begin(_AUTHOR) as tx:
        save_page(tx, edit)
    took.append(time.perf_counter() - started)
    return list(written)


def _watch(wiki: Wiki, written: list[tuple[str, Any]]) -> None:
    @event.listens_for(wiki.database.engine, "after_cursor_execute")
    def _(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append((statement, parameters))


def _open_raw(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -32000"):
        raw.execute(f"PRAGMA {pragma}")
    return raw


def _replay(raw: sqlite3.Connection, written: list[tuple[str, Any]]) -> float:
    started = time.perf_counter()
    raw.execute("BEGIN IMMEDIATE")
    for statement, parameters in written:
        raw.execute(statement, parameters).fetchall()
    raw.execute("COMMIT")
    return time.perf_counter() - started


def _replay_through(bare: Database, written: list[tuple[str, Any]]) -> float:
    started = time.perf_counter()
    with bare.write() as connection:
        for statement, parameters in written:
            connection.exec_driver_sql(statement, parameters)
    return time.perf_counter() - started


def _edits(wiki: Wiki) -> Iterator[Edit]:
    with wiki.read() as connection:
        pages = connection.execute(
            select(Page.path, Page.number, Page.text_digest).where(~Page.deleted).order_by(Page.id).limit(_SAVES)
        ).all()
        texts = load_texts(connection, {page.text_digest for page in pages})
    for page in pages:
        text = texts[page.text_digest] + "\nOne more line, as people add them.\n"
        yield Edit(page.path, text, base=page.number, comment="One more line")
