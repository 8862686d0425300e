"""What was said about a review, and where its concern stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from ...actors import Actor
from ...db import in_list
from ...journal.models import ActorRow
from ...spaces.queries import bound, readable
from ...spaces.restraints import Restraint
from ..decision_subject import KIND as APPEALED
from ..models import IS_CONCERN, Decision, Evidence, Review, ReviewAuthor
from ..policy import CAN_BE_APPEALED, ON_APPEALS, Verdict, why_of
from .authors import SAID_BY


@dataclass(frozen=True, slots=True)
class Said:
    """Something said about a review's subject: `kind` is report, answer, appeal or concern; `number` its state then;
    `reason` is in words."""

    kind: str
    actor: str
    group: str
    at: datetime
    reason: str
    text: str
    number: int


_SAID = (
    select(
        Evidence.kind,
        SAID_BY,
        Review.group,
        Evidence.at,
        Evidence.reason,
        Evidence.text,
        Evidence.number,
        Evidence.id,
    )
    .join(Review, Review.id == Evidence.review_id)
    .join(ActorRow, ActorRow.id == Evidence.actor_id)
    .outerjoin(
        ReviewAuthor, (ReviewAuthor.review_id == Evidence.review_id) & (ReviewAuthor.actor_id == Evidence.actor_id)
    )
)


def evidence_of(connection: Connection, review_id: int, reader: Actor | None = None) -> tuple[Said, ...]:
    """Everything said about the range of the review and later, concerns included, oldest first, each once.

    Also what was said in another group's review of it, or in one that this review goes on from. The caller has made
    sure that the review may be read. Nobody is named whose name is hidden where they wrote; and to a `reader` who wrote
    one of the changes, nobody who reported them.
    """
    review = connection.execute(
        select(Review.subject_kind, Review.subject_id, Review.base, Review.wiki_id).where(Review.id == review_id)
    ).one()
    same = and_(
        Review.subject_kind == review.subject_kind,
        Review.subject_id == review.subject_id,
        Review.wiki_id == review.wiki_id,
    )
    unnamed = {"report"} if reader is not None and _wrote(connection, review_id, reader) else set()
    said = connection.execute(_SAID.where(same, Evidence.number >= review.base))
    concerns = connection.execute(
        _CONCERNS.where(same, Decision.head >= review.base).with_only_columns(
            ActorRow.name,
            Decision.group,
            Decision.at,
            Decision.reason,
            Decision.note,
            Decision.head,
            Decision.facts,
        )
    )
    # Several groups hear of one report: it was said once.
    once = {(row.kind, row.said_by, row.at, row.text): row for row in said}
    every = [
        Said(
            row.kind,
            "" if row.kind in unnamed else row.said_by,
            row.group,
            row.at,
            why_of(row.reason, {}),
            row.text,
            row.number,
        )
        for row in once.values()
    ]
    every += [
        Said("concern", row.name, row.group, row.at, why_of(row.reason, row.facts), row.note, row.head)
        for row in concerns
    ]
    return tuple(sorted(every, key=lambda one: one.at))


def _wrote(connection: Connection, review_id: int, reader: Actor) -> bool:
    own = (
        select(ReviewAuthor.actor_id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .where(ReviewAuthor.review_id == review_id, ActorRow.external_id == reader.id)
    )
    return connection.execute(own).first() is not None


_WITHDRAWN = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
_CONCERNS: Any = (
    select(Decision.head)
    .join(Review, Review.id == Decision.review_id)
    .join(ActorRow, ActorRow.id == Decision.actor_id)
    .where(Decision.verdict == Verdict.CONCERN.value, Decision.id.not_in(_WITHDRAWN))
)


def concern_head(connection: Connection, review_id: int) -> int | None:
    """Up to where the newest concern of the review had looked; None when none was raised, or it was taken back.

    What came after is all that is left to look at once the author has answered.
    """
    newest = _CONCERNS.where(Review.id == review_id).order_by(Decision.id.desc()).limit(1)
    head = connection.execute(newest).scalar()
    return int(head) if head is not None else None


@dataclass(frozen=True, slots=True)
class WaitsForAuthor:
    """A concern that one of a change's authors is asked to answer."""

    review_id: int
    subject_kind: str
    subject_id: int
    group: str
    at: datetime
    reason: str
    note: str
    base: int
    head: int
    decision_id: int


