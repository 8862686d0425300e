"""Who looks at a review just now: a lease that ends by itself, is seen by the others, and can be taken over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from ...db import Transaction, UtcDateTime, in_list, table_of
from ...journal.models import ActorRow
from ..access import require_not_own
from ..models import Lease
from .access import get_live, get_shown, hold
from .traces import trace


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a review, since when, and until when if nothing happens; `taken` tells that it was given to the asker."""

    review_id: int
    actor: str
    who: str
    since: datetime
    until: datetime
    taken: bool = False


def take_lease(tx: Transaction, review_id: int, *, take_over: bool = False) -> Held:
    """Have the review to oneself for some minutes, or learn who has it; with `take_over` have it in any case.

    Asked again by its holder it lasts as long again. Errors: NotFound, Conflict when the review is closed, Forbidden
    for an author of the changes, who would only keep others from it.
    """
    _require_workable(tx, review_id)
    taken = take(tx, review_id, take_over=take_over)
    held = find_lease(tx.connection, review_id, tx.now)
    if held is None:  # it ended between the two statements: whoever comes next has it
        return Held(review_id, tx.actor.id, tx.actor.name, tx.now, tx.now)
    return Held(held.review_id, held.actor, held.who, held.since, held.until, taken)


def take(tx: Transaction, review_id: int, *, take_over: bool = False) -> bool:
    """`acquire`, and record it when the lease was not the actor's already."""
    had = has_lease(tx, review_id)
    taken = acquire(tx, review_id, take_over=take_over)
    if taken and not had:
        trace(tx, "take", review_id, review_id)
    return taken


def has_lease(tx: Transaction, review_id: int) -> bool:
    """Whether the actor has the review just now."""
    held = find_lease(tx.connection, review_id, tx.now)
    return held is not None and held.actor == tx.actor.id


def acquire(tx: Transaction, review_id: int, *, take_over: bool = False) -> bool:
    """Take the lease if it is free, over, or one's own already; whether it is the actor's now. The database decides.

    The caller holds the review (`access.hold`) and knows that it is live.
    """
    row = tx.connection.execute(
        _upsert(tx.connection.dialect.name, take_over),
        {
            "review_id": review_id,
            "actor_id": tx.actor_id,
            "taken_at": tx.now,
            "expires_at": tx.now + timedelta(minutes=tx.settings.lease_minutes),
            "now": tx.now,
        },
    ).first()
    return row is not None


@lru_cache(maxsize=4)
def _upsert(dialect: str, take_over: bool) -> Insert:
    table = table_of(Lease)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table).values(
        review_id=bindparam("review_id"),
        actor_id=bindparam("actor_id"),
        taken_at=bindparam("taken_at"),
        expires_at=bindparam("expires_at"),
    )
    new = upsert.excluded
    over = table.c.expires_at <= bindparam("now", type_=UtcDateTime)
    return upsert.on_conflict_do_update(
        index_elements=[table.c.review_id],
        set_={"actor_id": new.actor_id, "taken_at": new.taken_at, "expires_at": new.expires_at},
        where=None if take_over else or_(over, table.c.actor_id == new.actor_id),
    ).returning(table.c.review_id)


def renew(tx: Transaction, review_id: int) -> bool:
    """Let one's own lease last as long again, or take a free one: what a moderator at work does without knowing.

    Whether it is the actor's now: somebody may have taken it over. Errors: those of `take_lease`.
    """
    _require_workable(tx, review_id)
    return take(tx, review_id)


def _require_workable(tx: Transaction, review_id: int) -> None:
    hold(tx, review_id)
    get_live(tx, review_id)
    require_not_own(tx, review_id)


def release(tx: Transaction, review_id: int) -> None:
    """Let others have the review; does nothing when somebody else has it. Errors: NotFound."""
    get_shown(tx, review_id)
    let_go(tx, review_id)


def let_go(tx: Transaction, review_id: int) -> None:
    """End one's own lease, if there is one."""
    tx.connection.execute(
        delete(table_of(Lease)).where(Lease.review_id == review_id, Lease.actor_id == tx.actor_id)
    )


def end_lease(tx: Transaction, review_id: int) -> None:
    """End whosever lease there is: nothing is left to look at."""
    tx.connection.execute(delete(table_of(Lease)).where(Lease.review_id == review_id))


_HELD = (
    select(Lease.review_id, ActorRow.external_id, ActorRow.name, Lease.taken_at, Lease.expires_at)
    .join(ActorRow, ActorRow.id == Lease.actor_id)
    .where(in_list(Lease.review_id, "reviews"), Lease.expires_at > bindparam("now", type_=UtcDateTime))
)


def leases_of(connection: Connection, reviews: Iterable[int], now: datetime) -> dict[int, Held]:
    """Who has which of these reviews now; one query, none without reviews."""
    ids = list(reviews)
    if not ids:
        return {}
    rows: Iterable[Any] = connection.execute(_HELD, {"reviews": ids, "now": now})
    return {row.review_id: Held(*row) for row in rows}


def find_lease(connection: Connection, review_id: int, now: datetime) -> Held | None:
    """Who has the review now, if anybody."""
    return leases_of(connection, [review_id], now).get(review_id)
