"""Who looks at a change, decided in the transaction that makes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from ...actors import EVERYONE, SIGNED_IN
from ...db import Change, Transaction, in_list
from ...journal.models import WikiRow
from ...settings import Settings
from ...spaces.models import Grant
from ...spaces.policy import Right
from ..ageing import Ageing, ageing_of
from ..models import IS_LIVE, Review
from ..risk import merged
from .calendar import working_time
from .evaluation import RuleSet, evaluate
from .facts import Made, cheap_facts, costly_facts
from .loading import rules_at
from .matching import Assignment, Exemption, PutBy
from .sampling import is_exempted

ADMINISTRATION = frozenset({"set-rule", "set-space"})
"""Kinds of change that decide who looks at what. The admin group looks at them, and no rule can say otherwise."""

_RIGHTS = (
    select(WikiRow.rules_number, Grant.space_id, Grant.right, Grant.group)
    .outerjoin(
        Grant,
        and_(in_list(Grant.space_id, "space_ids"), Grant.right.in_((Right.READ.value, Right.REVIEW.value))),
    )
    .where(WikiRow.id == bindparam("wiki_id"))
    .order_by(Grant.group)
)

_WAITING = (
    select(Review.id)
    .where(
        Review.subject_id == bindparam("id"),
        Review.subject_kind == bindparam("kind"),
        Review.wiki_id == bindparam("wiki_id"),
        IS_LIVE,
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """What was decided about one change: its groups with their due times, and what its journal entry says of it.

    `exempt` names the rule when the draw left the change unseen; then nobody has to look, and `groups` says who would
    have had to. `ageing` says what happens to a group's review that nobody looks at.
    """

    groups: tuple[str, ...]
    due_at: Mapping[str, datetime]
    exempt: Exemption | None
    payload: Mapping[str, Any]
    ageing: Mapping[str, Ageing]


@dataclass(frozen=True, slots=True)
class Rights:
    """Who is responsible for some spaces, who can read the last of them, and the number of the rules now."""

    rules_number: int
    responsible: tuple[str, ...]
    readers: frozenset[str]

    def can_read(self, group: str) -> bool:
        """Whether members of the group can see what lies there."""
        return group in self.readers or EVERYONE in self.readers or SIGNED_IN in self.readers


def rights_in(connection: Connection, wiki_id: int, space_ids: Sequence[int]) -> Rights:
    """The rights that matter for a change in these spaces, and the number of the rules: one query for both."""
    rows = connection.execute(_RIGHTS, {"wiki_id": wiki_id, "space_ids": list(space_ids)}).all()
    last = space_ids[-1] if space_ids else None
    return Rights(
        rows[0].rules_number,
        tuple(dict.fromkeys(row.group for row in rows if row.right == Right.REVIEW.value)),
        frozenset(row.group for row in rows if row.right == Right.READ.value and row.space_id == last),
    )


def assign(tx: Transaction, change: Change) -> Assigned:
    """Let the wiki's rules speak about the change, and draw where they exempt a share.

    Without rules this is the one query that finds the responsible groups. With rules, costly facts are looked up only
    for a change of which all else holds. Rules never refuse or delay a change: P1. What a decision made, and what is
    done to something that waits for a look anyway, is never left to a draw.
    """
    rights = rights_in(tx.connection, tx.wiki_id, change.spaces)
    if change.kind in ADMINISTRATION:
        return _assigned(tx, Assignment({tx.settings.admin_group: PutBy()}), {})
    changing = any(one.kind == "set-rule" for one in tx.changes)
    rules = rules_at(tx.connection, tx.wiki_id, rights.rules_number, keep=not changing and not tx.joined)
    if not rules.rules:
        nobody_else = (tx.settings.fallback_group,)
        return _assigned(tx, Assignment(dict.fromkeys(rights.responsible or nobody_else, PutBy())), {})
    made = Made(
        change.kind,
        change.subject_kind,
        change.subject_id,
        change.number,
        change.payload,
        tx.actor_id,
        tx.now,
        change.spaces[-1] if change.spaces else 0,
    )
    asked = rules.author_groups & tx.actor.effective_groups
    # Kept with the change, so that a rule list can be tried out later on what happened.
    said = {"author_groups": sorted(asked)} if asked else {}
    assignment = assignment_of(
        tx.connection,
        rules,
        made,
        rights,
        tx.settings,
        author_groups=tx.actor.effective_groups,
        author_kind=tx.actor.kind.value,
        anonymous=tx.actor.is_anonymous,
    )
    if assignment.exemption is not None and (change.decided_by is not None or _is_waiting(tx, change)):
        assignment = replace(assignment, exemption=None)
    return _assigned(tx, assignment, said)


def _is_waiting(tx: Transaction, change: Change) -> bool:
    """Whether somebody has to look at the subject anyway: then the change goes along, and may answer a concern."""
    key = {"wiki_id": tx.wiki_id, "kind": change.subject_kind, "id": change.subject_id}
    return tx.connection.execute(_WAITING, key).first() is not None


def assignment_of(
    connection: Connection,
    rules: RuleSet,
    made: Made,
    rights: Rights,
    settings: Settings,
    *,
    author_groups: frozenset[str],
    author_kind: str,
    anonymous: bool,
) -> Assignment:
    """What the rules say about a change that was made; draws and writes nothing."""
    facts = cheap_facts(made, author_groups, author_kind, anonymous=anonymous)
    candidates, needs = rules.candidates(facts)
    moderators = frozenset((*rights.responsible, settings.admin_group))
    facts = costly_facts(connection, made, facts, needs, moderators, merged(settings.risk_weights))
    return evaluate(candidates, facts, rights.responsible, settings.fallback_group, rights.can_read)


def _assigned(tx: Transaction, assignment: Assignment, said: Mapping[str, Any]) -> Assigned:
    calendar = working_time(tx.settings)
    due_at = {group: min(calendar.due(tx.now, span) for span in spans) for group, spans in assignment.due.items()}
    ageing = {
        group: ageing_of(
            due_at.get(group, tx.now),
            assignment.escalations.get(group, ()),
            assignment.lapses.get(group, ()),
            calendar,
        )
        for group in {*assignment.escalations, *assignment.lapses}
    }
    offer = assignment.exemption
    exempted = offer is not None and is_exempted(tx.chance, offer.probability)
    payload = {**said, **_routed("routed", assignment.groups), **_routed("passed_over", assignment.passed_over)}
    if offer is not None and not exempted and offer.probability > 0:
        payload["sampled"] = {"rule": offer.rule, "number": offer.number, "probability": 1 - offer.probability}
    if ageing and not exempted:
        payload["ageing"] = {group: _may(assignment, group) for group in sorted(ageing)}
    return Assigned(tuple(assignment.groups), due_at, offer if exempted else None, payload, ageing)


def _may(assignment: Assignment, group: str) -> dict[str, list[list[Any]]]:
    """What the entry says of a group's ageing: every escalation and lapse that was asked for, and by which rule."""
    asked = {
        "escalate": [[one.to, one.by.rule, one.by.number] for one in assignment.escalations.get(group, ())],
        "lapse": [[one.policy, one.by.rule, one.by.number] for one in assignment.lapses.get(group, ())],
    }
    return {name: found for name, found in asked.items() if found}


def _routed(name: str, groups: Mapping[str, PutBy]) -> dict[str, Any]:
    """What the entry says: the rule that put each group there. Groups responsible for the space need no saying."""
    by_rule = {group: [by.rule, by.number] for group, by in groups.items() if by.rule}
    return {name: by_rule} if by_rule else {}

