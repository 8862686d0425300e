"""One review with all a moderator needs to decide it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, distinct, func, select

from ...actors import Actor
from ...errors import NotFound
from ...journal.models import ActorRow, Entry
from ...pages.models import Page, Revision
from ...pages.queries.view import PageView, get_by_id
from ...spaces.queries import bound, readable
from ..models import IS_LIVE, Decision, Review, ReviewAuthor
from ..policy import Shown, why_of
from ..shown import what_is_shown
from ..subjects import Subjects
from ..transitions import LIVE, State


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What is known of an author where the moderator may read: their changes, and how reviews of them were answered."""

    actor_id: int
    external_id: str
    name: str
    kind: str
    changes: int
    first_seen: datetime | None
    verdicts: dict[str, int]


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision about the same page; `why` is the words its reason had when it was taken."""

    id: int
    review_id: int
    verdict: str
    group: str
    actor: str
    at: datetime
    reason: str
    note: str
    base: int
    head: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review, the page around it, and everything a decision must name: `shown` carries base, head and digest."""

    id: int
    group: str
    state: str
    opened_at: datetime
    shown: Shown
    page: PageView
    authors: tuple[AuthorRecord, ...]
    others: tuple[tuple[str, str], ...]
    decisions: tuple[PastDecision, ...]
    decision: PastDecision | None
    why_not: str


def get_review(
    connection: Connection, wiki_id: int, review_id: int, actor: Actor, subjects: Subjects
) -> ReviewView:
    """The review, if the actor may read its page and is in its group. Errors: NotFound."""
    row = connection.execute(
        select(Review.group, Review.state, Review.opened_at, Review.subject_id, Page.number)
        .join(Page, Page.id == Review.subject_id)
        .where(
            Review.id == review_id,
            Review.wiki_id == wiki_id,
            Review.group.in_(sorted(actor.effective_groups)),
            readable(Review.space_id),
        ),
        bound(actor),
    ).first()
    if row is None:
        raise NotFound("review", str(review_id))
    authors = _authors(connection, review_id, actor)
    decisions = _decisions(connection, row.subject_id)
    return ReviewView(
        id=review_id,
        group=row.group,
        state=row.state,
        opened_at=row.opened_at,
        shown=what_is_shown(connection, wiki_id, review_id, subjects),
        page=get_by_id(connection, wiki_id, row.subject_id, row.number, actor),
        authors=authors,
        others=_others(connection, row.subject_id, review_id),
        decisions=tuple(one for one in decisions if one.review_id != review_id),
        decision=next((one for one in decisions if one.review_id == review_id), None),
        why_not=_why_not(row.state, authors, actor),
    )


def _why_not(state: str, authors: tuple[AuthorRecord, ...], actor: Actor) -> str:
    if state == "handed-over":
        return "This review was handed over to the groups that look after the page now."
    if State(state) not in LIVE:
        return "This review has been decided."
    if any(one.external_id == actor.id for one in authors):
        return "One of these changes is your own, so somebody else in the group decides about them."
    return ""


def _authors(connection: Connection, review_id: int, actor: Actor) -> tuple[AuthorRecord, ...]:
    rows = connection.execute(
        select(ActorRow.id, ActorRow.external_id, ActorRow.name, ActorRow.kind)
        .join(ReviewAuthor, ReviewAuthor.actor_id == ActorRow.id)
        .where(ReviewAuthor.review_id == review_id)
        .order_by(ActorRow.name)
    ).all()
    ids = [row.id for row in rows]
    counted = connection.execute(
        select(Revision.actor_id, func.count(), func.min(Revision.at))
        .join(Page, Page.id == Revision.page_id)
        .where(Revision.actor_id.in_(ids), readable(Page.space_id))
        .group_by(Revision.actor_id),
        bound(actor),
    ).all()
    answered = connection.execute(
        select(ReviewAuthor.actor_id, Decision.verdict, func.count(distinct(Decision.id)))
        .join(Decision, Decision.review_id == ReviewAuthor.review_id)
        .join(Review, Review.id == ReviewAuthor.review_id)
        .join(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .where(ReviewAuthor.actor_id.in_(ids), readable(Page.space_id))
        .group_by(ReviewAuthor.actor_id, Decision.verdict),
        bound(actor),
    ).all()
    changes = {one[0]: (one[1], one[2]) for one in counted}
    return tuple(
        AuthorRecord(
            row.id,
            row.external_id,
            row.name,
            row.kind,
            changes[row.id][0] if row.id in changes else 0,
            changes[row.id][1] if row.id in changes else None,
            {verdict: count for actor_id, verdict, count in answered if actor_id == row.id},
        )
        for row in rows
    )


def _decisions(connection: Connection, page_id: int) -> list[PastDecision]:
    rows = connection.execute(
        select(
            Decision.id,
            Decision.review_id,
            Decision.verdict,
            Decision.group,
            ActorRow.name,
            Decision.at,
            Decision.reason,
            Decision.note,
            Decision.base,
            Decision.head,
            Decision.facts,
        )
        .join(ActorRow, ActorRow.id == Decision.actor_id)
        .where(Decision.subject_kind == "page", Decision.subject_id == page_id)
        .order_by(Decision.id.desc())
        .limit(20)
    )
    told: list[list[Any]] = [[*row[:-1], why_of(row.reason, row.facts)] for row in rows]
    return [PastDecision(*values) for values in told]


def _others(connection: Connection, page_id: int, review_id: int) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(
        select(Review.group, Review.state)
        .where(
            Review.subject_kind == "page",
            Review.subject_id == page_id,
            Review.id != review_id,
            IS_LIVE,
        )
        .order_by(Review.group)
    )
    return tuple((row.group, row.state) for row in rows)


@dataclass(frozen=True, slots=True)
class ChangeInRange:
    """One change a review is about. `comment` is empty while the revision is hidden."""

    number: int
    kind: str
    author: str
    at: datetime
    comment: str
    hidden: bool
    exempt: str | None


def changes_in(connection: Connection, page_id: int, base: int, head: int) -> list[ChangeInRange]:
    """The changes of the page after revision `base` up to `head`, oldest first."""
    rows = connection.execute(
        select(
            Revision.number,
            Revision.kind,
            ActorRow.name,
            Revision.at,
            Revision.comment,
            Revision.hidden,
            Entry.exempt,
        )
        .join(ActorRow, ActorRow.id == Revision.actor_id)
        .outerjoin(
            Entry,
            (Entry.subject_kind == "page")
            & (Entry.subject_id == Revision.page_id)
            & (Entry.number == Revision.number),
        )
        .where(Revision.page_id == page_id, Revision.number > base, Revision.number <= head)
        .order_by(Revision.number)
    )
    return [
        ChangeInRange(row[0], row[1], row[2], row[3], "" if row.hidden else row[4], row[5], row[6])
        for row in rows
    ]
