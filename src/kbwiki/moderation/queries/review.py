"""One review with all a moderator needs to decide it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, false, literal, null, select

from ...actors import Actor
from ...errors import NotFound
from ...journal.models import ActorRow, Entry
from ...pages.models import Page, Revision
from ...pages.queries.masks import ANY_HIDDEN, AUTHOR, COMMENT
from ...pages.queries.view import PageView, get_by_id
from ...spaces.queries import bound, readable
from ...wording import kb_t
from ..access import is_readable
from ..models import IS_LIVE, Decision, Review, ReviewAuthor
from ..policy import Shown, label_of, why_of
from ..shown import what_is_shown
from ..subjects import ChangeLine, Place, Subjects
from ..transitions import LIVE, State
from .records import AuthorRecord, authors_of


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision about the same subject. `taken_back` tells that it was undone, by a later one; `why` is the words its
    reason had when it was taken, `label` what a plugin calls it, whose verdict it is."""

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
    why: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review, what it is about, and everything a decision must name: `shown` carries base, head and digest.

    `page` is None for subjects that are no page; `place` says where any of them is. `risk_reasons` are (name, weight).
    """

    id: int
    group: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    risk: float
    risk_reasons: tuple[tuple[str, float], ...]
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
    """The review, if the actor may read what it is about, where that is now, and is in its group. Errors: NotFound."""
    row = connection.execute(
        select(
            Review.group,
            Review.state,
            Review.opened_at,
            Review.due_at,
            Review.risk,
            Review.risk_reasons,
            Review.subject_kind,
            Review.subject_id,
            Review.space_id,
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
    place = subjects[row.subject_kind].place(connection, row.subject_id)
    if not is_readable(connection, place, actor):
        raise NotFound("review", str(review_id))
    decisions = _decisions(connection, row.subject_kind, row.subject_id)
    is_page = row.subject_kind == "page"
    return ReviewView(
        id=review_id,
        group=row.group,
        state=row.state,
        opened_at=row.opened_at,
        due_at=row.due_at,
        risk=row.risk,
        risk_reasons=tuple((str(name), float(weight)) for name, weight in row.risk_reasons),
        shown=what_is_shown(connection, wiki_id, review_id, subjects),
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        space_id=row.space_id,
        place=place,
        page=get_by_id(connection, wiki_id, row.subject_id, place.number, actor) if is_page else None,
        authors=authors_of(connection, review_id, actor),
        others=_others(connection, row.subject_kind, row.subject_id, review_id),
        decisions=tuple(one for one in decisions if one.review_id != review_id or not one.final),
        decision=next((one for one in decisions if one.review_id == review_id and one.final), None),
        why_not=_why_not(row.state, _is_own(connection, review_id, actor)),
    )


def _why_not(state: str, is_own: bool) -> str:
    if state == "handed-over":
        return kb_t("This [review] was handed over to the [groups] that look after the [page] now.")
    if state == "lapsed":
        return kb_t(
            "Nobody looked at this in time, and it has lapsed. It can be looked at all the same: see what lapsed."
        )
    if State(state) not in LIVE:
        return kb_t("This [review] has been decided.")
    if is_own:
        return kb_t("One of these changes is your own, so somebody else in the [group] decides about them.")
    return ""


def _is_own(connection: Connection, review_id: int, actor: Actor) -> bool:
    own = (
        select(ReviewAuthor.review_id)
        .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
        .where(ReviewAuthor.review_id == review_id, ActorRow.external_id == actor.id)
    )
    return connection.execute(own).first() is not None


def _decisions(connection: Connection, subject_kind: str, subject_id: int) -> list[PastDecision]:
    rows = connection.execute(
        PAST.where(Decision.subject_kind == subject_kind, Decision.subject_id == subject_id)
        .order_by(Decision.id.desc())
        .limit(20)
    )
    return [past_decision(row) for row in rows]


PAST = select(
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
    Decision.facts,
).join(ActorRow, ActorRow.id == Decision.actor_id)
"""The columns that `past_decision` reads, of any decisions."""


def past_decision(row: Any) -> PastDecision:
    """A row of `PAST` as what is told of a decision."""
    values: list[Any] = [*row[:-1], why_of(row.reason, row.facts), label_of(row.facts)]
    return PastDecision(*values)


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
    """The changes of the subject after state `base` up to `head`, oldest first, without what is hidden of them."""
    statement = _REVISIONS if subject_kind == "page" else _ENTRIES
    key = {"subject_kind": subject_kind, "subject_id": subject_id, "base": base, "head": head}
    rows = connection.execute(statement, key)
    return [ChangeLine(*row) for row in rows]


_REVISIONS = (
    select(
        Revision.number,
        Revision.kind,
        AUTHOR,
        Revision.at,
        COMMENT,
        Revision.hidden,
        Entry.exempt,
        ANY_HIDDEN,
        Revision.hidden_for,
    )
    .join(Page, Page.id == Revision.page_id)
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
        false().label("something_hidden"),
        null().label("hidden_for"),
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
