"""Trying out a list of rules on what happened lately, before it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ...settings import Settings
from .evaluation import RuleSet
from .matching import Assignment, NamedRule
from .queries import list_rules
from .replay import Replay

MOST_CHANGES = 20_000


@dataclass
class Load:
    """What a list of rules would have meant.

    `groups` is how many changes each group would have been given (less what a sample would have left out, as expected);
    `orphans` how many nobody (always 0); `overlaps` how many more than one group; `exempted` how many the draw would
    have left unseen, as expected; `rules` how many changes each rule had a say about. `escalations` and `lapses` are
    how many changes would be escalated, or could lapse, if nobody looked: of these every group would have to let it.
    """

    groups: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    orphans: int = 0
    overlaps: int = 0
    exempted: float = 0.0
    passed_over: Counter[str] = field(default_factory=Counter)
    escalations: int = 0
    lapses: int = 0
    _expected: dict[str, float] = field(default_factory=dict)

    def take(self, assignment: Assignment) -> None:
        """Count one change."""
        offer = assignment.exemption
        seen = 1.0 if offer is None else 1 - offer.probability
        for group in assignment.groups:
            self._expected[group] = self._expected.get(group, 0.0) + seen
            self.groups[group] = round(self._expected[group])
        spoke = {by.rule for by in assignment.groups.values()} | ({offer.rule} if offer else set())
        spoke |= {one.by.rule for said in assignment.escalations.values() for one in said}
        spoke |= {one.by.rule for said in assignment.lapses.values() for one in said}
        for name in spoke:
            self.rules[name] += 1
        self.passed_over.update(list(assignment.passed_over))  # a mapping's values would be added up
        self.orphans += not assignment.groups
        self.overlaps += len(assignment.groups) > 1
        self.exempted += 1 - seen
        self.escalations += bool(assignment.escalations)
        self.lapses += assignment.lapses.keys() >= assignment.groups.keys()


@dataclass(frozen=True, slots=True)
class Simulation:
    """The same changes under the rules there are and under those proposed.

    `changes` were replayed; `cut` tells that there were more. `unknown` had an author of whom it is not known whether
    they were in a group that the proposed rules ask for: they count as not in it.
    """

    changes: int
    cut: bool
    unknown: int
    present: Load
    proposed: Load


def simulate(
    connection: Connection,
    wiki_id: int,
    settings: Settings,
    proposed: Sequence[NamedRule],
    *,
    now: datetime,
    days: float = 30,
    most: int = MOST_CHANGES,
    groups_of: Mapping[str, frozenset[str]] | None = None,
) -> Simulation:
    """Replay the changes of the last days through the proposed rules and through the present ones; writes nothing.

    Spaces, rights and earned trust are taken as they are now. `groups_of` says which groups an actor (by the host's id)
    is in, where the host knows.
    """
    replay = Replay(connection, wiki_id, settings, dict(groups_of or {}))
    present_rules = RuleSet([line.named for line in list_rules(connection, wiki_id)])
    proposed_rules = RuleSet(proposed)
    present, load = Load(), Load()
    changes = unknown = 0
    for row in replay.since(now - timedelta(days=days), most + 1):
        changes += 1
        if changes > most:
            break
        present.take(replay.ask(present_rules, row))
        load.take(replay.ask(proposed_rules, row))
        new_question = proposed_rules.author_groups - present_rules.author_groups
        unknown += bool(new_question) and row.external_id not in replay.groups_of
    return Simulation(min(changes, most), changes > most, unknown, present, load)


def with_rule(rules: Sequence[NamedRule], rule: NamedRule) -> list[NamedRule]:
    """The list with this rule in the place of the one of the same name, or at its end."""
    found = [rule if one.name == rule.name else one for one in rules]
    return found if any(one.name == rule.name for one in rules) else [*found, rule]
