"""What happens: entries are written inside the transaction that makes the change, and sealed into the chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from ..db import Change, Transaction, table_of
from .chain import EMPTY, Head, digest, in_order, link
from .models import Entry

_INSERT = insert(table_of(Entry))
_HEAD = (
    select(Entry.position, Entry.chain)
    .where(Entry.wiki_id == bindparam("wiki_id"), Entry.position.is_not(None))
    .order_by(Entry.position.desc())
    .limit(1)
)
_UNSEALED = (
    select(Entry.id, Entry.digest)
    .where(Entry.wiki_id == bindparam("wiki_id"), Entry.position.is_(None))
    .order_by(Entry.id)
    .limit(1000)
)
_SEAL = (
    update(table_of(Entry))
    .where(table_of(Entry).c.id == bindparam("entry_id"))
    .values(position=bindparam("new_position"), chain=bindparam("new_chain"))
)
_SEALER_LOCK = 0x6B62_7769  # "kbwi": the first half of the advisory lock's key; the wiki's id is the second


def head_of(connection: Connection, wiki_id: int) -> Head:
    """The last sealed position and link of the wiki's chain, or the empty head."""
    row = connection.execute(_HEAD, {"wiki_id": wiki_id}).first()
    return Head(row.position, row.chain) if row is not None else EMPTY


def append(tx: Transaction, wiki: str, *, seal_now: bool) -> list[dict[str, Any]]:
    """Write one entry for each recorded change, in order; give back the rows.

    With `seal_now` (a database with one writer at a time, where the order of writing is the order of commits) the
    entries take their place in the chain in the same statement. Elsewhere they stay unsealed until `seal`.
    """
    rows = [entry_row(tx, wiki, change, actor_id=tx.actor_id, actor=tx.actor.id) for change in tx.changes]
    write_entries(tx.connection, tx.wiki_id, rows, seal_now=seal_now)
    return rows


def entry_row(tx: Transaction, wiki: str, change: Change, *, actor_id: int, actor: str) -> dict[str, Any]:
    """The row of an entry for `change` by the actor with row `actor_id` and host's id `actor`, not sealed yet."""
    return {
        "wiki_id": tx.wiki_id,
        "position": None,
        "kind": change.kind,
        "actor_id": actor_id,
        "at": tx.now,
        "batch": tx.batch,
        "subject_kind": change.subject_kind,
        "subject_id": change.subject_id,
        "number": change.number,
        "exempt": change.exempt,
        "payload": in_order(change.payload),
        "digest": digest(
            wiki=wiki,
            kind=change.kind,
            actor=actor,
            at=tx.now,
            batch=tx.batch,
            subject=(change.subject_kind, change.subject_id, change.number),
            exempt=change.exempt,
            payload=change.payload,
        ),
        "chain": None,
    }


def write_entries(
    connection: Connection, wiki_id: int, rows: Sequence[dict[str, Any]], *, seal_now: bool
) -> None:
    """Insert entry rows in order; with `seal_now` they get their places in the chain first."""
    if not rows:
        return
    if seal_now:
        head = head_of(connection, wiki_id)
        for row in rows:
            head = link(head, row["digest"])
            row["position"], row["chain"] = head.position, head.chain
    connection.execute(_INSERT, rows if len(rows) > 1 else rows[0])


def seal(connection: Connection, wiki_id: int) -> int:
    """Give every committed, unsealed entry its position and link; give back how many were sealed.

    One sealer at a time per wiki: on PostgreSQL by an advisory lock held until the caller commits, on SQLite by the
    write lock. Safe to call at any time from any process; after a crash the next call goes on.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:space, :wiki)"), {"space": _SEALER_LOCK, "wiki": wiki_id}
        )
    head = head_of(connection, wiki_id)
    sealed = 0
    while rows := connection.execute(_UNSEALED, {"wiki_id": wiki_id}).all():
        links = []
        for row in rows:
            head = link(head, row.digest)
            links.append({"entry_id": row.id, "new_position": head.position, "new_chain": head.chain})
        connection.execute(_SEAL, links)
        sealed += len(links)
    return sealed


def unsealed_since(connection: Connection, wiki_id: int) -> datetime | None:
    """When the first of the entries was made that wait for their place in the chain; None when none does."""
    return connection.execute(
        select(func.min(Entry.at)).where(Entry.wiki_id == wiki_id, Entry.position.is_(None))
    ).scalar()


def count_unsealed(connection: Connection, wiki_id: int) -> int:
    """How many committed entries wait for their place in the chain."""
    return connection.execute(
        select(func.count()).where(Entry.wiki_id == wiki_id, Entry.position.is_(None))
    ).scalar_one()
