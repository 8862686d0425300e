"""Reviews that one moderator does not want to be given next: until something is new, or until a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, Insert, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from ...actors import Actor
from ...db import Transaction, UtcDateTime, table_of
from ...errors import Invalid
from ...pages.models import Page
from ...spaces.queries import bound, readable
from ...wording import kb_t
from ..models import IS_LIVE, Aside, Review
from ..subjects import Subjects
from .access import ME, get_live, get_shown, hold, ours, who_asks
from .leases import let_go
from .seen import mark_seen

LONGEST = timedelta(days=366)


def skip(tx: Transaction, review_id: int, *, version: int | None = None, head: int | None = None) -> None:
    """Do not be given this review again until there is something new about it.

    `version` and `head` are what was on the screen; what came since is new. Errors: NotFound, Conflict when it is
    closed.
    """
    _put_aside(tx, review_id, None, version, head)


def snooze(
    tx: Transaction, review_id: int, until: datetime, *, version: int | None = None, head: int | None = None
) -> None:
    """Do not be given this review again until then, or until there is something new about it before.

    Errors: those of `skip`, and Invalid for a time that is over or further away than a year.
    """
    if not tx.now < until <= tx.now + LONGEST:
        raise Invalid("until", kb_t("Please choose a time to come, within a year."))
    _put_aside(tx, review_id, until, version, head)


def _put_aside(
    tx: Transaction, review_id: int, until: datetime | None, version: int | None, head: int | None
) -> None:
    hold(tx, review_id)
    review = get_live(tx, review_id)
    tx.connection.execute(
        _upsert(tx.connection.dialect.name),
        {
            "review_id": review.id,
            "actor_id": tx.actor_id,
            # Nobody has seen more than there is, whatever a form says.
            "version": review.version if version is None else min(version, review.version),
            "until": until,
            "at": tx.now,
        },
    )
    seen = review.head if head is None else min(head, review.head)
    # The lease before what was seen, in the order of `next`: two windows of one moderator never wait for each other.
    let_go(tx, review.id)
    mark_seen(tx, review.subject_kind, review.subject_id, seen)


@lru_cache(maxsize=2)
def _upsert(dialect: str) -> Insert:
    table = table_of(Aside)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    new = upsert.excluded
    return upsert.on_conflict_do_update(
        index_elements=[table.c.review_id, table.c.actor_id],
        set_={"version": new.version, "until": new.until, "at": new.at},
    )


def bring_aside_back(tx: Transaction, review_id: int) -> None:
    """Be given this review again. Does nothing when it was not put aside. Errors: NotFound."""
    get_shown(tx, review_id)
    tx.connection.execute(
        delete(table_of(Aside)).where(Aside.review_id == review_id, Aside.actor_id == tx.actor_id)
    )


@dataclass(frozen=True, slots=True)
class AsideLine:
    """A live review that an actor has put aside; `until` is None for one that was skipped."""

    review_id: int
    group: str
    title: str
    path: str
    at: datetime
    until: datetime | None


STILL_ASIDE = (Aside.version == Review.version) & or_(
    Aside.until.is_(None), Aside.until > bindparam("now", type_=UtcDateTime)
)
"""SQL: an aside that still holds: nothing new came, and its time is not over. Execute with `now`."""


def put_aside(
    connection: Connection, wiki_id: int, actor: Actor, subjects: Subjects, now: datetime, *, count: int = 200
) -> list[AsideLine]:
    """What the actor has put aside and would not be given now, the newest first."""
    rows = connection.execute(
        select(
            Review.id,
            Review.group,
            Review.subject_kind,
            Review.subject_id,
            Page.title,
            Page.path,
            Aside.at,
            Aside.until,
        )
        .join(Aside, Aside.review_id == Review.id)
        .outerjoin(Page, (Page.id == Review.subject_id) & (Review.subject_kind == "page"))
        .where(
            Aside.actor_id == ME,
            Review.wiki_id == wiki_id,
            IS_LIVE,
            ours(actor),
            readable(Review.space_id),
            STILL_ASIDE,
        )
        .order_by(Aside.at.desc(), Review.id)
        .limit(count),
        {**who_asks(wiki_id, actor), **bound(actor), "now": now},
    ).all()
    lines = []
    for row in rows:
        title, path = row.title, row.path
        if row.subject_kind != "page":
            place = subjects[row.subject_kind].place(connection, row.subject_id)
            title, path = place.title, place.path
        lines.append(AsideLine(row.id, row.group, title, path, row.at, row.until))
    return lines


def is_aside(connection: Connection, wiki_id: int, actor: Actor, review_id: int, now: datetime) -> bool:
    """Whether the actor has put the review aside."""
    found = connection.execute(
        select(Aside.review_id)
        .join(Review, Review.id == Aside.review_id)
        .where(Aside.review_id == review_id, Aside.actor_id == ME, STILL_ASIDE),
        {**who_asks(wiki_id, actor), "now": now},
    )
    return found.first() is not None
