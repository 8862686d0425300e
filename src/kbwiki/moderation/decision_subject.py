"""Decisions as a subject of review: what an author's appeal puts up for somebody else to look at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, func, select

from ..db import Transaction, table_of
from ..errors import Invalid, NotFound
from ..wording import kb_t
from .models import Decision, Evidence
from .policy import acted_on
from .subjects import Place, Subjects, subject_of

KIND = "decision"


class DecisionSubject:
    """Decisions: every appeal against one is a new state of it. It has the place of what was decided about, which any
    of the `subjects` can be."""

    def __init__(self, subjects: Subjects) -> None:
        self._subjects = subjects

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Where the decision's subject is now. Errors: NotFound."""
        about = self._about(connection, self._row(connection, subject_id))
        return Place(
            kb_t("[Appeal] about {title}", title=about.title),
            about.path,
            about.space_id,
            self._appeals(connection, subject_id),
        )

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock what was decided about, then the decision: in the order of those who take decisions back."""
        row = self._row(tx.connection, subject_id)
        if row.subject_kind in tx.subjects and row.subject_kind != KIND:
            subject_of(tx, row.subject_kind).lock(tx, row.subject_id)
        tx.connection.execute(select(Decision.id).where(Decision.id == subject_id).with_for_update())

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """The decision, whether it still stands, every appeal, and the state of what it was about."""
        row = self._row(connection, subject_id)
        about = self._about(connection, row)
        said = select(Evidence.id).where(Evidence.decision_id == subject_id, Evidence.kind == "appeal")
        return [
            row.id,
            row.verdict,
            row.reason,
            row.note,
            row.base,
            row.head,
            row.result,
            is_taken_back(connection, subject_id),
            list(connection.execute(said.order_by(Evidence.id)).scalars())[base:head],
            [about.path, about.number, about.deleted],
        ]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The page before and after what the decision did to it; None when a part of that is hidden."""
        row = self._row(connection, subject_id)
        if row.review_id is None:
            return "", ""
        before, after = acted_on(row.base, row.head)
        was = row.facts.get("was", row.result)
        if was != row.result:
            before, after = was, row.result
        return self._subjects[row.subject_kind].sides(connection, row.subject_id, before, after)

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Never: an objection stays until somebody answers it."""
        return False

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Errors: Invalid, for an appeal is answered."""
        raise Invalid("verdict", kb_t("This is [an appeal]: please uphold the [decision] or overturn it."))

    @staticmethod
    def _row(connection: Connection, decision_id: int) -> Any:
        row = connection.execute(select(table_of(Decision)).where(Decision.id == decision_id)).first()
        if row is None:
            raise NotFound("decision", str(decision_id))
        return row

    def _about(self, connection: Connection, row: Any) -> Place:
        if row.subject_kind == KIND:
            raise NotFound("subject of the decision", str(row.id))
        place = self._subjects[row.subject_kind].place(connection, row.subject_id)
        return replace(place, title=place.title or place.path)

    @staticmethod
    def _appeals(connection: Connection, decision_id: int) -> int:
        counted = select(func.count()).where(Evidence.decision_id == decision_id, Evidence.kind == "appeal")
        return int(connection.execute(counted).scalar_one())


def is_taken_back(connection: Connection, decision_id: int) -> bool:
    """Whether somebody has undone the decision."""
    undone = select(Decision.id).where(Decision.takes_back == decision_id)
    return connection.execute(undone).first() is not None
