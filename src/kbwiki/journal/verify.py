"""Proving the journal: any entry edited, deleted, reordered or cut off after sealing is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ..db import table_of
from .chain import EMPTY, Head, digest, link
from .models import ActorRow, Entry, WikiRow

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the journal: at which position, and what."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: how many entries were read, the head they lead to, and every fault found."""

    entries: int
    head: Head
    faults: tuple[Fault, ...]

    @property
    def intact(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def verify(
    connection: Connection,
    wiki_id: int,
    *,
    exported: Head | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verification:
    """Recompute the whole chain from what the entries say and compare it with what was sealed.

    `exported` is a head kept outside the database: with it, entries cut off at the end, or a chain rewritten
    as a whole, are
    found too. `progress` is called with the number of entries read so far.
    """
    wiki = connection.execute(select(WikiRow.name).where(WikiRow.id == wiki_id)).scalar_one()
    actors = select(ActorRow.id, ActorRow.external_id).where(ActorRow.wiki_id == wiki_id)
    names = {row.id: row.external_id for row in connection.execute(actors)}
    head, faults, count = EMPTY, [], 0
    seen_exported = exported is None or exported == EMPTY
    for row in _entries(connection, wiki_id):
        if row.position != head.position + 1:
            faults.append(Fault(head.position + 1, _missing(head.position + 1, row.position - 1)))
            head = Head(row.position - 1, head.chain)
        said = digest(
            wiki=wiki,
            kind=row.kind,
            actor=names.get(row.actor_id, ""),
            at=row.at,
            batch=row.batch,
            subject=(row.subject_kind, row.subject_id, row.number),
            exempt=row.exempt,
            payload=row.payload,
        )
        following = link(head, row.digest)
        if said != row.digest:
            faults.append(Fault(row.position, "the entry was edited: it no longer says what its digest was made of"))
        elif following.chain != row.chain:
            faults.append(Fault(row.position, "the entry is not the one sealed here: replaced, moved or inserted"))
        # Going on from the sealed link, not the computed one, names each fault once instead of all that follow.
        head = Head(row.position, row.chain)
        count += 1
        if exported is not None and head.position == exported.position:
            seen_exported = True
            if head.chain != exported.chain:
                faults.append(Fault(head.position, "the chain differs from the exported head: it was rewritten"))
        if progress is not None and count % _BATCH == 0:
            progress(count)
    if not seen_exported and exported is not None:
        faults.append(Fault(head.position + 1, _missing(head.position + 1, exported.position) + " at the end"))
    return Verification(count, head, tuple(faults))


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first >= last else f"entries {first} to {last} are missing"


def _entries(connection: Connection, wiki_id: int) -> Iterator[Any]:
    after = 0
    columns = [column for column in table_of(Entry).columns if column.name != "wiki_id"]
    while True:
        rows = connection.execute(
            select(*columns)
            .where(Entry.wiki_id == wiki_id, Entry.position > after)
            .order_by(Entry.position)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].position
