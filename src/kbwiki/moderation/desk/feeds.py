"""Feed addresses: whoever has one reads what its owner may see, and nothing else. Each can be revoked.

A feed is read without a cookie, so the host cannot say who its owner is and what groups they are in now. It goes by the
groups the host named when the owner was last here, which every visit brings up to date, and it stops when its owner
has not been here for `Settings.feed_days`.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, bindparam, exists, func, insert, or_, select, update

from ...actors import Actor, ActorKind
from ...db import Digest, Transaction, UtcDateTime, table_of
from ...errors import Conflict, Forbidden, NotFound
from ...journal.models import ActorRow
from ...wording import kb_t
from ..models import FeedSecret, SavedFilter
from ..queries.wanted import Wanted
from .access import ME, who_asks
from .saved_filters import SEARCH

MOST = 50
"""How many addresses one moderator may have at a time."""

_NOTED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewFeed:
    """An address just made. The secret is known now and never again: only its digest is kept."""

    id: int
    secret: str


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One of the actor's live addresses: what it shows, by the filter's name or the group's, and since when."""

    id: int
    filter_name: str | None
    group: str | None
    created_at: datetime
    is_search: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """What an address shows and for whom: its owner with the groups they had at `seen_at`.

    `search` is the kept search that it is of, None for reviews. `ended` says that there is nothing to show any more:
    revoked, or its filter was removed.
    """

    id: int
    owner: Actor
    name: str
    wanted: Wanted
    created_at: datetime
    seen_at: datetime
    ended: bool
    search: str | None = None

    def is_asleep(self, now: datetime, days: int) -> bool:
        """Whether its owner has been away for too long to go on; 0 days: never."""
        return bool(days) and self.seen_at < now - timedelta(days=days)


def make_feed(tx: Transaction, *, filter_id: int | None = None, group: str | None = None) -> NewFeed:
    """An address for one of the actor's filters, or for the queue of one of their groups; exactly one is said.

    Errors: Forbidden for a group the actor is not in, NotFound for a filter that is not theirs, Conflict beyond `MOST`.
    """
    _require_theirs(tx, filter_id, group)
    secret = secrets.token_urlsafe(32)
    made = tx.connection.execute(
        insert(table_of(FeedSecret)).returning(table_of(FeedSecret).c.id),
        {
            "wiki_id": tx.wiki_id,
            "actor_id": tx.actor_id,
            "filter_id": filter_id,
            "group": group,
            "digest": _digest(secret),
            "groups": sorted(tx.actor.groups),
            "groups_key": groups_key(tx.actor.groups),
            "seen_at": tx.now,
            "created_at": tx.now,
        },
    )
    return NewFeed(int(made.scalar_one()), secret)


def _require_theirs(tx: Transaction, filter_id: int | None, group: str | None) -> None:
    if tx.actor.is_anonymous:
        raise Forbidden(kb_t("Feeds are for people who are signed in."))
    if group is not None and group not in tx.actor.effective_groups:
        raise Forbidden(
            kb_t("You are not in the [group] “{group}”, so its [queue] is not yours to read.", group=group)
        )
    if filter_id is not None:
        theirs = select(SavedFilter.id).where(
            SavedFilter.id == filter_id, SavedFilter.actor_id == tx.actor_id, SavedFilter.removed_at.is_(None)
        )
        if tx.connection.execute(theirs).first() is None:
            raise NotFound("filter", str(filter_id))
    live = select(func.count()).where(FeedSecret.actor_id == tx.actor_id, FeedSecret.revoked_at.is_(None))
    if tx.connection.execute(live).scalar_one() >= MOST:
        raise Conflict(
            kb_t("You have {most} feed addresses already. Please revoke one that you no longer use.", most=MOST)
        )


def revoke_feed(tx: Transaction, feed_id: int) -> None:
    """Let one of the actor's addresses show nothing any more, for good. Errors: NotFound."""
    table = table_of(FeedSecret)
    revoked = tx.connection.execute(
        update(table)
        .where(table.c.id == feed_id, table.c.actor_id == tx.actor_id, table.c.revoked_at.is_(None))
        .values(revoked_at=tx.now)
    )
    if revoked.rowcount != 1:
        raise NotFound("feed", str(feed_id))


