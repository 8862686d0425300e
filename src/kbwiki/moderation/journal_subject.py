"""Things nothing here knows more about than what the journal says: their plugin is gone, or has not said more."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ..db import Transaction
from ..errors import Invalid
from ..journal.models import Entry
from ..journal.states import State, states_of
from ..wording import kb_t
from .subjects import Place

_NEWEST = select(func.max(Entry.number)).where(
    Entry.subject_id == bindparam("subject_id"), Entry.subject_kind == bindparam("subject_kind")
)


class JournalSubject:
    """A kind of thing as the journal tells it, in plain form: it can be approved or handed over, not undone."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Named by kind and number."""
        newest = connection.execute(_NEWEST, {"subject_id": subject_id, "subject_kind": self.kind}).scalar()
        return Place(f"{self.kind} {subject_id}", "", 0, int(newest or 0))

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Nothing: nobody here could change it."""

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """What the entries of the range say."""
        return [[row.number, row.payload] for row in self._entries(connection, subject_id, base, head)]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """What the entries say, line by line."""
        before = after = ""
        for row in self._entries(connection, subject_id, base, head):
            lines = json.dumps(row.payload, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            before, after = (lines, after) if row.number == base else (before, lines)
        return before, after

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Never: nothing here can say so."""
        return False

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Errors: Invalid, always."""
        raise Invalid(
            "verdict",
            kb_t(
                "Nothing here can undo changes of “{kind}”: the plugin that made them is gone, or does not say how.",
                kind=self.kind,
            ),
        )

    def _entries(self, connection: Connection, subject_id: int, base: int, head: int) -> list[State]:
        return states_of(connection, self.kind, subject_id, base, head)
