"""Rules as a subject of review: who changes who looks at what is looked at, too."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..db import Transaction
from ..errors import Conflict, NotFound
from ..spaces.queries import find_space
from ..wording import N_, kb_t
from .models import Rule, RuleVersion
from .rules.actions import take_turn, write_rule
from .subjects import Place

KIND = "rule"

_PLACE = select(Rule.name, Rule.wiki_id, Rule.number, Rule.removed).where(Rule.id == bindparam("rule_id"))
_VERSIONS = (
    select(RuleVersion)
    .where(
        RuleVersion.rule_id == bindparam("rule_id"),
        RuleVersion.number >= bindparam("base"),
        RuleVersion.number <= bindparam("head"),
    )
    .order_by(RuleVersion.number)
)


_PARTS = (("match", N_("match {name}: {value}")), ("effect", N_("effect {name}: {value}")))


class RuleSubject:
    """Rules: their versions are their states, and undoing sets the earlier version again."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The rule by its name; it lies in the root space. Errors: NotFound."""
        row = connection.execute(_PLACE, {"rule_id": subject_id}).first()
        if row is None:
            raise NotFound("rule", str(subject_id))
        return Place(row.name, "", find_space(connection, row.wiki_id, ""), row.number, row.removed)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the rule's row."""
        tx.connection.execute(select(Rule.id).where(Rule.id == subject_id).with_for_update())

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """Every version in the range, whole."""
        return [[row.number, readable_rule(row)] for row in self._versions(connection, subject_id, base, head)]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The rule before and after, as lines people can read; nothing where it is not in the list."""
        texts = {row.number: readable_rule(row) for row in self._versions(connection, subject_id, base, head)}
        return texts.get(base, ""), texts.get(head, "")

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether the rule says at `head` what it said at `base`."""
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Set what was there before; a rule that was new is removed. Errors: Conflict when it was changed since."""
        row = tx.connection.execute(select(Rule).where(Rule.id == subject_id)).one()
        if row.number != head:
            raise Conflict(kb_t("The [rule] was changed again since, so it cannot be set back by itself."))
        take_turn(tx)
        earlier = next(iter(self._versions(tx.connection, subject_id, base, base)), None)
        was = earlier or row
        return write_rule(
            tx,
            row,
            row.name,
            place=was.place,
            enabled=was.enabled,
            removed=was.removed if earlier is not None else True,
            content=was.content,
            comment=comment,
            decided_by=group,
        )

    @staticmethod
    def _versions(connection: Connection, rule_id: int, base: int, head: int) -> list[Any]:
        return list(connection.execute(_VERSIONS, {"rule_id": rule_id, "base": base, "head": head}))


def readable_rule(version: Any) -> str:
    """A version of a rule as lines: one for each thing it says; '' when it is removed."""
    if version.removed:
        return ""
    lines = [
        kb_t("name: {name}", name=version.name),
        kb_t("place: {place}", place=version.place),
        kb_t("in use: yes") if version.enabled else kb_t("in use: no"),
    ]
    for part, line in _PARTS:
        said = version.content.get(part, {})
        lines += [kb_t(line, name=name, value=json.dumps(said[name], ensure_ascii=False)) for name in sorted(said)]
    return "\n".join(lines) + "\n"
