"""One appeal with all that somebody needs to answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from ...actors import Actor
from ...errors import NotFound
from ...journal.models import ActorRow
from ...spaces.policy import Right
from ...spaces.queries import bound, has_right, readable
from ...wording import kb_t
from ..access import is_readable
from ..decision_subject import KIND
from ..models import Decision, Review, ReviewAuthor
from ..policy import CAN_BE_APPEALED, Shown, Verdict
from ..shown import what_is_shown
from ..subjects import Subjects
from ..transitions import LIVE, State
from .evidence import Said, evidence_of
from .review import PAST, PastDecision, past_decision


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal: the decision it is about, what was said, the page before and after (None: hidden), and its answer."""

    id: int
    group: str
    state: str
    opened_at: datetime
    shown: Shown
    title: str
    decision: PastDecision
    is_of_page: bool
    sides: tuple[str, str] | None
    evidence: tuple[Said, ...]
    answer: PastDecision | None
    why_not: str


def is_appeal(connection: Connection, wiki_id: int, review_id: int) -> bool:
    """Whether the review is an appeal about a decision; it says nothing about who may see it."""
    found = select(Review.id).where(Review.id == review_id, Review.wiki_id == wiki_id, Review.subject_kind == KIND)
    return connection.execute(found).first() is not None


def get_appeal(connection: Connection, wiki_id: int, review_id: int, actor: Actor, subjects: Subjects) -> AppealView:
    """The appeal, if the actor may read what it is about and is in the group that answers it. Errors: NotFound."""
    row = connection.execute(
        select(Review.group, Review.state, Review.opened_at, Review.subject_id, Review.base, Review.head).where(
            Review.id == review_id,
            Review.wiki_id == wiki_id,
            Review.subject_kind == KIND,
            Review.group.in_(sorted(actor.effective_groups)),
            readable(Review.space_id),
        ),
        bound(actor),
    ).first()
    subject = subjects[KIND]
    place = subject.place(connection, row.subject_id) if row is not None else None
    if row is None or place is None or not is_readable(connection, place, actor):
        raise NotFound("review", str(review_id))
    decision = _decision(connection, Decision.id == row.subject_id)
    if decision is None:
        raise NotFound("decision", str(row.subject_id))
    answer = _decision(connection, (Decision.review_id == review_id) & Decision.final)
    return AppealView(
        id=review_id,
        group=row.group,
        state=row.state,
        opened_at=row.opened_at,
        shown=what_is_shown(connection, wiki_id, review_id, subjects),
        title=place.title,
        decision=decision,
        is_of_page=decision.review_id is not None,
        sides=subject.sides(connection, row.subject_id, row.base, row.head),
        evidence=evidence_of(connection, review_id, actor),
        answer=answer,
        why_not=_why_not(connection, review_id, row.state, actor),
    )


def _decision(connection: Connection, condition: ColumnElement[bool]) -> PastDecision | None:
    row = connection.execute(PAST.where(condition)).first()
    return past_decision(row) if row is not None else None


def _why_not(connection: Connection, review_id: int, state: str, actor: Actor) -> str:
    if State(state) not in LIVE:
        return kb_t("This [appeal] has been answered.")
    own = (
        select(ReviewAuthor.actor_id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .where(ReviewAuthor.review_id == review_id, ActorRow.external_id == actor.id)
    )
    if connection.execute(own).first() is not None:
        return kb_t("You decided this, or it is about your own work, so somebody else in the [group] answers.")
    return ""


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """A decision about somebody's own work, before they object to it; `path` is '' for what has no address."""

    decision: PastDecision
    title: str
    path: str


def own_decision(
    connection: Connection, wiki_id: int, decision_id: int, actor: Actor, subjects: Subjects
) -> OwnDecision:
    """A decision that took something away from the actor, where they may still read. Errors: NotFound."""
    row = connection.execute(
        select(Decision.subject_kind, Decision.subject_id, Decision.review_id, Decision.facts, Decision.verdict).where(
            Decision.id == decision_id, Decision.wiki_id == wiki_id
        )
    ).first()
    decision = _decision(connection, Decision.id == decision_id)
    if row is None or decision is None or Verdict(row.verdict) not in CAN_BE_APPEALED:
        raise NotFound("decision about your work", str(decision_id))
    place = subjects[row.subject_kind].place(connection, row.subject_id)
    concerned = _is_concerned(connection, wiki_id, row.review_id, row.facts.get("actor"), actor)
    if not concerned or not has_right(connection, place.space_id, Right.READ, actor):
        raise NotFound("decision about your work", str(decision_id))
    return OwnDecision(decision, place.title, place.path)


def _is_concerned(
    connection: Connection, wiki_id: int, review_id: int | None, restricted: int | None, actor: Actor
) -> bool:
    me = select(ActorRow.id).where(ActorRow.wiki_id == wiki_id, ActorRow.external_id == actor.id)
    row_id = connection.execute(me).scalar()
    if row_id is None or review_id is None:
        return row_id is not None and row_id == restricted
    own = select(ReviewAuthor.actor_id).where(ReviewAuthor.review_id == review_id, ReviewAuthor.actor_id == row_id)
    return connection.execute(own).first() is not None
