"""One review with all a moderator needs to decide it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, distinct, false, func, literal, select

from ...actors import Actor
from ...errors import NotFound
from ...journal.models import ActorRow, Entry
from ...pages.models import Page, Revision
from ...pages.queries.view import PageView, get_by_id
from ...spaces.queries import bound, readable
from ..models import IS_LIVE, Decision, Review, ReviewAuthor
from ..policy import Shown
from ..shown import what_is_shown
from ..subjects import ChangeLine, Place, Subjects
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
    """A decision about the same subject. `taken_back` tells that it was undone, by a later one."""

    id: int
    review_id: int | None
    verdict: str
    group: str
    actor: str
    at: datetime
    reason: str
    note: str
    base: int
    head: int
    final: bool
    taken_back: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review, what it is about, and everything a decision must name: `shown` carries base, head and digest.

    `page` is None for subjects that are no page; `place` says where any of them is.
    """

    id: int
    group: str
    state: str
    opened_at: datetime
    subject_kind: str
    subject_id: int
    space_id: int
    shown: Shown
    place: Place
    page: PageView | None
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
        select(
            Review.group, Review.state, Review.opened_at, Review.subject_kind, Review.subject_id, Review.space_id
        ).where(
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
    decisions = _decisions(connection, row.subject_kind, row.subject_id)
    place = subjects[row.subject_kind].place(connection, row.subject_id)
    is_page = row.subject_kind == "page"
    return ReviewView(
        id=review_id,
        group=row.group,
        state=row.state,
        opened_at=row.opened_at,
        shown=what_is_shown(connection, wiki_id, review_id, subjects),
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        space_id=row.space_id,
        place=place,
        page=get_by_id(connection, wiki_id, row.subject_id, place.number, actor) if is_page else None,
        authors=authors,
        others=_others(connection, row.subject_kind, row.subject_id, review_id),
        decisions=tuple(one for one in decisions if one.review_id != review_id or not one.final),
        decision=next((one for one in decisions if one.review_id == review_id and one.final), None),
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
        .where(ReviewAuthor.actor_id.in_(ids), Decision.final, readable(Review.space_id))
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


def _decisions(connection: Connection, subject_kind: str, subject_id: int) -> list[PastDecision]:
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
            Decision.final,
            Decision.id.in_(select(Decision.takes_back).where(Decision.takes_back.is_not(None))),
        )
        .join(ActorRow, ActorRow.id == Decision.actor_id)
        .where(Decision.subject_kind == subject_kind, Decision.subject_id == subject_id)
        .order_by(Decision.id.desc())
        .limit(20)
    )
    return [PastDecision(*values) for values in map(tuple, rows)]


def _others(
    connection: Connection, subject_kind: str, subject_id: int, review_id: int
) -> tuple[tuple[str, str], ...]:
    rows = connection.execute(
        select(Review.group, Review.state)
        .where(
            Review.subject_kind == subject_kind,
            Review.subject_id == subject_id,
            Review.id != review_id,
            IS_LIVE,
        )
        .order_by(Review.group)
    )
    return tuple((row.group, row.state) for row in rows)


def changes_in(
    connection: Connection, subject_kind: str, subject_id: int, base: int, head: int
) -> list[ChangeLine]:
    """The changes of the subject after state `base` up to `head`, oldest first; no comment while it is hidden."""
    statement = _REVISIONS if subject_kind == "page" else _ENTRIES
    key = {"subject_kind": subject_kind, "subject_id": subject_id, "base": base, "head": head}
    rows = connection.execute(statement, key)
    return [ChangeLine(*row[:4], "" if row.hidden else row.comment, row.hidden, row.exempt) for row in rows]


_REVISIONS = (
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
        (Entry.subject_kind == bindparam("subject_kind"))
        & (Entry.subject_id == Revision.page_id)
        & (Entry.number == Revision.number),
    )
    .where(
        Revision.page_id == bindparam("subject_id"),
        Revision.number > bindparam("base"),
        Revision.number <= bindparam("head"),
    )
    .order_by(Revision.number)
)
_ENTRIES = (
    select(
        Entry.number,
        Entry.kind,
        ActorRow.name,
        Entry.at,
        literal("").label("comment"),
        false().label("hidden"),
        Entry.exempt,
    )
    .join(ActorRow, ActorRow.id == Entry.actor_id)
    .where(
        Entry.subject_kind == bindparam("subject_kind"),
        Entry.subject_id == bindparam("subject_id"),
        Entry.number > bindparam("base"),
        Entry.number <= bindparam("head"),
    )
    .order_by(Entry.number)
)
