"""The rows of an exported record: what stands in them, how they are sealed, and what of them the journal proves.

Every row carries a seal, SHA-256 over the seal before it and all its columns, so that a file by itself shows where it
was changed; the last seal is in the journal, so that nobody can seal a changed file anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ..queries.log import RecordLine

COLUMNS = (
    "row", "position", "hash", "at", "kind", "by", "by_name", "group", "verdict", "reason", "subject_kind", "subject",
    "base", "head", "revision", "decision", "review", "takes_back", "batch", "note", "why", "title", "path", "space",
    "taken_back", "seal",
)  # fmt: skip
"""The columns of a file, in order."""

PROVED = (
    "hash", "at", "kind", "by", "group", "verdict", "reason", "subject_kind", "subject", "base", "head", "revision",
    "decision", "takes_back",
)  # fmt: skip
"""The columns that the journal itself says, and so can be compared with it for ever."""

END = "end"
"""What stands in place of a number in the last line."""

FIRST_SEAL = "0" * 64

Row = dict[str, str]


def row_of(line: RecordLine, number: int, before: str) -> Row:
    """One line of the record as row `number`, sealed after the row with the seal `before`."""
    row = {
        "row": str(number),
        "position": str(line.position),
        "hash": line.chain.hex(),
        "at": _moment(line.at),
        "kind": line.kind,
        "by": line.by,
        "by_name": line.by_name,
        "group": line.group,
        "verdict": line.verdict,
        "reason": line.reason,
        "subject_kind": line.subject_kind,
        "subject": str(line.subject_id),
        "base": _number(line.base),
        "head": _number(line.head),
        "revision": _number(line.revision),
        "decision": _number(line.decision),
        "review": _number(line.review),
        "takes_back": _number(line.takes_back),
        "batch": line.batch,
        "note": line.note,
        "why": line.why,
        "title": line.title,
        "path": line.path,
        "space": line.space,
        "taken_back": "yes" if line.taken_back else "",
    }
    return sealed({name: _storable(value) for name, value in row.items()}, before)


def end_row(head: str, at: datetime, by: str, by_name: str, facts: Mapping[str, Any], seal: str) -> Row:
    """The last line: where the journal stood, who exported, and as JSON what; it carries the seal of the last row."""
    position, _, chain = head.partition(":")
    said = json.dumps(dict(facts), sort_keys=True, ensure_ascii=False)
    row = dict.fromkeys(COLUMNS, "") | {
        "row": END, "position": position, "hash": chain, "at": _moment(at), "kind": "export", "by": by,
        "by_name": by_name, "note": said, "seal": seal,
    }  # fmt: skip
    return {name: _storable(value) for name, value in row.items()}


def sealed(row: Row, before: str) -> Row:
    """The row with its seal."""
    return row | {"seal": seal_of(row, before)}


def seal_of(row: Mapping[str, str], before: str) -> str:
    """SHA-256, in hex, over the seal before and all columns but the seal, as JSON."""
    said = json.dumps([before, *(row[name] for name in COLUMNS[:-1])], ensure_ascii=False, separators=(",", ":"))
    return sha256(said.encode()).hexdigest()


def proved_row(
    *, chain: bytes, at: datetime, kind: str, by: str, subject: tuple[str, int], payload: Mapping[str, Any]
) -> Row:
    """What the journal says for the columns in `PROVED`, of one entry."""

    def said(name: str) -> str:
        value = payload.get(name)
        return "" if value is None else str(value)

    return {
        "hash": chain.hex(),
        "at": _moment(at),
        "kind": kind,
        "by": _storable(by),
        "group": _storable(said("group") or said("only_group")),
        "verdict": said("verdict"),
        "reason": _storable(said("reason")),
        "subject_kind": subject[0],
        "subject": str(subject[1]),
        "base": said("base"),
        "head": said("head"),
        "revision": said("revision"),
        "decision": said("decision"),
        "takes_back": said("takes_back"),
    }


def note_fits(note: str, payload: Mapping[str, Any]) -> bool:
    """Whether a note is the one whose digest the entry has; those from before digests were kept are believed."""
    kept = payload.get("note")
    return kept is None or sha256(note.encode()).hexdigest() == kept


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _storable(text: str) -> str:
    """The text without halves of surrogate pairs, which no UTF-8 file can hold."""
    return text.encode("utf-8", "replace").decode()