def concerns_for(connection: Connection, wiki_id: int, actor: Actor) -> list[WaitsForAuthor]:
    """The concerns that wait for this actor's answer, the one that waits longest first, where they may still read."""
    rows = connection.execute(
        select(
            Review.id,
            Review.subject_kind,
            Review.subject_id,
            Review.group,
            Decision.at,
            Decision.reason,
            Decision.note,
            Review.base,
            Review.head,
            Decision.facts,
            Decision.id.label("decision_id"),
        )
        .join(ReviewAuthor, ReviewAuthor.review_id == Review.id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .join(Decision, (Decision.review_id == Review.id) & (Decision.verdict == Verdict.CONCERN.value))
        .where(
            Review.wiki_id == wiki_id,
            IS_CONCERN,
            ActorRow.external_id == actor.id,
            ActorRow.wiki_id == wiki_id,
            Decision.id.not_in(_WITHDRAWN),
            readable(Review.space_id),
        )
        .order_by(Decision.id),
        bound(actor),
    )
    newest = {
        row.id: WaitsForAuthor(
            row.id,
            row.subject_kind,
            row.subject_id,
            row.group,
            row.at,
            why_of(row.reason, row.facts),
            row.note,
            row.base,
            row.head,
            row.decision_id,
        )
        for row in rows
    }
    return sorted(newest.values(), key=lambda one: one.at)


@dataclass(frozen=True, slots=True)
class Objection:
    """How far an actor's objection to a decision is: `answer` is the verdict about it, None while it waits; `group`,
    `note` and `at` are the answer's."""

    decision_id: int
    answer: str | None
    group: str = ""
    note: str = ""
    at: datetime | None = None


def objections_of(connection: Connection, actor: Actor, wiki_id: int, ids: Iterable[int]) -> dict[int, Objection]:
    """The actor's own appeals against these decisions, by decision."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = connection.execute(_OBJECTIONS, {"ids": wanted, "wiki_id": wiki_id, "actor_id": actor.id})
    every = [Objection(key, verdict, group or "", note or "", at) for key, verdict, group, note, at in rows if key]
    return {one.decision_id: one for one in every}


# By the decision that was appealed, not by the review: another group may answer what was handed over to it.
_OBJECTIONS = (
    select(Evidence.decision_id, Decision.verdict, Decision.group, Decision.note, Decision.at)
    .join(ActorRow, ActorRow.id == Evidence.actor_id)
    .outerjoin(
        Decision,
        (Decision.subject_id == Evidence.decision_id)
        & (Decision.subject_kind == APPEALED)
        & Decision.verdict.in_(sorted(ON_APPEALS))
        & Decision.id.not_in(_WITHDRAWN),
    )
    .where(
        Evidence.kind == "appeal",
        in_list(Evidence.decision_id, "ids"),
        ActorRow.external_id == bindparam("actor_id"),
        ActorRow.wiki_id == bindparam("wiki_id"),
    )
)


def taken_back_among(connection: Connection, ids: Iterable[int]) -> frozenset[int]:
    """Those of the decisions that somebody has undone."""
    undone = select(Decision.takes_back).where(in_list(Decision.takes_back, "ids"))
    found = connection.execute(undone, {"ids": sorted(set(ids))}).scalars()
    return frozenset(one for one in found if one is not None)


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of the actor that was decided: by which group, why, and whether it has been taken back."""

    decision_id: int
    group: str
    at: datetime
    reason: str
    note: str
    path: str
    until: datetime


def restrictions_of(connection: Connection, wiki_id: int, actor: Actor, now: datetime) -> list[Restriction]:
    """What the actor may not do for now, the newest first."""
    rows = connection.execute(
        select(
            Decision.id,
            Decision.group,
            Decision.at,
            Decision.reason,
            Decision.note,
            Restraint.path,
            Restraint.until,
            Decision.facts,
        )
        .join(Restraint, Restraint.decision_id == Decision.id)
        .join(ActorRow, ActorRow.id == Restraint.actor_id)
        .where(
            Restraint.wiki_id == wiki_id,
            Restraint.until > now,
            Restraint.lifted_at.is_(None),
            ActorRow.external_id == actor.id,
        )
        .order_by(Decision.id.desc())
    )
    return [
        Restriction(row.id, row.group, row.at, why_of(row.reason, row.facts), row.note, row.path, row.until)
        for row in rows
    ]


def can_be_appealed(verdict: str | None) -> bool:
    """Whether an author can object to a decision with this verdict."""
    return verdict is not None and Verdict(verdict) in CAN_BE_APPEALED
