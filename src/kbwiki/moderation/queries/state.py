"""How far a page has been looked at, and how much waits for an actor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, func, select

from ...actors import Actor
from ...db import in_list
from ...journal.models import Entry
from ...pages.models import Page
from ...spaces.models import Grant, Space
from ...spaces.policy import Right
from ...spaces.queries import bound, readable
from ..models import IS_OPEN, Decision, Review

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How far people have looked at a page.

    `waiting` is how many changes nobody has looked at yet; `base` the last revision before them (0: none, the page is
    new). `group`, `at` and `verdict` speak of the newest decision, None when there never was one.
    """

    waiting: int
    base: int
    group: str | None
    at: datetime | None
    verdict: str | None


_REVIEWS = (
    select(Review.state, Review.group, Review.base, Review.head, Decision.at, Decision.verdict)
    .outerjoin(Decision, Decision.review_id == Review.id)
    .where(Review.subject_kind == "page", Review.subject_id == bindparam("page_id"))
    .order_by(Review.id.desc())
    .limit(20)
)
_STANDING = select(
    select(func.max(Entry.position)).where(Entry.wiki_id == bindparam("wiki_id")).scalar_subquery().label("position"),
    exists().where(Entry.wiki_id == bindparam("wiki_id"), Entry.position.is_(None)).label("unsealed"),
    select(func.count())
    .select_from(
        select(Review.id)
        .join(Page, Page.id == Review.subject_id)
        .where(
            Review.wiki_id == bindparam("wiki_id"),
            in_list(Review.group, "actor_groups"),
            IS_OPEN,
            Review.subject_kind == "page",
            readable(Page.space_id),
        )
        .limit(MOST_COUNTED)
        .subquery()
    )
    .scalar_subquery()
    .label("waiting"),
    exists()
    .where(
        Grant.right == Right.REVIEW.value,
        in_list(Grant.group, "actor_groups"),
        Space.id == Grant.space_id,
        Space.wiki_id == bindparam("wiki_id"),
    )
    .label("reviews"),
)
_REVIEWING = (
    select(Grant.group)
    .where(Grant.right == Right.REVIEW.value, in_list(Grant.group, "actor_groups"))
    .distinct()
    .order_by(Grant.group)
)


def looked_at(connection: Connection, page_id: int) -> LookedAt | None:
    """How far people have looked at the page; None when no change of it ever was up for review (an import)."""
    rows = connection.execute(_REVIEWS, {"page_id": page_id}).all()
    if not rows:
        return None
    open_ones = [row for row in rows if row.state == "open"]
    decided = max((row for row in rows if row.at is not None), key=lambda row: row.at, default=None)
    base = min((row.base for row in open_ones), default=0)
    head = max((row.head for row in open_ones), default=0)
    return LookedAt(
        waiting=head - base,
        base=base,
        group=decided.group if decided else None,
        at=decided.at if decided else None,
        verdict=decided.verdict if decided else None,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the wiki stands, for one actor.

    `position` is that of the last journal entry; None while some entry has no position yet, so that nothing can be said
    to be unchanged. `queued` is how many reviews wait for the actor's groups, at most 100; None when none of
    them is responsible for anything.
    """

    position: int | None
    queued: int | None


def standing(connection: Connection, wiki_id: int, actor: Actor) -> Standing:
    """Where the wiki stands now; one query, asked for every screen."""
    row = connection.execute(_STANDING, {"wiki_id": wiki_id, **bound(actor)}).one()
    return Standing(None if row.unsealed else row.position or 0, int(row.waiting) if row.reviews else None)


def reviewing_groups(connection: Connection, actor: Actor) -> list[str]:
    """The actor's groups that are responsible for some space, by name."""
    return list(connection.execute(_REVIEWING, bound(actor)).scalars())
