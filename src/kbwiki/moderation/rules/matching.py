"""What a rule says: which changes it is about, and what happens to them. Pure values, no database."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...spaces.policy import contains
from .globs import fits


@dataclass(frozen=True, slots=True)
class Match:
    """Which changes a rule is about. Everything that is given must hold; what is left out (None, empty) always does.

    `paths` are patterns over whole paths (see `globs`), `tags` and `author_groups` hold when one of them does; `space`
    is a path the change lies at or below. Sizes are bytes of the page's text after the change; `min_change` and
    `max_change` bytes of the words put in and taken out; `min_risk` is the risk as `moderation.risk` adds it up.
    """

    paths: tuple[str, ...] = ()
    space: str | None = None
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author_groups: tuple[str, ...] = ()
    author_kind: str | None = None
    new_page: bool | None = None
    min_size: int | None = None
    max_size: int | None = None
    min_change: int | None = None
    max_change: int | None = None
    min_risk: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A span of time until something should have been looked at: hours, of working time or by the clock."""

    hours: float
    working: bool = True


@dataclass(frozen=True, slots=True)
class TrustNeeded:
    """What makes an author trusted: being in one of the groups, or `earned` approvals in a row there and of that kind.

    Either is enough where both are given. Somebody not signed in is never trusted.
    """

    groups: tuple[str, ...] = ()
    earned: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule does: replace the groups before it, add groups, set a due time, exempt a share of trusted changes.

    What nobody looked at is given to `escalate_to`, too, `escalate_after` its due time; `lapse_after` its due time it
    may close by itself, recorded as unreviewed under `lapse_policy`. Without a due time both count from the change.
    """

    add_groups: tuple[str, ...] = ()
    replace_groups: tuple[str, ...] = ()
    due_within: Due | None = None
    exempt_probability: float | None = None
    trust: TrustNeeded | None = None
    escalate_after: Due | None = None
    escalate_to: str | None = None
    lapse_after: Due | None = None
    lapse_policy: str | None = None


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule as the list holds it: its name, the number of its version, what it matches and what it does."""

    name: str
    number: int
    match: Match
    effect: Effect
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules see of a change. The first block is always known.

    The second costs queries, and is only asked for by rules of which the rest holds.
    """

    kind: str
    paths: tuple[str, ...]
    author_groups: frozenset[str] = frozenset()
    author_kind: str = "human"
    anonymous: bool = False
    new_page: bool = False

    tags: frozenset[str] = frozenset()
    size: int = 0
    change: int = 0
    risk: float = 0.0
    streak: int = 0


@dataclass(frozen=True, slots=True)
class Needs:
    """Which of the costly facts some rules ask for."""

    state: bool = False
    """Tags and size."""
    change: bool = False
    risk: bool = False
    streak: bool = False

    def __or__(self, other: Needs) -> Needs:
        return Needs(
            self.state or other.state,
            self.change or other.change,
            self.risk or other.risk,
            self.streak or other.streak,
        )


NOTHING_NEEDED = Needs()


def needs_of(rule: NamedRule) -> Needs:
    """The costly facts this rule asks for."""
    match, trust = rule.match, rule.effect.trust
    return Needs(
        state=bool(match.tags) or match.min_size is not None or match.max_size is not None,
        change=match.min_change is not None or match.max_change is not None,
        risk=match.min_risk is not None,
        streak=trust is not None and trust.earned is not None,
    )


def holds_cheaply(match: Match, facts: Facts) -> bool:
    """Whether all holds that can be told without the costly facts."""
    if match.kinds and facts.kind not in match.kinds:
        return False
    if match.author_kind is not None and facts.author_kind != match.author_kind:
        return False
    if match.new_page is not None and facts.new_page is not match.new_page:
        return False
    if match.author_groups and facts.author_groups.isdisjoint(match.author_groups):
        return False
    if match.space is not None and not any(contains(match.space, path) for path in facts.paths):
        return False
    return not match.paths or any(fits(pattern, path) for path in facts.paths for pattern in match.paths)


def holds(match: Match, facts: Facts) -> bool:
    """Whether the rest holds too, of a match that `holds_cheaply`."""
    if match.tags and facts.tags.isdisjoint(match.tags):
        return False
    return (
        _between(match.min_size, facts.size, match.max_size)
        and _between(match.min_change, facts.change, match.max_change)
        and (match.min_risk is None or facts.risk >= match.min_risk)
    )


def _between(least: int | None, value: int, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def is_trusted(trust: TrustNeeded | None, facts: Facts) -> bool:
    """Whether the author is trusted in the sense of the rule; a rule that asks for no trust exempts anybody."""
    if trust is None:
        return True
    if facts.anonymous:
        return False
    if not facts.author_groups.isdisjoint(trust.groups):
        return True
    return trust.earned is not None and facts.streak >= trust.earned


@dataclass(frozen=True, slots=True)
class PutBy:
    """The rule that put a group there; an empty name: no rule, the group is responsible for the space."""

    rule: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule's offer to leave a change unseen, with the probability that it does."""

    rule: str
    number: int
    probability: float


@dataclass(frozen=True, slots=True)
class Escalate:
    """A rule's word that the group `to` gets what nobody has looked at by so long `after` its due time."""

    after: Due
    to: str
    by: PutBy


@dataclass(frozen=True, slots=True)
class Lapse:
    """A rule's word that what nobody has looked at may lapse so long `after` its due time, under the named policy."""

    after: Due
    policy: str
    by: PutBy


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who looks at a change. `groups` is never empty.

    `due` has every span that counts for a group; the soonest of them is its due time. `escalations` and `lapses` are
    those that count for a group: of the first the earliest, of the second the latest. `passed_over` are groups that a
    rule named and that cannot read the change.
    """

    groups: dict[str, PutBy]
    due: dict[str, tuple[Due, ...]] = field(default_factory=dict)
    exemption: Exemption | None = None
    passed_over: dict[str, PutBy] = field(default_factory=dict)
    escalations: dict[str, tuple[Escalate, ...]] = field(default_factory=dict)
    lapses: dict[str, tuple[Lapse, ...]] = field(default_factory=dict)
