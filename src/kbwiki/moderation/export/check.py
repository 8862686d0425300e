"""Checking an exported record, a year later: each row by its seal and by the journal, and both up to their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ...journal.chain import Head
from ...journal.models import ActorRow, WikiRow
from ...journal.stored import StoredEntry, Teller, entries_at, entries_of_kind, moment_of, payload_of
from ...journal.verify import Verification, verify
from ...wording import kb_t
from .files import Unreadable, read_rows
from .rows import END, FIRST_SEAL, PROVED, Row, note_fits, proved_row, seal_of

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a file: at which row, about which entry (0: none), and what."""

    row: int
    position: int
    problem: str


@dataclass(slots=True)
class Checked:
    """The outcome: how many rows were read, the head the file ends with, and what the journal says to that head.

    `export` is the position of the entry that says this file was exported, None when there is none.
    """

    rows: int = 0
    findings: int = 0
    head: Head | None = None
    export: int | None = None
    journal: Verification | None = None

    @property
    def holds(self) -> bool:
        """True when file and journal are as they were."""
        return not self.findings and self.journal is not None and self.journal.intact


def check_file(
    connection: Connection,
    wiki_id: int,
    file: Path,
    tell: Callable[[Finding], None],
    progress: Callable[[int, int], None] | None = None,
) -> Checked:
    """Check an exported file against the journal of the wiki; every row in which something is wrong is told.

    Rows edited, removed, moved or cut off in the file, and entries edited, removed, moved or cut off in the journal, up
    to the head that the file ends with. Memory does not grow with either. Errors: OSError.
    """
    check = _Check(_Journal(connection, wiki_id), tell)
    rows = read_rows(file)
    try:
        while some := list(islice(rows, _AT_ONCE)):
            check.take(some)
    except Unreadable as error:
        check.find(check.outcome.rows + 1, 0, kb_t("{error} Nothing after it was read.", error=error))
    check.end()
    outcome = check.outcome
    outcome.journal = verify(connection, wiki_id, exported=outcome.head, progress=progress)
    return outcome


class _Journal:
    """Entries by their positions, as the rows of an export have them."""

    def __init__(self, connection: Connection, wiki_id: int) -> None:
        self.connection = connection
        self.wiki_id = wiki_id
        wiki = connection.execute(select(WikiRow.name).where(WikiRow.id == wiki_id)).scalar_one()
        actors = select(ActorRow.id, ActorRow.external_id).where(ActorRow.wiki_id == wiki_id)
        self._names = {row.id: row.external_id for row in connection.execute(actors)}
        self._teller = Teller(wiki, self._names)

    def at(self, positions: Iterable[int]) -> dict[int, StoredEntry]:
        """The entries at these positions."""
        return {entry.position: entry for entry in entries_at(self.connection, self.wiki_id, positions)}

    def says(self, entry: StoredEntry) -> tuple[Row, dict[str, Any]] | None:
        """The columns it proves and its payload; None where it cannot be read."""
        try:
            payload = payload_of(entry)
            row = proved_row(
                chain=entry.chain,
                at=moment_of(entry),
                kind=entry.kind,
                by=self._names.get(entry.actor_id, ""),
                subject=(entry.subject_kind, entry.subject_id),
                payload=payload,
            )
        except (TypeError, ValueError, AttributeError):
            return None
        return row, payload

    def is_edited(self, entry: StoredEntry) -> bool:
        """Whether it no longer says what was sealed."""
        return bool(self._teller.says(entry) != entry.digest)

    def export_with(self, seal: str, rows: int) -> int | None:
        """The position of the entry of an export that ended with this seal."""
        for entry in entries_of_kind(self.connection, self.wiki_id, "export"):
            if not self.is_edited(entry):
                said = payload_of(entry)
                if said.get("seal") == seal and said.get("rows") == rows:
                    return int(entry.position)
        return None


@dataclass(slots=True)
class _Check:
    journal: _Journal
    tell: Callable[[Finding], None]
    outcome: Checked = field(default_factory=Checked)
    _number: int = 0
    _seal: str = FIRST_SEAL
    _position: int = 0
    _last: Row | None = None

    def find(self, row: int, position: int, problem: str) -> None:
        self.outcome.findings += 1
        self.tell(Finding(row, position, problem))

    def take(self, rows: list[Row]) -> None:
        """Check some rows, in the order of the file."""
        entries = self.journal.at(int(row["position"]) for row in rows if _is_number(row["position"]))
        for row in rows:
            if self._last is not None:
                self.find(self._number + 1, 0, kb_t("stands after the last line: it was added, or the last line moved"))
            elif row["row"] == END:
                self._last = row
                continue
            self.outcome.rows += 1
            self._row(row, entries)

    def _row(self, row: Row, entries: dict[int, StoredEntry]) -> None:
        if not _is_number(row["row"]) or not _is_number(row["position"]):
            self.find(self._number + 1, 0, kb_t("its number or position is none: the row was changed"))
            return
        number, position = int(row["row"]), int(row["position"])
        problems = list(self._order(row, number, position))
        entry = entries.get(position)
        problems += (
            self._compared(row, entry) if entry is not None else [kb_t("the journal has no such entry any more")]
        )
        for problem in problems:
            self.find(number, position, problem)

    def _order(self, row: Row, number: int, position: int) -> Iterator[str]:
        if number <= self._number:
            yield kb_t("stands after row {number}: it was moved, or is there twice", number=self._number)
            return
        if number > self._number + 1:
            self.find(self._number + 1, 0, _missing(self._number + 1, number - 1))
        elif seal_of(row, self._seal) != row["seal"]:
            yield kb_t("the row, or its seal, was changed since it was exported")
        if position <= self._position:
            yield kb_t("its entry comes before that of the row before")
        self._number, self._seal, self._position = number, row["seal"], max(position, self._position)

    def _compared(self, row: Row, entry: StoredEntry) -> Iterator[str]:
        found = self.journal.says(entry)
        if self.journal.is_edited(entry) or found is None:
            yield kb_t("the entry in the journal was changed")
        if found is None:
            return
        said, payload = found
        for name in PROVED:
            if row[name] != said[name]:
                yield kb_t(
                    "{name} is {here!r} in the file and {there!r} in the journal",
                    name=name,
                    here=row[name],
                    there=said[name],
                )
        if not note_fits(row["note"], payload):
            yield kb_t("the note is not the one whose digest the journal has")

    def end(self) -> None:
        """What can only be said at the end."""
        if self._last is None:
            self.find(
                self._number + 1, 0, kb_t("the file ends without its last line: it was cut off after the row before")
            )
            return
        last, outcome = self._last, self.outcome
        try:
            outcome.head = Head.parse(f"{last['position']}:{last['hash']}")
        except ValueError:
            self.find(self._number + 1, 0, kb_t("the last line names no head of a journal: it was changed"))
        outcome.export = self.journal.export_with(last["seal"], self._number)
        if last["seal"] != self._seal:
            self.find(self._number + 1, 0, kb_t("rows are missing before the last line, or its seal was changed"))
        elif outcome.export is None:
            self.find(
                self._number + 1, 0, kb_t("the journal knows of no export that ended so: the file was sealed anew")
            )


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 19


def _missing(first: int, last: int) -> str:
    return (
        kb_t("row {first} is missing", first=first)
        if first == last
        else kb_t("rows {first} to {last} are missing", first=first, last=last)
    )
