"""The next review for a moderator: the most urgent one that nobody else has and that is theirs to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, literal_column, or_, select, tuple_, union_all

from ...db import Transaction, UtcDateTime, in_list
from ...errors import Forbidden
from ...spaces.queries import bound, readable
from ...wording import kb_t
from ..models import IS_LIVE, Aside, Lease, Review, ReviewAuthor, Seen
from ..queries.state import NEEDS_LOOK, reviewing_groups
from ..queries.wanted import Order
from .aside import STILL_ASIDE
from .leases import acquire, has_lease
from .seen import is_part, mark_seen
from .traces import trace

FIRST_BATCH = 16
LARGEST_BATCH = 512
_GROUPS_AT_ONCE = 100  # SQLite takes no more than 500 parts of a compound SELECT
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the queue, behind which to look."""

    risk: float
    queue_at: datetime
    id: int


_BEGINNING = _Place(float("inf"), _EARLIEST, 0)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which reviews to be given: those of a kind of subject, in a space, due before a time. None: any."""

    subject_kind: str | None = None
    space_id: int | None = None
    due_before: datetime | None = None


ANY = Filters()


@dataclass(frozen=True, slots=True)
class Given:
    """The review one was given; `since` is the state up to which one knew it, None when all or nothing is new."""

    review_id: int
    since: int | None


def next_review(
    tx: Transaction,
    groups: Sequence[str] | None = None,
    filters: Filters = ANY,
    *,
    order: Order | str = "due",
) -> Given | None:
    """Give the actor the first review in the queue (of these groups; None: all of theirs) and its lease.

    The queue is in the `order` of due times or of risk; what was not assessed yet has the risk 0.

    Never one that somebody else has, that the actor may not decide, or that they have put aside; what they have
    already comes again until it is decided or put aside. Five who ask at once are given five. None when nothing is
    left. Errors: Forbidden for a group the actor is not in.
    """
    own, order = _own_groups(tx, groups), Order(order)
    after, count = _BEGINNING, FIRST_BATCH
    while own:
        found = _candidates(tx, own, filters, order, after, count)
        for row in found:
            if row.free and (given := give(tx, row.id)):
                return given
        if len(found) < count:
            break
        last = found[-1]
        after, count = _Place(last.risk, last.queue_at, last.id), min(count * 2, LARGEST_BATCH)
    # What was assessed in between may have moved past us; the order of due times misses nothing.
    return next_review(tx, own, filters) if own and order is Order.RISK else None


def _own_groups(tx: Transaction, groups: Sequence[str] | None) -> list[str]:
    if groups is None:
        return reviewing_groups(tx.connection, tx.wiki_id, tx.actor)
    for group in groups:
        if group not in tx.actor.effective_groups:
            raise Forbidden(
                kb_t("You are not in the [group] “{group}”, so its [reviews] are not for you to decide.", group=group)
            )
    return sorted(set(groups))


def give(tx: Transaction, review_id: int) -> Given | None:
    """The review and its lease, if that could be had and it still waits: somebody may have been faster with either."""
    had = has_lease(tx, review_id)
    row = tx.connection.execute(_STILL, {"review_id": review_id, "actor_id": tx.actor_id}).first()
    if row is None or not acquire(tx, review_id):
        return None
    if not had:
        trace(tx, "take", review_id, review_id)
    mark_seen(tx, row.subject_kind, row.subject_id, row.head)
    known = row.seen is not None and is_part(row.base, row.head, row.seen)
    return Given(review_id, row.seen if known else None)


def free_among(tx: Transaction, reviews: Sequence[int]) -> frozenset[int]:
    """Those of these reviews that nobody else has, and that the actor may decide and has not put aside."""
    key = {"reviews": list(reviews), "actor_id": tx.actor_id, "now": tx.now}
    return frozenset(tx.connection.execute(_FREE, key).scalars()) if reviews else frozenset()


def _candidates(
    tx: Transaction, groups: list[str], filters: Filters, order: Order, after: _Place, count: int
) -> list[Any]:
    """The next reviews behind a place in the queue, at most `count`, each with whether it is free for the actor."""
    key = {
        "wiki_id": tx.wiki_id,
        "actor_id": tx.actor_id,
        "now": tx.now,
        "after_risk": after.risk,
        "after_at": after.queue_at,
        "after_id": after.id,
        "count": count,
        "subject_kind": filters.subject_kind,
        "space_id": filters.space_id,
        "due_before": filters.due_before,
        **bound(tx.actor),
    }
    found: list[Any] = []
    for start in range(0, len(groups), _GROUPS_AT_ONCE):
        some = groups[start : start + _GROUPS_AT_ONCE]
        named = {f"group_{number}": group for number, group in enumerate(some)}
        found += tx.connection.execute(_statement(len(some), _set(filters), order), {**key, **named})
    by_risk = order is Order.RISK
    return sorted(found, key=lambda row: (-row.risk if by_risk else 0, row.queue_at, row.id))[:count]


def _set(filters: Filters) -> frozenset[str]:
    return frozenset(
        name for name in ("subject_kind", "space_id", "due_before") if getattr(filters, name) is not None
    )


# Filters are in the statement only where they are set: "x IS NULL OR …" would hide the order of the index.
_FILTERED = {
    "subject_kind": Review.subject_kind == bindparam("subject_kind"),
    "space_id": Review.space_id == bindparam("space_id"),
    "due_before": Review.due_at < bindparam("due_before", type_=UtcDateTime),
}


@lru_cache(maxsize=200)
def _statement(groups: int, filters: frozenset[str], order: Order) -> Any:
    """A stretch of the index for each group and state, merged; what stands in the way is asked of those few alone."""
    stretches = union_all(
        *(_stretch(f"group_{number}", state, filters, order) for number in range(groups) for state in NEEDS_LOOK)
    ).subquery()
    first = (
        select(stretches)
        .order_by(*_ordered(stretches.c, order))
        .limit(bindparam("count"))
        .subquery()
    )
    return (
        select(Review.id, Review.risk, Review.queue_at, (~or_(_WITH_SOMEBODY, _OWN, _ASIDE)).label("free"))
        .join(first, first.c.id == Review.id)
        .order_by(*_ordered(Review, order))
    )


def _ordered(columns: Any, order: Order) -> tuple[Any, ...]:
    in_time = (columns.queue_at, columns.id)
    return (columns.risk.desc(), *in_time) if order is Order.RISK else in_time


def _stretch(group: str, state: str, filters: frozenset[str], order: Order) -> Select[Any]:
    stretch = (
        select(Review.id, Review.risk, Review.queue_at)
        .where(
            Review.wiki_id == bindparam("wiki_id"),
            Review.group == bindparam(group),
            IS_LIVE,
            Review.state == literal_column(f"'{state}'"),
            readable(Review.space_id),
            _AFTER[order],
            *(_FILTERED[name] for name in sorted(filters)),
        )
        .order_by(*_ordered(Review, order))
        .limit(bindparam("count"))
        .subquery()
    )
    return select(stretch)


# In a tuple a parameter does not take the type of what it is compared with.
_LATER = tuple_(Review.queue_at, Review.id) > tuple_(bindparam("after_at", type_=UtcDateTime), bindparam("after_id"))
_AFTER = {
    Order.DUE: _LATER,
    Order.RISK: (Review.risk <= bindparam("after_risk")) & ((Review.risk < bindparam("after_risk")) | _LATER),
}
_ACTOR_ID: Any = bindparam("actor_id")
_WITH_SOMEBODY = exists().where(
    Lease.review_id == Review.id,
    Lease.actor_id != _ACTOR_ID,
    Lease.expires_at > bindparam("now", type_=UtcDateTime),
)
_OWN = exists().where(ReviewAuthor.review_id == Review.id, ReviewAuthor.actor_id == _ACTOR_ID)
_ASIDE = exists().where(Aside.review_id == Review.id, Aside.actor_id == _ACTOR_ID, STILL_ASIDE)
_FREE = select(Review.id).where(in_list(Review.id, "reviews"), ~or_(_WITH_SOMEBODY, _OWN, _ASIDE))
# Held until the transaction is over, so that nobody decides it or lets it lapse while it is given (`access.hold`).
# Whoever is at that very thing now is not waited for: there are other reviews, and two who wait could wait for ever.
_STILL = (
    select(Review.subject_kind, Review.subject_id, Review.base, Review.head, Seen.number.label("seen"))
    .outerjoin(
        Seen,
        (Seen.actor_id == _ACTOR_ID)
        & (Seen.subject_kind == Review.subject_kind)
        & (Seen.subject_id == Review.subject_id),
    )
    .where(Review.id == bindparam("review_id"), IS_LIVE, Review.state.in_(NEEDS_LOOK))
    .with_for_update(read=True, key_share=True, skip_locked=True, of=Review)
)