def revoke_feeds_of(connection: Connection, wiki_id: int, external_id: str, now: datetime) -> int:
    """Revoke every address of the actor with this id of the host's, who may be gone; how many there were."""
    return connection.execute(_live_feeds_of(wiki_id, external_id).values(revoked_at=now)).rowcount


def _live_feeds_of(wiki_id: int, external_id: str) -> Update:
    owner = select(ActorRow.id).where(ActorRow.wiki_id == wiki_id, ActorRow.external_id == external_id)
    table = table_of(FeedSecret)
    return update(table).where(table.c.actor_id == owner.scalar_subquery(), table.c.revoked_at.is_(None))


_LIVE_ONES = (
    select(FeedSecret.id, SavedFilter.name, FeedSecret.group, FeedSecret.created_at, SavedFilter.said)
    .outerjoin(SavedFilter, SavedFilter.id == FeedSecret.filter_id)
    .where(
        FeedSecret.wiki_id == bindparam("wiki_id"),
        FeedSecret.actor_id == ME,
        FeedSecret.revoked_at.is_(None),
        SavedFilter.removed_at.is_(None),
    )
    .order_by(FeedSecret.id)
)
_ONE = (
    select(
        FeedSecret.digest,
        FeedSecret.group,
        FeedSecret.groups,
        FeedSecret.created_at,
        FeedSecret.seen_at,
        FeedSecret.revoked_at,
        SavedFilter.name.label("filter_name"),
        SavedFilter.said,
        SavedFilter.removed_at,
        ActorRow.external_id,
        ActorRow.name,
        ActorRow.kind,
    )
    .join(ActorRow, ActorRow.id == FeedSecret.actor_id)
    .outerjoin(SavedFilter, SavedFilter.id == FeedSecret.filter_id)
    .where(FeedSecret.id == bindparam("feed_id"), FeedSecret.wiki_id == bindparam("wiki_id"))
)


def feeds_of(connection: Connection, wiki_id: int, actor: Actor) -> list[FeedLine]:
    """The actor's addresses that show something, the oldest first; without their secrets, which nobody has."""
    rows = connection.execute(_LIVE_ONES, who_asks(wiki_id, actor))
    return [FeedLine(row.id, row.name, row.group, row.created_at, SEARCH in (row.said or {})) for row in rows]


def find_feed(connection: Connection, wiki_id: int, feed_id: int, secret: str) -> Feed | None:
    """The feed with this number and this secret; None when either is wrong, and nothing tells which.

    The secret is compared in constant time, and as a digest.
    """
    row = connection.execute(_ONE, {"feed_id": feed_id, "wiki_id": wiki_id}).first()
    kept = row.digest if row is not None else bytes(32)
    if not hmac.compare_digest(bytes(kept), _digest(secret)) or row is None:
        return None
    return Feed(
        id=feed_id,
        owner=Actor(row.external_id, row.name, frozenset(row.groups), ActorKind(row.kind)),
        name=row.filter_name or row.group,
        wanted=Wanted.read(row.said) if row.said is not None else Wanted(group=row.group),
        created_at=row.created_at,
        seen_at=row.seen_at,
        ended=row.revoked_at is not None or row.removed_at is not None,
        search=(row.said or {}).get(SEARCH),
    )


def groups_key(groups: Iterable[str]) -> bytes:
    """What stands for a set of groups."""
    return sha256(json.dumps(sorted(groups)).encode()).digest()


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


FEEDS_BEHIND: ColumnElement[bool] = exists().where(
    FeedSecret.actor_id == ME,
    FeedSecret.revoked_at.is_(None),
    or_(
        FeedSecret.groups_key != bindparam("groups_key", type_=Digest),
        FeedSecret.seen_at < bindparam("noted_before", type_=UtcDateTime),
    ),
)
"""SQL: a feed of the actor goes by groups they are not in any more, or has not heard of them for a day."""


def who_is_here(actor: Actor, now: datetime) -> dict[str, Any]:
    """The parameters that `FEEDS_BEHIND` needs, besides those of `ME`."""
    return {"groups_key": groups_key(actor.groups), "noted_before": now - _NOTED_EVERY}


def note_visit(connection: Connection, wiki_id: int, actor: Actor, now: datetime) -> None:
    """Let the actor's feeds go by the groups the host names now, and know that the actor was here."""
    here = {"groups": sorted(actor.groups), "groups_key": groups_key(actor.groups), "seen_at": now}
    connection.execute(_live_feeds_of(wiki_id, actor.id).values(**here))
