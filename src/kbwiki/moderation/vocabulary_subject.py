"""The wiki's terms as a subject of review: a change of what things are called is looked at, too."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..db import Transaction
from ..errors import NotFound
from ..spaces.queries import find_space
from ..vocabulary.actions import set_terms_back
from ..vocabulary.models import ChosenTerms
from ..vocabulary.queries import KIND, states
from ..wording import kb_t
from ..wording.vocabularies import Vocabularies
from .subjects import Place

__all__ = ["KIND", "VocabularySubject"]

_ROW = select(ChosenTerms).where(ChosenTerms.id == bindparam("chosen_id"))


class VocabularySubject:
    """The terms: what the journal says of them are their states, and undoing chooses the earlier ones again."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The terms; they lie in the root space. Errors: NotFound."""
        row = connection.execute(_ROW, {"chosen_id": subject_id}).first()
        if row is None:
            raise NotFound("vocabulary", str(subject_id))
        title = kb_t("What things are called")
        return Place(title, "", find_space(connection, row.wiki_id, ""), row.number, row.said is None)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the terms' row."""
        tx.connection.execute(select(ChosenTerms.id).where(ChosenTerms.id == subject_id).with_for_update())

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Every choice in the range, whole."""
        return [[one.number, _plain(one.vocabularies)] for one in states(connection, subject_id, base, head)]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The terms before and after, one on each line; nothing where the host's setting holds."""
        texts = {one.number: readable_terms(one.vocabularies) for one in states(connection, subject_id, base, head)}
        return texts.get(base, ""), texts.get(head, "")

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether the same is chosen at `head` as at `base`."""
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Choose what held before. Errors: Conflict when it was changed since."""
        return set_terms_back(tx, base, head, comment=comment, decided_by=group)


def readable_terms(vocabularies: Vocabularies | None) -> str:
    """A choice as lines: the preset, then each term that differs from it; '' when the host's setting holds."""
    if vocabularies is None:
        return ""
    said = vocabularies.said()
    lines = [f"preset: {said['preset']}"]
    for language, terms in said["terms"].items():
        lines += [f"{language} {name}: {', '.join(forms)}" for name, forms in terms.items()]
    return "\n".join(lines) + "\n"


def _plain(vocabularies: Vocabularies | None) -> Any:
    return vocabularies.said() if vocabularies is not None else None
