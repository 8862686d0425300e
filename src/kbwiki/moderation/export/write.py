"""Exporting the record: row by row, so that no length of it fills memory, and recorded itself when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from ...actors import Actor
from ...db import Change, Transaction
from ...journal.append import head_of
from ...journal.chain import Head
from ..looks import EXEMPT
from ..queries.log import RecordFilter, RecordLine, record_lines
from .rows import FIRST_SEAL, Row, end_row, row_of

_AT_ONCE = 1000

Reading = Callable[[], AbstractContextManager[Connection]]
Beginning = Callable[[Actor], AbstractContextManager[Transaction]]


def exported_rows(
    read: Reading, begin: Beginning, wiki_id: int, actor: Actor, admin_group: str, wanted: RecordFilter
) -> Iterator[Row]:
    """Every line of the record that the actor may see and `wanted` asks for, oldest first, and the last line.

    The journal is sealed already. It is read up to where it stands when the first row is asked for, some rows at a time
    and with no transaction left open between, so a slow reader keeps nobody waiting. After the last row the export
    itself becomes an entry: who, what, how many rows, and the last seal, which makes the file one that can be proved.
    """
    with read() as connection:
        head = head_of(connection, wiki_id)
    number, seal = 0, FIRST_SEAL
    for line in _lines(read, wiki_id, actor, admin_group, wanted, head):
        number += 1
        row = row_of(line, number, seal)
        seal = row["seal"]
        yield row
    facts = {"rows": number, "filter": wanted.said()}
    with begin(actor) as tx:
        payload = {**facts, "seal": seal, "position": head.position}
        tx.record(Change("export", "export", tx.actor_id, 1, (), payload, exempt=EXEMPT))
        at = tx.now
    yield end_row(str(head), at, actor.id, actor.name, facts, seal)


def _lines(
    read: Reading, wiki_id: int, actor: Actor, admin_group: str, wanted: RecordFilter, head: Head
) -> Iterator[RecordLine]:
    after = 0
    while True:
        with read() as connection:
            lines = record_lines(
                connection, wiki_id, actor, admin_group, wanted,
                after=after, before=head.position + 1, count=_AT_ONCE, upwards=True,
            )  # fmt: skip
        yield from lines
        if len(lines) < _AT_ONCE:
            return
        after = lines[-1].position
