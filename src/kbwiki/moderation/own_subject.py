"""Things of plugins' own kinds, as they were submitted: they can be read and judged when their plugin is gone, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Conflict
from ..hooks.fact_models import PluginSubject
from ..hooks.reviewing import ChangeFacts, Undo
from ..journal.states import State
from ..spaces.queries import find_space
from ..wording import kb_t
from .journal_subject import JournalSubject
from .subjects import Place

SUBMIT = "submit"
"""The kind of change by which a plugin's thing gets a new state."""
UNDO = "undo-submit"
"""The kind by which a decision took one out again."""

_ROWS = table_of(PluginSubject)


class OwnSubject(JournalSubject):
    """What a plugin submitted stands in the journal; anything else is told as the journal has it."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Its title, where it was said to belong."""
        row = _row(connection, self.kind, subject_id)
        if row is None:
            return super().place(connection, subject_id)
        return Place(row.title, row.path, find_space(connection, row.wiki_id, row.path), row.number)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock its row."""
        tx.connection.execute(select(_ROWS.c.id).where(_ROWS.c.id == subject_id).with_for_update())

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Titles, places and texts of the range: the digest of a decision covers them."""
        if _row(connection, self.kind, subject_id) is None:
            return super().facts(connection, subject_id, base, head)
        states = self._entries(connection, subject_id, base, head)
        return [
            [one.number, *(one.payload.get(name, "") for name in ("title", "path", "before", "text"))] for one in states
        ]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """Title and text before and after."""
        if _row(connection, self.kind, subject_id) is None:
            return super().sides(connection, subject_id, base, head)
        by_number = {one.number: one for one in self._entries(connection, subject_id, base, head)}
        return _side(by_number.get(base)), _side(by_number.get(head))

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether title and text are what they were."""
        if _row(connection, self.kind, subject_id) is None:
            return False
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def change(self, connection: Connection, subject_id: int, base: int, head: int) -> ChangeFacts | None:
        """The range as its plugin is told of it; None for what no plugin submitted."""
        row = _row(connection, self.kind, subject_id)
        if row is None:
            return None
        by_number = {one.number: one.payload for one in self._entries(connection, subject_id, base, head)}
        after, before = by_number.get(head, {}), by_number.get(base, {})
        return ChangeFacts(
            self.kind, row.own_id, base, head, after.get("title", row.title), after.get("path", row.path),
            before.get("text", ""), after.get("text", ""),
        )  # fmt: skip

    def carry_out(self, tx: Transaction, subject_id: int, base: int, head: int, undo: Undo, at: int, group: str) -> int:
        """Do what its plugin said takes the range out again, as things stood at state `at`; the new state's number.

        Errors: Conflict when it was changed since; the database's own, and then nothing is done.
        """
        self.lock(tx, subject_id)
        row = _row(tx.connection, self.kind, subject_id)
        if row is None or row.number != at:
            raise Conflict(kb_t("It was changed at the same moment, so nothing was decided. Please look again."))
        for statement in undo.statements:
            tx.connection.execute(statement)
        before = next(iter(self._entries(tx.connection, subject_id, base, base)), None)
        title = before.payload.get("title", row.title) if before is not None else row.title
        state = {"title": title, "path": row.path, "before": row.text, "text": undo.text}
        return write_state(tx, row, UNDO, {**state, "base": base, "head": head}, decided_by=group)


def hold(tx: Transaction, kind: str, own_id: int) -> Any:
    """The row of a plugin's thing, made if there is none, that nobody else changes until the commit."""
    fresh = {"wiki_id": tx.wiki_id, "kind": kind, "own_id": own_id, "number": 0, "title": "", "path": "", "text": ""}
    tx.connection.execute(insert_or_ignore(tx.connection, PluginSubject), fresh)
    held = select(_ROWS).where(_ROWS.c.wiki_id == tx.wiki_id, _ROWS.c.kind == kind, _ROWS.c.own_id == own_id)
    return tx.connection.execute(held.with_for_update()).one()


def write_state(
    tx: Transaction, row: Any, kind: str, state: Mapping[str, Any], *, decided_by: str | None = None
) -> int:
    """Write the next state of a thing that is held, and put the change on the road; its number."""
    number = int(row.number) + 1
    tx.connection.execute(
        update(_ROWS)
        .where(_ROWS.c.id == row.id)
        .values(number=number, title=state["title"], path=state["path"], text=state["text"])
    )
    space_id = find_space(tx.connection, tx.wiki_id, state["path"])
    payload = {"id": row.own_id, **state}
    tx.record(Change(kind, row.kind, row.id, number, (space_id,), payload, decided_by=decided_by))
    return number


def _row(connection: Connection, kind: str, subject_id: int) -> Any:
    return connection.execute(select(_ROWS).where(_ROWS.c.id == subject_id, _ROWS.c.kind == kind)).first()


def _side(state: State | None) -> str:
    if state is None or not state.payload.get("text"):
        return ""
    return f"{state.payload.get('title', '')}\n\n{state.payload['text']}"
