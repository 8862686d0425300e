"""What to show: the rules with their history, why a change is where it is, and what samples say about the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from ...errors import NotFound
from ...journal.models import ActorRow, Entry
from ..models import Decision, Review, Rule, RuleVersion
from ..policy import Verdict
from .actions import FURTHER
from .matching import Effect, Match, NamedRule, PutBy
from .parsing import parse_effect, parse_match
from .sampling import Estimate, Sampled, estimate
from .trust import LOSES

_BAD = frozenset(verdict.value for verdict in LOSES | {Verdict.EDIT})
_GOOD = Verdict.APPROVE.value


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in the list."""

    id: int
    name: str
    number: int
    place: int
    enabled: bool
    match: Match
    effect: Effect
    updated_at: datetime

    @property
    def named(self) -> NamedRule:
        """The rule as it speaks about changes."""
        return NamedRule(self.name, self.number, self.match, self.effect, self.enabled)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A rule as it once was, and who made it so."""

    number: int
    place: int
    enabled: bool
    removed: bool
    match: Match
    effect: Effect
    comment: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule with all its versions, newest first; `removed` tells that it is not in the list any more."""

    line: RuleLine
    removed: bool
    versions: tuple[VersionLine, ...]


def list_rules(connection: Connection, wiki_id: int) -> list[RuleLine]:
    """Every rule of the list, in order, those out of use too."""
    rows = connection.execute(
        select(Rule).where(Rule.wiki_id == wiki_id, ~Rule.removed).order_by(Rule.place, Rule.id)
    )
    return [_line(row) for row in rows]


def get_rule(connection: Connection, wiki_id: int, name: str) -> RuleView:
    """The rule with its history. Errors: NotFound when there never was one of that name."""
    row = connection.execute(select(Rule).where(Rule.wiki_id == wiki_id, Rule.name == name)).first()
    if row is None:
        raise NotFound("rule", name)
    versions = connection.execute(
        select(RuleVersion, ActorRow.name.label("actor"))
        .join(ActorRow, ActorRow.id == RuleVersion.actor_id)
        .where(RuleVersion.rule_id == row.id)
        .order_by(RuleVersion.number.desc())
    )
    return RuleView(_line(row), row.removed, tuple(_version(one) for one in versions))


def _line(row: Any) -> RuleLine:
    match, effect = _content(row)
    return RuleLine(row.id, row.name, row.number, row.place, row.enabled, match, effect, row.updated_at)


def _version(row: Any) -> VersionLine:
    match, effect = _content(row)
    return VersionLine(
        row.number, row.place, row.enabled, row.removed, match, effect, row.comment, row.actor, row.at
    )


def _content(row: Any) -> tuple[Match, Effect]:
    return parse_match(row.content.get("match", {})), parse_effect(row.content.get("effect", {}))


@dataclass(frozen=True, slots=True)
class Why:
    """Why one change is in a group's review: the rule that put it there, at the version it had then.

    Without a rule the group is responsible for the space (or, where no group is, the fallback); `sampled` is the
    probability with which the change of a trusted author was drawn, `exempt` the rule that left it unseen, `late` the
    group from which it was escalated to this one, and `plugin` the one that asked for this group, `because`.
    """

    number: int
    rule: str = ""
    version: int = 0
    sampled: float | None = None
    exempt: str | None = None
    late: str = ""
    plugin: str = ""
    because: str = ""


def why(connection: Connection, wiki_id: int, review: Any) -> list[Why]:
    """For each change in the review's range why it is in the queue of the review's group, oldest first.

    `review` is a review row, or anything else with its `subject_kind`, `subject_id`, `base`, `head` and `group`. It
    speaks of what routing decided then, whatever the rules are by now.
    """
    rows = connection.execute(
        select(Entry.number, Entry.payload, Entry.exempt)
        .where(
            Entry.wiki_id == wiki_id,
            Entry.subject_kind == review.subject_kind,
            Entry.subject_id == review.subject_id,
            Entry.number > review.base,
            Entry.number <= review.head,
        )
        .order_by(Entry.number)
    )
    escalated = connection.execute(
        select(Review.group, Review.base, Review.head)
        .where(
            Review.wiki_id == wiki_id,
            Review.subject_kind == review.subject_kind,
            Review.subject_id == review.subject_id,
            Review.escalate_to == review.group,
            Review.escalated_at.is_not(None),
        )
        .order_by(Review.id)
    ).all()
    asked_for = _asked_for(connection, wiki_id, review)
    return [_why(row, review.group, escalated, asked_for) for row in rows]


