"""From an ordered list of rules to who looks at a change. Pure; made once for each state of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from .globs import some_step
from .matching import (
    NOTHING_NEEDED,
    Assignment,
    Due,
    Effect,
    Exemption,
    Facts,
    Match,
    NamedRule,
    Needs,
    PutBy,
    holds,
    holds_cheaply,
    is_trusted,
    needs_of,
)


class RuleSet:
    """Rules in their order, prepared so that a change meets only those that could be about it.

    Rules are filed under a step of the paths they match, so that two hundred rules for two hundred places cost a change
    what one does.
    """

    def __init__(self, rules: Sequence[NamedRule]) -> None:
        self.rules = tuple(rule for rule in rules if rule.enabled)
        self._needs = tuple(needs_of(rule) for rule in self.rules)
        self._anywhere: list[int] = []
        self._filed: dict[str, list[int]] = defaultdict(list)
        for index, rule in enumerate(self.rules):
            steps = _some_steps(rule.match)
            if steps is None:
                self._anywhere.append(index)
            for step in steps or ():
                self._filed[step].append(index)
        self.author_groups = frozenset(
            group
            for rule in self.rules
            for group in (*rule.match.author_groups, *(rule.effect.trust.groups if rule.effect.trust else ()))
        )
        """Every group that some rule asks whether the author is in."""

    def candidates(self, facts: Facts) -> tuple[list[NamedRule], Needs]:
        """The rules that may be about the change, in order, and the costly facts they still ask for."""
        found = set(self._anywhere)
        for path in facts.paths:
            for step in path.split("/"):
                found.update(self._filed.get(step, ()))
        kept = [index for index in sorted(found) if holds_cheaply(self.rules[index].match, facts)]
        needs = NOTHING_NEEDED
        for index in kept:
            needs |= self._needs[index]
        return [self.rules[index] for index in kept], needs


def _some_steps(match: Match) -> set[str] | None:
    if match.space:
        return {match.space.split("/", 1)[0]}
    steps = {some_step(pattern) for pattern in match.paths}
    known = {step for step in steps if step is not None}
    return None if not steps or known != steps else known


def evaluate(
    candidates: Sequence[NamedRule],
    facts: Facts,
    responsible: Sequence[str],
    fallback: str,
    can_read: Callable[[str], bool] = lambda group: True,
) -> Assignment:
    """Let the rules speak in their order: replacing replaces what stood before, adding adds, and nobody is left out.

    Where no rule speaks, the groups responsible for the space look; where nobody would be left, the fallback group. A
    group that cannot read the change is passed over. Of several exemptions the one that exempts least counts; of
    several due times the soonest.
    """
    default = {group: PutBy() for group in responsible} or {fallback: PutBy()}
    groups, passed_over = dict(default), dict[str, PutBy]()
    due: dict[str, list[Due]] = defaultdict(list)
    for_all: list[Due] = []
    exemption: Exemption | None = None
    for rule in candidates:
        if not holds(rule.match, facts):
            continue
        by, effect = PutBy(rule.name, rule.number), rule.effect
        named = dict.fromkeys((*effect.replace_groups, *effect.add_groups))
        readers = [group for group in named if can_read(group)]
        passed_over.update({group: by for group in named if group not in readers})
        if effect.replace_groups and not set(effect.replace_groups).isdisjoint(readers):
            groups = {}
        for group in readers:
            groups.setdefault(group, by)
        if effect.due_within is not None:
            for waiting in [due[group] for group in named] or [for_all]:
                waiting.append(effect.due_within)
        exemption = _least(exemption, rule, effect, facts)
    return Assignment(
        groups,
        {group: spans for group in groups if (spans := (*due[group], *for_all))},
        exemption,
        passed_over,
    )


def _least(so_far: Exemption | None, rule: NamedRule, effect: Effect, facts: Facts) -> Exemption | None:
    offered = effect.exempt_probability
    if offered is None or not is_trusted(effect.trust, facts):
        return so_far
    if so_far is not None and so_far.probability <= offered:
        return so_far
    return Exemption(rule.name, rule.number, offered)
