"""Sets of synonyms as a subject of review: here, since search and moderation do not know each other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from .db import Transaction
from .errors import NotFound
from .moderation.subjects import Place
from .search.synonyms.actions import set_back
from .search.synonyms.models import SynonymSet
from .search.synonyms.queries import KIND, SynonymState, as_line, states
from .spaces.queries import find_space
from .wording import kb_t

__all__ = ["KIND", "SynonymSubject"]

_ROW = select(SynonymSet).where(SynonymSet.id == bindparam("set_id"))


class SynonymSubject:
    """Sets of synonyms: what the journal says of them are their states, and undoing sets the earlier one again."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The set by its words; it lies in the root space. Errors: NotFound."""
        row = connection.execute(_ROW, {"set_id": subject_id}).first()
        if row is None:
            raise NotFound("set of synonyms", str(subject_id))
        title = as_line(row.words, row.one_way)
        return Place(title[:300], "", find_space(connection, row.wiki_id, ""), row.number, row.removed)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the set's row."""
        tx.connection.execute(select(SynonymSet.id).where(SynonymSet.id == subject_id).with_for_update())

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Every state in the range, whole."""
        return [[one.number, readable_set(one)] for one in states(connection, subject_id, base, head)]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The words before and after, one on each line; nothing where the set is not in use."""
        texts = {one.number: readable_set(one) for one in states(connection, subject_id, base, head)}
        return texts.get(base, ""), texts.get(head, "")

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether the set says at `head` what it said at `base`."""
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Set what was there before; a set that was new is removed. Errors: Conflict when it was changed since."""
        return set_back(tx, subject_id, base, head, comment=comment, decided_by=group)


def readable_set(state: SynonymState) -> str:
    """A state of a set as lines: how it works, then each word; '' when it is removed."""
    if state.removed:
        return ""
    how = kb_t("The first finds the others:") if state.one_way else kb_t("Each finds the others:")
    return "\n".join([how, *state.words]) + "\n"
