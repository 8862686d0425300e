"""Exporting the record: row by row, so that no length of it fills memory, and recorded itself when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

from ...actors import Actor
from ...db import Change, Transaction
from ...journal.append import head_of
from ...journal.chain import Head
from ...settings import Settings
from ..looks import EXEMPT
from ..queries.log import RecordFilter, RecordLine, record_lines
from .rows import FIRST_SEAL, Row, end_row, row_of

_AT_ONCE = 1000

class WikiOfRecords(Protocol):
    """As much of `Wiki` as an export needs: it reads a part at a time, and begins a transaction when it is done."""

    settings: Settings

    @property
    def id(self) -> int:
        """The wiki's row."""

    def seal(self) -> int:
        """Give committed entries their place in the chain."""

    def read(self) -> AbstractContextManager[Connection]:
        """A connection for queries."""

    def begin(self, actor: Actor) -> AbstractContextManager[Transaction]:
        """A transaction in the name of the actor."""


def export_record(wiki: WikiOfRecords, actor: Actor, wanted: RecordFilter) -> Iterator[Row]:
    """Every line of the record that the actor may see and `wanted` asks for, oldest first, and the last line.

    The journal is read up to where it stands when the first row is asked for, some rows at a time and with no
    transaction left open between, so a slow reader keeps nobody waiting. Afterwards the export itself becomes an entry,
    also when the reader went away before the end: who, what, how many rows, and the last seal, by which the file can be
    proved.
    """
    wiki.seal()
    with wiki.read() as connection:
        head = head_of(connection, wiki.id)
    number, seal = 0, FIRST_SEAL
    try:
        for line in _lines(wiki, actor, wanted, head):
            number += 1
            row = row_of(line, number, seal)
            seal = row["seal"]
            yield row
    finally:
        facts = {"rows": number, "filter": wanted.said()}
        with wiki.begin(actor) as tx:
            payload = {**facts, "seal": seal, "position": head.position}
            tx.record(Change("export", "export", tx.actor_id, 1, (), payload, exempt=EXEMPT))
            at = tx.now
    yield end_row(str(head), at, actor.id, actor.name, facts, seal)


def _lines(wiki: WikiOfRecords, actor: Actor, wanted: RecordFilter, head: Head) -> Iterator[RecordLine]:
    after = 0
    while True:
        with wiki.read() as connection:
            lines = record_lines(
                connection, wiki.id, actor, wiki.settings.admin_group, wanted,
                after=after, before=head.position + 1, count=_AT_ONCE, upwards=True,
            )  # fmt: skip
        yield from lines
        if len(lines) < _AT_ONCE:
            return
        after = lines[-1].position
