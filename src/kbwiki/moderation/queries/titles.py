"""What reviews are about, in two words: for lists that show nothing else of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select

from ...actors import Actor
from ...db import in_list
from ...pages.models import Page
from ...spaces.queries import bound, readable
from ..access import is_readable
from ..models import Review
from ..subjects import Subjects


@dataclass(frozen=True, slots=True)
class ReviewTitle:
    """A review and what it is about; `path` is '' for subjects without an address."""

    id: int
    title: str
    path: str


_TITLES = (
    select(Review.id, Review.subject_kind, Review.subject_id, Page.title, Page.path)
    .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
    .where(
        Review.wiki_id == bindparam("wiki_id"),
        in_list(Review.id, "reviews"),
        readable(Review.space_id),
        # A closed review stays in the space it was closed in; its page may have moved since.
        or_(Page.id.is_(None), readable(Page.space_id)),
    )
)


def titles_of(
    connection: Connection, wiki_id: int, reviews: Sequence[int], actor: Actor, subjects: Subjects
) -> list[ReviewTitle]:
    """The reviews that the actor's groups have and that they may read, in the order given; others are left out."""
    if not reviews:
        return []
    key = {"wiki_id": wiki_id, "reviews": list(reviews), **bound(actor)}
    mine = _TITLES.where(Review.group.in_(sorted(actor.effective_groups)))
    found = {}
    for row in connection.execute(mine, key):
        if row.subject_kind == "page":
            found[row.id] = ReviewTitle(row.id, row.title, row.path)
            continue
        place = subjects[row.subject_kind].place(connection, row.subject_id)
        if is_readable(connection, place, actor):
            found[row.id] = ReviewTitle(row.id, place.title, place.path)
    return [found[one] for one in dict.fromkeys(reviews) if one in found]
