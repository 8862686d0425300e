"""Which reviews a view and its filters leave, as SQL: lists, counts and feeds are made of the same expressions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, or_, select, union_all

from ...actors import Actor
from ...db import UtcDateTime, in_list
from ...journal.models import ActorRow
from ...pages.models import Revision
from ...spaces.models import Space
from ...spaces.queries import bound
from ..desk.access import ME, who_asks
from ..desk.aside import STILL_ASIDE
from ..models import IS_CONCERN, Aside, Decision, DraftNote, Lease, Opinion, Review, ReviewAuthor
from ..policy import Verdict
from .ageing import OVERDUE
from .wanted import View, Wanted

NOW = bindparam("now", type_=UtcDateTime)

IS_OWN: ColumnElement[bool] = exists().where(ReviewAuthor.review_id == Review.id, ReviewAuthor.actor_id == ME)
"""SQL: the review is about what the actor did, so it is not theirs to decide."""

_OF_OTHERS = {View.NEEDS_ME, View.VERIFY, View.OVERDUE}

_AUTHORS = select(ActorRow.id).where(
    ActorRow.wiki_id == bindparam("wiki_id"),
    or_(
        ActorRow.external_id == bindparam("author"),
        ActorRow.name == bindparam("author"),
        func.lower(ActorRow.name) == bindparam("author_folded"),
    ),
)
_OF_THEIRS = (
    (Review.subject_kind == "page")
    & (Revision.page_id == Review.subject_id)
    & (Revision.number <= Review.head)
    & Revision.actor_id.in_(_AUTHORS)
)
# Not where all of their changes hide their author: the rule of `authors.AUTHOR_IS_HIDDEN`, asked of one author.
_BY = exists().where(ReviewAuthor.review_id == Review.id, ReviewAuthor.actor_id.in_(_AUTHORS)) & ~(
    exists().where(_OF_THEIRS, Revision.number >= Review.base, Revision.author_hidden)
    & ~exists().where(_OF_THEIRS, Revision.number > Review.base, ~Revision.author_hidden)
)
_OF_KIND = or_(
    (Review.subject_kind == "page")
    & exists().where(
        Revision.page_id == Review.subject_id,
        Revision.number > Review.base,
        Revision.number <= Review.head,
        Revision.kind == bindparam("kind"),
    ),
    (Review.subject_kind == bindparam("kind")) & or_(Review.subject_kind != "page", Review.base == Review.head),
)


def in_space(space_id: Any) -> ColumnElement[bool]:
    """SQL: the space in `space_id` is the one that is wanted, or below it."""
    inside: ColumnElement[bool] = space_id.in_(
        select(Space.id).where(
            Space.wiki_id == bindparam("wiki_id"),
            or_(
                Space.path == bindparam("space"),
                and_(Space.path >= bindparam("space_from"), Space.path < bindparam("space_to")),
            ),
        )
    )
    return inside


_FILTERS: dict[str, ColumnElement[bool]] = {
    "space": in_space(Review.space_id),
    "author": _BY,
    "kind": _OF_KIND,
    "risk": Review.risk >= bindparam("risk"),
    "days": Review.opened_at <= bindparam("opened_before", type_=UtcDateTime),
}


def conditions(view: View, narrowed: Iterable[str]) -> list[ColumnElement[bool]]:
    """What must hold for a review to be in the view with these filters, besides its group, state and readers."""
    found = [_FILTERS[name] for name in sorted(narrowed)]
    if view in _OF_OTHERS:
        found.append(~IS_OWN)
    if view is View.OVERDUE:
        found.append(OVERDUE)
    return found


_MY_CONCERNS = (
    select(Review.id)
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        in_list(Review.group, "groups"),
        IS_CONCERN,
        exists().where(
            Decision.review_id == Review.id, Decision.actor_id == ME, Decision.verdict == Verdict.CONCERN.value
        ),
    )
    .correlate(None)
)
_MY_ASIDES = (
    select(Aside.review_id)
    .join(Review, Review.id == Aside.review_id)
    .where(Aside.actor_id == ME, STILL_ASIDE)
    .correlate(None)
)
ON_MY_DESK: dict[View, Any] = {
    View.MINE: Review.id.in_(
        union_all(
            select(Lease.review_id).where(Lease.actor_id == ME, Lease.expires_at > NOW),
            _MY_ASIDES,
            select(Opinion.review_id).where(Opinion.asked_id == ME, Opinion.given_at.is_(None)),
            select(DraftNote.review_id).where(DraftNote.actor_id == ME),
            _MY_CONCERNS,
        )
    ),
    View.OWN: Review.id.in_(select(ReviewAuthor.review_id).where(ReviewAuthor.actor_id == ME)),
}
"""SQL: the review is there for what the actor has to do with it. Execute with `groups`, those looked through."""

IN_MY_GROUPS: tuple[ColumnElement[bool], ...] = (
    Review.wiki_id + literal_column("0") == bindparam("wiki_id"),
    in_list(Review.group.concat(literal_column("''")), "groups"),
)
"""SQL: the review is of one of the `groups`. Asked of what is on a desk, which is little: hence the "+ 0" and the '',
with which no index of all that waits for a group can be taken instead."""


def parameters(wiki_id: int, actor: Actor, groups: list[str], wanted: Wanted, now: datetime) -> dict[str, Any]:
    """What the expressions above, and `readable`, need to speak about this actor and this list."""
    return {
        **who_asks(wiki_id, actor),
        **bound(actor),
        "groups": groups,
        "now": now,
        "space": wanted.space,
        "space_from": f"{wanted.space}/",
        "space_to": f"{wanted.space}0",
        "author": wanted.author,
        "author_folded": wanted.author.lower(),
        "kind": wanted.kind,
        "risk": wanted.risk,
        "opened_before": now - timedelta(days=wanted.days or 0),
    }
