"""Entries as they are stored: raw, in batches, and whether they still say what their digest was made of.

Verification reads a million of them, and somebody may have written anything into them. So rows come without the types
of SQLAlchemy, and what `append` wrote is put together to the canonical text as it stands; whatever does not fit so is
looked at the long way, through `chain.digest`, which stays the one definition.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, or_, select, text, type_coerce
from sqlalchemy.types import NullType

from ..db import in_list, table_of
from .chain import digest
from .models import RECORDED, Entry

BATCH = 10_000
"""How many entries are in memory at once."""

_E: Any = table_of(Entry).c
_AFTER = and_(
    _E.wiki_id == bindparam("wiki_id"),
    _E.position >= bindparam("after"),
    or_(_E.position > bindparam("after"), _E.id > bindparam("after_id")),
)
_AT = and_(_E.wiki_id == bindparam("wiki_id"), in_list(_E.position, "positions"))
_OF_KIND = and_(_AFTER, _E.kind == bindparam("kind"), text(RECORDED))
_BEFORE_ALL = -(2**62)


class StoredEntry(NamedTuple):
    """A row as the driver gives it. What was tampered with may have any type."""

    id: int
    position: Any
    kind: Any
    actor_id: Any
    at: Any
    batch: Any
    subject_kind: Any
    subject_id: Any
    number: Any
    exempt: Any
    payload: Any
    digest: Any
    chain: Any


def stored_entries(connection: Connection, wiki_id: int) -> Iterator[Sequence[StoredEntry]]:
    """Every entry that has a position, in order and in batches; those that share a position, by id."""
    return _in_batches(connection, _reading(connection.dialect.name, "after"), {"wiki_id": wiki_id})


def entries_of_kind(connection: Connection, wiki_id: int, kind: str) -> Iterator[StoredEntry]:
    """The entries of one of the kinds that make up the record, in order."""
    statement = _reading(connection.dialect.name, "kind")
    for rows in _in_batches(connection, statement, {"wiki_id": wiki_id, "kind": kind}):
        yield from rows


def entries_at(connection: Connection, wiki_id: int, positions: Iterable[int]) -> list[StoredEntry]:
    """The entries at these positions, so far as there are any."""
    key = {"wiki_id": wiki_id, "positions": list(positions), "most": BATCH}
    found: Any = connection.execute(_reading(connection.dialect.name, "at"), key).all()
    return list(found)


@lru_cache(maxsize=6)
def _reading(dialect: str, which: str) -> Select[Any]:
    """A statement that gives columns as they are stored: text for moments and payloads, whatever it says."""
    said = text(f"{_AS_TEXT[dialect]['at']} AS at"), text(f"{_AS_TEXT[dialect]['payload']} AS payload")
    columns = [
        said[0] if name == "at" else said[1] if name == "payload" else type_coerce(_E[name], NullType()).label(name)
        for name in StoredEntry._fields
    ]
    where = {"after": _AFTER, "at": _AT, "kind": _OF_KIND}[which]
    rows = select(*columns).select_from(table_of(Entry)).where(where)
    return rows.order_by(_E.position, _E.id).limit(bindparam("most"))


_AS_TEXT = {
    "sqlite": {"at": "at", "payload": "payload"},
    "postgresql": {
        "at": "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
        "payload": "CAST(payload AS TEXT)",
    },
}


def _in_batches(
    connection: Connection, statement: Select[Any], key: dict[str, Any]
) -> Iterator[Sequence[StoredEntry]]:
    after, after_id = _BEFORE_ALL, 0
    while True:
        place = {"after": after, "after_id": after_id, "most": BATCH}
        rows: Any = connection.execute(statement, {**key, **place}).all()
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after, after_id = rows[-1].position, rows[-1].id


class Teller:
    """Computes anew what the digests of one wiki's entries were made of."""

    def __init__(self, wiki: str, actors: Mapping[int, str]) -> None:
        self._wiki = wiki
        self._actors = actors
        self._openings: dict[tuple[Any, Any], str] = {}

    def intact_until(self, rows: Sequence[StoredEntry], start: int, position: int, chain: bytes) -> tuple[int, bytes]:
        """How far the rows from index `start` on follow `chain`, as `append` wrote them; the index, and the link there.

        The way of nearly all entries, so it calls nothing it need not. It stops, and never errs, at the first row that
        is in any way unusual: a link equal to the stored one can only come from the very text that was sealed.
        """
        openings, to_bytes = self._openings, int.to_bytes
        for index in range(start, len(rows)):
            _, place, kind, actor_id, at, batch, about, subject_id, number, exempt, payload, sealed, link = rows[index]
            position += 1
            try:
                said = (
                    f"{openings.get((kind, actor_id)) or self._open(kind, actor_id)}{at[:10]}T"
                    f'{at[11:19] if at[19:] == ".000000" else at[11:]}+00:00",'
                    f'"{batch}",[{_quoted(about)},{subject_id},{number}],'
                    f"{'null' if exempt is None else _quoted(exempt)},{payload}]"
                ).encode()
                found = sha256(said).digest()
                following = sha256(chain + to_bytes(position, 8, "big") + found).digest()
                usual = (
                    following == link
                    and found == sealed
                    and place == position
                    and at[10] == " "
                    and len(at) == _LENGTH_OF_MOMENT
                    and type(subject_id) is type(number) is int
                    and batch.isalnum()
                )
            except (TypeError, ValueError, AttributeError):
                usual = False
            if not usual:
                return index, chain
            chain = following
        return len(rows), chain

    def _open(self, kind: Any, actor_id: Any) -> str:
        """How the canonical text of every entry of this kind by this actor begins, up to its moment."""
        opening = f'[{_quoted(self._wiki)},{_quoted(kind)},{_quoted(self._actors.get(actor_id, ""))},"'
        self._openings[kind, actor_id] = opening
        return opening

    def says(self, row: StoredEntry) -> bytes | None:
        """The digest of what the entry says now; None where it cannot be read at all."""
        try:
            return digest(
                wiki=self._wiki,
                kind=row.kind,
                actor=self._actors.get(row.actor_id, ""),
                at=moment_of(row),
                batch=row.batch,
                subject=(row.subject_kind, row.subject_id, row.number),
                exempt=row.exempt,
                payload=payload_of(row),
            )
        except (TypeError, ValueError, OverflowError, RecursionError):
            return None


_LENGTH_OF_MOMENT = len("2026-01-01 09:00:00.000000")


def payload_of(row: StoredEntry) -> Any:
    """What stands in the payload. Errors: ValueError when it cannot be read, or says one thing twice."""
    return _DECODER.decode(row.payload)


def moment_of(row: StoredEntry) -> datetime:
    """When it happened. Errors: ValueError, TypeError when no moment stands there."""
    return datetime.fromisoformat(row.at).replace(tzinfo=UTC)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Of a key that stands in it twice, Python would take the last and a database the first."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands in the payload twice")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_without_doubles)


@lru_cache(maxsize=10_000)
def _quoted(said: str) -> str:
    """A word as JSON. Kinds, people and rules come again and again. Errors: TypeError for anything but a word."""
    if type(said) is not str:
        raise TypeError(f"{said!r} is no word")
    return json.dumps(said, ensure_ascii=False)
