"""From an ordered list of rules to who looks at a change. Pure; made once for each state of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .globs import some_step
from .matching import (
    NOTHING_NEEDED,
    Assignment,
    Due,
    Effect,
    Escalate,
    Exemption,
    Facts,
    Lapse,
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
    group that cannot read the change is passed over, also where something would be escalated to it. Of several
    exemptions the one that exempts least counts; of several due times the soonest.
    """
    default = {group: PutBy() for group in responsible} or {fallback: PutBy()}
    groups, passed_over = dict(default), dict[str, PutBy]()
    spoken: list[_Spoken] = []
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
        if effect.escalate_to is not None and not can_read(effect.escalate_to):
            passed_over.setdefault(effect.escalate_to, by)
            effect = replace(effect, escalate_after=None, escalate_to=None)
        spoken.append(_Spoken(frozenset(named), effect, by))
        exemption = _least(exemption, rule, effect, facts)
    return Assignment(
        groups,
        {group: spans for group in groups if (spans := _due(spoken, group))},
        exemption,
        passed_over,
        {group: given for group in groups if (given := _escalations(spoken, group))},
        {group: found for group in groups if (found := _lapses(spoken, group))},
    )


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a rule said that holds for a change. What it says of time is for the groups it names, or for all."""

    named: frozenset[str]
    effect: Effect
    by: PutBy

    def is_for(self, group: str) -> bool:
        return not self.named or group in self.named


def _due(spoken: Sequence[_Spoken], group: str) -> tuple[Due, ...]:
    found = (one.effect.due_within for one in spoken if one.is_for(group))
    return tuple(span for span in found if span is not None)


def _escalations(spoken: Sequence[_Spoken], group: str) -> tuple[Escalate, ...]:
    """Those to another group: nothing is gained by giving a group what it has."""
    return tuple(
        Escalate(one.effect.escalate_after, one.effect.escalate_to, one.by)
        for one in spoken
        if one.is_for(group) and one.effect.escalate_after and one.effect.escalate_to not in (None, group)
    )


def _lapses(spoken: Sequence[_Spoken], group: str) -> tuple[Lapse, ...]:
    return tuple(
        Lapse(one.effect.lapse_after, one.effect.lapse_policy, one.by)
        for one in spoken
        if one.is_for(group) and one.effect.lapse_after and one.effect.lapse_policy
    )


def _least(so_far: Exemption | None, rule: NamedRule, effect: Effect, facts: Facts) -> Exemption | None:
    offered = effect.exempt_probability
    if offered is None or not is_trusted(effect.trust, facts):
        return so_far
    if so_far is not None and so_far.probability <= offered:
        return so_far
    return Exemption(rule.name, rule.number, offered)