def _asked_for(connection: Connection, wiki_id: int, review: Any) -> dict[int, Any]:
    """What plugins said who asked the group to look, by the number of the change."""
    about = select(Review.id).where(
        Review.wiki_id == wiki_id,
        Review.subject_kind == review.subject_kind,
        Review.subject_id == review.subject_id,
        Review.group == review.group,
    )
    found = select(Entry.payload).where(
        Entry.subject_kind == "review", Entry.subject_id.in_(about), Entry.kind == FURTHER
    )
    return {int(payload["head"]): payload for payload in connection.execute(found).scalars()}


def _why(
    row: Any, group: str, escalated: Sequence[Any] = (), asked_for: Mapping[int, Any] = MappingProxyType({})
) -> Why:
    late = next((one.group for one in escalated if one.base < row.number <= one.head), "")
    by = put_by(row.payload).get(group, PutBy())
    sampled = row.payload.get("sampled")
    drawn = sampled["probability"] if sampled else None
    said = asked_for.get(row.number, {})
    plugin, because = str(said.get("plugin", "")), str(said.get("why", ""))
    return Why(row.number, by.rule, by.number, drawn, row.exempt, "" if by.rule else late, plugin, because)


def put_by(payload: Any) -> dict[str, PutBy]:
    """The rules that put groups in charge of a change, as its journal entry says."""
    return {group: PutBy(name, number) for group, (name, number) in payload.get("routed", {}).items()}


@dataclass(frozen=True, slots=True)
class Unseen:
    """What rules left unseen since a moment, and what the samples drawn from the same changes say about it.

    `exempted` counts by rule; `undecided` were drawn and nobody has decided yet: they are not in the estimate.
    """

    exempted: dict[str, int]
    undecided: int
    estimate: Estimate


def unseen(connection: Connection, wiki_id: int, since: datetime) -> Unseen:
    """The share of bad changes among those nobody looked at, estimated: see `sampling`.

    Bad is what a moderator took out, hid, deleted or had to mend. Where several groups decided, one is enough.
    """
    rows = connection.execute(
        select(Entry.subject_kind, Entry.subject_id, Entry.number, Entry.exempt, Entry.payload)
        .where(Entry.wiki_id == wiki_id, Entry.at >= since)
        .order_by(Entry.id)
        .execution_options(yield_per=1000)
    )
    exempted: dict[str, int] = defaultdict(int)
    drawn: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    for row in rows:
        if "sampled" in row.payload:
            looked_at = float(row.payload["sampled"]["probability"])
            drawn[row.subject_kind, row.subject_id].append((row.number, looked_at))
        elif row.exempt is not None and 0 < row.payload.get("exempt", {}).get("probability", 1) < 1:
            exempted[row.exempt] += 1
    samples: list[Sampled] = []
    undecided = 0
    for (kind, subject_id), numbers in drawn.items():
        decisions = _decisions(connection, wiki_id, kind, subject_id)
        for number, probability in numbers:
            verdicts = {verdict for base, head, verdict in decisions if base < number <= head}
            if verdicts & _BAD or _GOOD in verdicts:
                samples.append(Sampled(probability, bool(verdicts & _BAD)))
            else:
                undecided += 1
    return Unseen(dict(exempted), undecided, estimate(samples))


def _decisions(connection: Connection, wiki_id: int, kind: str, subject_id: int) -> list[tuple[int, int, str]]:
    """Final decisions about the subject that stand."""
    taken_back = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
    rows = connection.execute(
        select(Decision.base, Decision.head, Decision.verdict).where(
            Decision.wiki_id == wiki_id,
            Decision.subject_kind == kind,
            Decision.subject_id == subject_id,
            Decision.final,
            Decision.id.not_in(taken_back),
        )
    )
    return [(row.base, row.head, row.verdict) for row in rows]
