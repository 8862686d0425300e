"""The enabled rules of a wiki as they hold now, read once for each state of them and kept by each process."""

from __future__ import annotations

import logging
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select

from ...errors import Invalid
from ..models import Rule
from .evaluation import RuleSet
from .matching import NamedRule
from .parsing import parse_effect, parse_match

log = logging.getLogger("kbwiki.moderation")

_ENABLED = (
    select(Rule.name, Rule.number, Rule.content)
    .where(Rule.wiki_id == bindparam("wiki_id"), Rule.enabled, ~Rule.removed)
    .order_by(Rule.place, Rule.id)
)
_NONE = RuleSet(())
_kept: WeakKeyDictionary[Engine, dict[int, tuple[int, RuleSet]]] = WeakKeyDictionary()


def rules_at(connection: Connection, wiki_id: int, number: int, *, keep: bool) -> RuleSet:
    """The rules at the wiki's `rules_number`, which the caller has just read.

    Without `keep` they are read anew and not kept: a transaction that changes rules sees a number that may be rolled
    back, and that somebody else may then give to other rules.
    """
    if number == 0:
        return _NONE
    of_engine = _kept.setdefault(connection.engine, {})
    known = of_engine.get(wiki_id)
    if keep and known is not None and known[0] == number:
        return known[1]
    rules = RuleSet(load_rules(connection, wiki_id))
    if keep:
        of_engine[wiki_id] = (number, rules)
    return rules


def load_rules(connection: Connection, wiki_id: int) -> list[NamedRule]:
    """The enabled rules in their order. One that cannot be read (any more) is left out and logged: no save fails."""
    found = []
    for row in connection.execute(_ENABLED, {"wiki_id": wiki_id}):
        try:
            match, effect = parse_match(row.content.get("match", {})), parse_effect(row.content.get("effect", {}))
        except Invalid:
            log.exception("The rule %r cannot be read and is left out.", row.name)
            continue
        found.append(NamedRule(row.name, row.number, match, effect))
    return found
