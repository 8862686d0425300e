"""What happens: rules are set, moved and removed. Every version is kept, and every change stands in a queue itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, insert, select, update

from ...actors import ActorKind
from ...db import Change, Transaction, table_of
from ...errors import Conflict, Forbidden, Invalid, NotFound
from ...journal.models import WikiRow
from ...spaces.queries import find_space
from ...wording import N_, kb_t
from ...wording.kept import as_stored, keep
from ..models import Rule, RuleVersion
from ..queries.state import groups_that_are_known
from .matching import Effect, Match
from .parsing import parse_effect, parse_match, to_json

MOST_RULES = 1000
FURTHER = "further-review"
"""The rule that exempts the opening of a review that a plugin asked for; the entry is of this kind, too."""
RESERVED = frozenset(
    {
        "decision",
        "administration",
        "evidence",
        "import",
        "hand-over",
        "look",
        "re-routing",
        "escalation",
        "reviews",
        "lapse",
        "look-again",
        FURTHER,
    }
)
"""What exempts by itself: no rule may look like these in the record."""
_GAP = 1000
"""Between the places of two rules, so that one can be moved between them without touching the others."""


def require_administrator(tx: Transaction) -> None:
    """Errors: Forbidden for anybody but the admin group and kbwiki itself."""
    if tx.settings.admin_group not in tx.actor.groups and tx.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(kb_t("Only administrators can change who looks at what."))


def set_rule(
    tx: Transaction,
    name: str,
    match: Match | Mapping[str, Any],
    effect: Effect | Mapping[str, Any],
    *,
    enabled: bool = True,
    comment: str = "",
    number: int | None = None,
) -> int:
    """Create the rule called `name` at the end of the list, or set it anew where it is; the number of its version.

    `number` is the version the editor started from (0: none), None to set it whatever it is. A removed rule comes back
    when it is set again. Errors: Forbidden, Invalid, Conflict (somebody else changed the rule meanwhile).
    """
    require_administrator(tx)
    clean = _clean_name(name)
    content = {"match": _match_json(match), "effect": _effect_json(effect)}
    _require_exact_groups(tx, content["effect"])
    take_turn(tx)
    row = _find(tx, clean)
    live = row is not None and not row.removed
    if number is not None and number != (row.number if live else 0):
        raise Conflict(
            kb_t("Somebody else changed this [rule] meanwhile, so nothing was set. Please look at it again.")
        )
    if not live and _count(tx) >= MOST_RULES:
        raise Invalid(
            "name", kb_t("There are {most_rules} [rules] already. Please remove one first.", most_rules=MOST_RULES)
        )
    place = row.place if live else _last_place(tx) + _GAP
    return write_rule(tx, row, clean, place=place, enabled=enabled, removed=False, content=content, comment=comment)


def remove_rule(tx: Transaction, name: str, *, comment: str = "") -> int:
    """Take the rule out of the list; its versions stay. Errors: Forbidden, NotFound."""
    require_administrator(tx)
    take_turn(tx)
    row = _get(tx, name)
    return write_rule(
        tx, row, row.name, place=row.place, enabled=row.enabled, removed=True, content=row.content, comment=comment
    )


def reorder(tx: Transaction, name: str, *, before: str | None = None) -> int:
    """Move the rule in front of another, or to the end of the list (None). Errors: Forbidden, NotFound."""
    require_administrator(tx)
    take_turn(tx)
    row = _get(tx, name)
    others = [one for one in _in_order(tx) if one.id != row.id]
    position = len(others)
    if before is not None:
        position = next((at for at, one in enumerate(others) if one.name == before), -1)
        if position < 0:
            raise NotFound("rule", before)
    low = others[position - 1].place if position else 0
    high = others[position].place if position < len(others) else low + 2 * _GAP
    if high - low < 2:
        for at, one in enumerate(others, 1):  # places are the order only, so spreading them changes no rule
            tx.connection.execute(update(table_of(Rule)).where(Rule.id == one.id).values(place=at * _GAP))
        low, high = position * _GAP, (position + 1) * _GAP
    return write_rule(
        tx,
        row,
        row.name,
        place=(low + high) // 2,
        enabled=row.enabled,
        removed=False,
        content=row.content,
        comment=keep(N_("Moved in front of “{name}”"), name=before) if before else keep(N_("Moved to the end")),
    )


def write_rule(
    tx: Transaction,
    row: Any,
    name: str,
    *,
    place: int,
    enabled: bool,
    removed: bool,
    content: Mapping[str, Any],
    comment: str = "",
    decided_by: str | None = None,
) -> int:
    """Write the rule as it is from now on, its version, and the change; the version's number."""
    values = {
        "name": name,
        "place": place,
        "enabled": enabled,
        "removed": removed,
        "content": dict(content),
    }
    number = 1 if row is None else row.number + 1
    if row is None:
        created = tx.connection.execute(
            insert(table_of(Rule)).returning(table_of(Rule).c.id),
            {"wiki_id": tx.wiki_id, "number": 1, "updated_at": tx.now, **values},
        )
        rule_id = int(created.scalar_one())
    else:
        rule_id = int(row.id)
        written = update(table_of(Rule)).where(Rule.id == rule_id, Rule.number == row.number)
        if tx.connection.execute(written.values(number=number, updated_at=tx.now, **values)).rowcount != 1:
            raise Conflict(kb_t("Somebody else changed this [rule] at the same moment, so nothing was set."))
    version = {**values, "comment": as_stored(comment)}
    tx.connection.execute(
        insert(table_of(RuleVersion)),
        {"rule_id": rule_id, "number": number, "actor_id": tx.actor_id, "at": tx.now, **version},
    )
    tx.record(
        Change(
            kind="set-rule",
            subject_kind="rule",
            subject_id=rule_id,
            number=number,
            spaces=(find_space(tx.connection, tx.wiki_id, ""),),
            payload=version,
            exempt="administration" if tx.actor.kind is ActorKind.SYSTEM else None,
            decided_by=decided_by,
        )
    )
    return number


