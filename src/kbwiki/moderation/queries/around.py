"""What moderators want to know around a review: who else looked lately, and what they themselves did last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, union_all

from ...actors import Actor
from ...db import UtcDateTime
from ...journal.models import ActorRow
from ...spaces.queries import bound, readable
from ..access import is_readable
from ..desk.access import ours
from ..models import IS_LIVE, Aside, Decision, Lease, Review, ReviewAuthor, Seen
from ..subjects import Subjects

LATELY = timedelta(minutes=15)
"""Whoever looked at most so long ago may still be at it."""

_NEWEST_DECISIONS = 200


@dataclass(frozen=True, slots=True)
class Onlooker:
    """A colleague who had the review's subject on the screen lately, and when."""

    name: str
    at: datetime


_SINCE: Any = bindparam("since", type_=UtcDateTime)
_REVIEW_ID: Any = bindparam("review_id")
_COLLEAGUES = (
    select(Decision.actor_id, Decision.group)
    .where(Decision.wiki_id == bindparam("wiki_id"))
    .order_by(Decision.id.desc())
    .limit(_NEWEST_DECISIONS)
    .subquery()
)
# What was seen is found by who saw it: asked for the few who decided for the group lately, never by the subject.
_LOOKED = union_all(
    select(Lease.actor_id, Lease.taken_at.label("at")).where(Lease.review_id == _REVIEW_ID),
    select(Aside.actor_id, Aside.at).where(Aside.review_id == _REVIEW_ID),
    select(Seen.actor_id, Seen.at).where(
        Seen.actor_id.in_(select(_COLLEAGUES.c.actor_id).where(_COLLEAGUES.c.group == bindparam("group"))),
        Seen.subject_kind == bindparam("subject_kind"),
        Seen.subject_id == bindparam("subject_id"),
    ),
).subquery()
_ONLOOKERS = (
    select(ActorRow.name, _LOOKED.c.at)
    .join(ActorRow, ActorRow.id == _LOOKED.c.actor_id)
    .where(_LOOKED.c.at > _SINCE, ActorRow.external_id != bindparam("me"))
    .order_by(_LOOKED.c.at)
)


def onlookers(
    connection: Connection,
    wiki_id: int,
    review_id: int,
    *,
    group: str,
    subject: tuple[str, int],
    me: Actor,
    now: datetime,
) -> tuple[Onlooker, ...]:
    """Colleagues who looked at this lately, the last one first; one query. Opening a review leaves no trace, so these
    are those who were given it, took it, put it aside or decided about the same subject."""
    key = {
        "wiki_id": wiki_id,
        "review_id": review_id,
        "group": group,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "since": now - LATELY,
        "me": me.id,
    }
    last = {row.name: row.at for row in connection.execute(_ONLOOKERS, key)}
    return tuple(Onlooker(name, at) for name, at in sorted(last.items(), key=lambda one: one[1], reverse=True))


@dataclass(frozen=True, slots=True)
class OwnAct:
    """Something the actor did to a review, to be named and taken back: `verdict` is '' for putting it aside."""

    id: int
    verdict: str
    title: str


def own_decision(
    connection: Connection, wiki_id: int, actor: Actor, decision_id: int, subjects: Subjects
) -> OwnAct | None:
    """The actor's own decision, if it stands and they may still read what it is about."""
    later = select(Decision.id).where(Decision.takes_back == decision_id)
    row = connection.execute(
        select(Decision.verdict, Decision.subject_kind, Decision.subject_id)
        .join(ActorRow, ActorRow.id == Decision.actor_id)
        .join(Review, Review.id == Decision.review_id)
        .where(
            Decision.id == decision_id,
            Decision.wiki_id == wiki_id,
            ActorRow.external_id == actor.id,
            readable(Review.space_id),
            ~later.exists(),
        ),
        bound(actor),
    ).first()
    if row is None:
        return None
    place = subjects[row.subject_kind].place(connection, row.subject_id)
    return OwnAct(decision_id, row.verdict, place.title) if is_readable(connection, place, actor) else None


def own_aside(
    connection: Connection, wiki_id: int, actor: Actor, review_id: int, subjects: Subjects
) -> OwnAct | None:
    """The review that the actor has put aside, if they may still see it."""
    row = connection.execute(
        select(Review.subject_kind, Review.subject_id)
        .join(Aside, Aside.review_id == Review.id)
        .join(ActorRow, ActorRow.id == Aside.actor_id)
        .where(
            Review.id == review_id,
            Review.wiki_id == wiki_id,
            ActorRow.external_id == actor.id,
            ours(actor),
            readable(Review.space_id),
        ),
        bound(actor),
    ).first()
    if row is None:
        return None
    place = subjects[row.subject_kind].place(connection, row.subject_id)
    return OwnAct(review_id, "", place.title) if is_readable(connection, place, actor) else None


def waiting_again(connection: Connection, wiki_id: int, decision_id: int) -> int | None:
    """The live review of what a decision was about, of the group that decided."""
    found = (
        select(Review.id)
        .join(
            Decision,
            (Decision.subject_kind == Review.subject_kind)
            & (Decision.subject_id == Review.subject_id)
            & (Decision.group == Review.group),
        )
        .where(Decision.id == decision_id, Decision.wiki_id == wiki_id, Review.wiki_id == wiki_id, IS_LIVE)
    )
    return connection.execute(found).scalar()


def waiting_for(connection: Connection, wiki_id: int, actor: Actor, page_id: int, number: int) -> int | None:
    """A live review that is the actor's to decide, with revision `number` of the page in its range."""
    own = (
        select(ReviewAuthor.review_id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .where(ReviewAuthor.review_id == Review.id, ActorRow.external_id == actor.id)
    )
    found = (
        select(Review.id)
        .where(
            Review.subject_kind == "page",
            Review.subject_id == page_id,
            Review.wiki_id == wiki_id,
            Review.base < number,
            Review.head >= number,
            IS_LIVE,
            ours(actor),
            ~own.exists(),
            readable(Review.space_id),
        )
        .order_by(Review.id)
        .limit(1)
    )
    return connection.execute(found, bound(actor)).scalar()
