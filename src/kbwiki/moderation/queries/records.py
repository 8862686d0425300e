"""What is known of the authors of a review, read from their newest changes, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from ...actors import Actor
from ...journal.models import ActorRow
from ...pages.models import Page, Revision
from ...spaces.queries import bound, readable
from ..models import Decision, Review, ReviewAuthor
from .authors import AUTHOR_IS_HIDDEN

MOST_COUNTED = 100
"""Of so many newest changes and reviews of an author a record speaks: more would tell a moderator nothing else."""


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What is known of an author where the moderator may read: their changes, and how reviews of them were answered.

    Counts are of the newest 100; `first_seen` is the first change of all.
    """

    actor_id: int
    external_id: str
    name: str
    kind: str
    changes: int
    first_seen: datetime | None
    verdicts: dict[str, int]


_SOMEBODY = AuthorRecord(0, "", "", "", 0, None, {})
_AUTHORS = (
    select(ActorRow.id, ActorRow.external_id, ActorRow.name, ActorRow.kind)
    .join(ReviewAuthor, ReviewAuthor.actor_id == ActorRow.id)
    .join(Review, Review.id == ReviewAuthor.review_id)
    .where(ReviewAuthor.review_id == bindparam("review_id"), ~AUTHOR_IS_HIDDEN)
    .order_by(ActorRow.name)
)
_TOTAL = select(func.count()).where(ReviewAuthor.review_id == bindparam("review_id"))


_FIRST_READ = 20
"""Among so many first changes the first that may be read is looked for."""


# Not a join: for a join SQLite may build a Bloom filter over all pages, to look up a hundred.
_SPACE = select(Page.space_id).where(Page.id == Revision.page_id).scalar_subquery()


def _of_author(*, newest: bool) -> Any:
    order = Revision.id.desc() if newest else Revision.id
    return (
        select(Revision.at, Revision.author_hidden, _SPACE.label("space_id"))
        .where(Revision.actor_id == bindparam("author"))
        .order_by(order)
        .limit(MOST_COUNTED if newest else _FIRST_READ)
        .subquery()
    )


_NEWEST, _OLDEST = _of_author(newest=True), _of_author(newest=False)
_CHANGES = (
    select(func.count())
    .select_from(_NEWEST)
    .where(~_NEWEST.c.author_hidden, readable(_NEWEST.c.space_id))
)
_FIRST = (
    select(func.min(_OLDEST.c.at))
    .select_from(_OLDEST)
    .where(~_OLDEST.c.author_hidden, readable(_OLDEST.c.space_id))
)
_REVIEWS = (
    select(ReviewAuthor.review_id)
    .where(ReviewAuthor.actor_id == bindparam("author"))
    .order_by(ReviewAuthor.review_id.desc())
    .limit(MOST_COUNTED)
    .subquery()
)
_VERDICTS = (
    select(Decision.verdict, func.count())
    .select_from(_REVIEWS)
    .join(Review, Review.id == _REVIEWS.c.review_id)
    .join(Decision, (Decision.review_id == Review.id) & Decision.final)
    .join(
        ReviewAuthor,
        (ReviewAuthor.review_id == Review.id) & (ReviewAuthor.actor_id == bindparam("author")),
    )
    .where(~AUTHOR_IS_HIDDEN, readable(Review.space_id))
    .group_by(Decision.verdict)
)


def authors_of(connection: Connection, review_id: int, actor: Actor) -> tuple[AuthorRecord, ...]:
    """The authors of the review by name, with their records; last those who are hidden, without either."""
    rows = connection.execute(_AUTHORS, {"review_id": review_id}).all()
    unknown = connection.execute(_TOTAL, {"review_id": review_id}).scalar_one() - len(rows)
    return tuple(_record(connection, row, actor) for row in rows) + (_SOMEBODY,) * unknown


def _record(connection: Connection, row: Any, actor: Actor) -> AuthorRecord:
    key = {"author": row.id, **bound(actor)}
    return AuthorRecord(
        row.id,
        row.external_id,
        row.name,
        row.kind,
        int(connection.execute(_CHANGES, key).scalar_one()),
        connection.execute(_FIRST, key).scalar(),
        {verdict: int(count) for verdict, count in connection.execute(_VERDICTS, key)},
    )