def take_turn(tx: Transaction) -> None:
    """Let one transaction at a time change rules, and tell every process that what it keeps of them is old."""
    tx.connection.execute(
        update(table_of(WikiRow))
        .where(table_of(WikiRow).c.id == tx.wiki_id)
        .values(rules_number=table_of(WikiRow).c.rules_number + 1)
    )


def _clean_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise Invalid("name", kb_t("Please give the [rule] a name: it stands wherever something is explained by it."))
    if len(clean) > 100:
        raise Invalid("name", kb_t("The name is too long: at most 100 characters are possible."))
    if clean in RESERVED:
        raise Invalid(
            "name", kb_t("“{clean}” has a meaning of its own in the record. Please choose another name.", clean=clean)
        )
    return clean


def _match_json(match: Match | Mapping[str, Any]) -> dict[str, Any]:
    return to_json(parse_match(to_json(match) if isinstance(match, Match) else match))


def _effect_json(effect: Effect | Mapping[str, Any]) -> dict[str, Any]:
    return to_json(parse_effect(to_json(effect) if isinstance(effect, Effect) else effect))


def _require_exact_groups(tx: Transaction, effect: Mapping[str, Any]) -> None:
    """A group nobody here knows may be the host's newest; one that differs in letter case only is a slip."""
    known = groups_that_are_known(tx.connection, tx.wiki_id, tx.settings)
    alike = {name.casefold(): name for name in known}
    named = {field: effect.get(field, ()) for field in ("add_groups", "replace_groups")}
    named["escalate_to"] = [effect["escalate_to"]] if "escalate_to" in effect else ()
    for field, names in named.items():
        for name in names:
            meant = alike.get(name.casefold())
            if name not in known and meant is not None:
                raise Invalid(
                    f"effect.{field}",
                    kb_t(
                        "There is no [group] “{name}” here. Please write “{meant}” if you mean that one.",
                        name=name,
                        meant=meant,
                    ),
                )


def _find(tx: Transaction, name: str) -> Any:
    return tx.connection.execute(select(table_of(Rule)).where(Rule.wiki_id == tx.wiki_id, Rule.name == name)).first()


def _get(tx: Transaction, name: str) -> Any:
    row = _find(tx, name)
    if row is None or row.removed:
        raise NotFound("rule", name)
    return row


def _in_order(tx: Transaction) -> list[Any]:
    rows = select(table_of(Rule)).where(Rule.wiki_id == tx.wiki_id, ~Rule.removed).order_by(Rule.place, Rule.id)
    return list(tx.connection.execute(rows))


def _count(tx: Transaction) -> int:
    return len(_in_order(tx))


def _last_place(tx: Transaction) -> int:
    last = select(func.max(Rule.place)).where(Rule.wiki_id == tx.wiki_id)
    return int(tx.connection.execute(last).scalar() or 0)
