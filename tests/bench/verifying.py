"""How long it takes to prove a journal: ten thousand entries, and a million.

The entries are those of a wiki at work: nine changes of pages and one decision of ten, each digest and link made by
the functions that make them for a save, written a few thousand at a time. What is measured is `Wiki.verify` against
the head it leads to. The floor reads the same rows with the same driver and hashes their columns as they come, twice
as the chain does: less nobody can do who has to see every entry.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from kbwiki import Actor, Wiki
from kbwiki.db import Change
from kbwiki.journal.append import entry_row, write_entries

from .figures import Figure

SIZES = (10_000, 1_000_000)
FLOOR = "reading the same rows and hashing them as they are"
_AT_ONCE = 5_000
_COLUMNS = (
    "position, kind, actor_id, at, batch, subject_kind, subject_id, number, exempt, payload, digest, chain"
)
_AUTHORS = [Actor(f"author-{number}", f"Author {number}", frozenset({"staff"})) for number in range(20)]


def measure() -> Iterator[Figure]:
    """For each size the seconds a verification takes and entries a second, each next to the floor."""
    for size in SIZES:
        with TemporaryDirectory(prefix="kbwiki-bench-") as name:
            wiki = _filled(Path(name) / "wiki.db", size)
            floor = _floor(wiki)
            started = time.perf_counter()
            outcome = wiki.verify()
            took = time.perf_counter() - started
            wiki.close()
        if not outcome.intact or outcome.entries != size:
            raise AssertionError(f"the journal of {size} entries did not verify: {outcome.faults[:3]}")
        yield Figure(f"verify.{size}", took, "s", took / floor, FLOOR)
        yield Figure(f"verify.{size}.rate", size / took, "entries/s", floor / took, FLOOR)


def _floor(wiki: Wiki) -> float:
    started = time.perf_counter()
    link = bytes(32)
    with wiki.read() as connection:
        rows = connection.connection.cursor()
        rows.execute(f"SELECT {_COLUMNS} FROM kbwiki_entry WHERE wiki_id = ? ORDER BY position", (wiki.id,))
        for row in rows:
            said = sha256(repr(row).encode()).digest()
            link = sha256(link + said).digest()
        rows.close()
    return time.perf_counter() - started


def _filled(file: Path, size: int) -> Wiki:
    wiki = Wiki(f"sqlite:///{file}")
    wiki.upgrade()
    ids = []
    for author in _AUTHORS:
        with wiki.begin(author) as tx:
            ids.append(tx.actor_id)
    for first in range(0, size, _AT_ONCE):
        with wiki.begin(_AUTHORS[0]) as tx:
            chosen = range(first, min(first + _AT_ONCE, size))
            rows = []
            for number in chosen:
                by = number % len(_AUTHORS)
                rows.append(entry_row(tx, wiki.name, _change(number), actor_id=ids[by], actor=_AUTHORS[by].id))
            write_entries(tx.connection, tx.wiki_id, rows, seal_now=True)
    return wiki


def _change(number: int) -> Change:
    said = sha256(str(number).encode()).hexdigest()
    page = 1 + number % 5_000
    if number % 10 == 9:
        payload = {
            "verdict": "approve", "reason": "", "group": "moderators", "page": page, "base": number // 10,
            "head": number // 10 + 1, "shown": said, "result": number // 10 + 1, "decision": number // 10 + 1,
        }  # fmt: skip
        return Change("decide", "review", number, 1, (), payload, exempt="decision")
    payload = {"path": f"space-{page % 50}/page-{page} – Ärger", "text": said, "words": said[::-1], "deleted": False}
    return Change("edit", "page", page, 1 + number // 5_000, (1,), payload)
