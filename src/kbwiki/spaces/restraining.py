"""What locks and restrictions hold now: as SQL beside the right to write, and as words for whoever is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from ..actors import Actor
from ..db import Transaction, UtcDateTime, in_list
from ..errors import Forbidden
from ..journal.models import ActorRow
from ..wording import N_, kb_t
from ..wording.amounts import day_and_time
from .policy import Right, chain_above, contains
from .queries import bound, granted, has_right
from .restraints import Restraint

_PAUSED = N_(
    "You cannot write here until {until}: the [group] “{group}” has decided so. "
    "You can still read everything, and you can object under “My changes”."
)
_PAGE_LOCKED = N_(
    "This [page] is locked until {until} by the [group] “{group}”. You can write here again afterwards; "
    "if it cannot wait, or you object, tell them by “Something is wrong here” on the [page]."
)
_PART_LOCKED = N_(
    "This part of the [wiki] is locked until {until} by the [group] “{group}”. You can write here again afterwards; "
    "if it cannot wait, or you object, tell them by “Something is wrong here” on the [page]."
)

_Column = InstrumentedAttribute[Any] | ColumnElement[Any]


@dataclass(eq=False)
class Restrained(Forbidden):
    """The actor may write there at other times: a lock or a restriction stops them until `until`, ISO text."""

    until: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A lock, or a restriction (`of_actor`), that holds now."""

    decision_id: int
    path: str
    below: bool
    of_actor: bool
    group: str
    until: datetime

    def holds_at(self, path: str) -> bool:
        """Whether it says something about `path`."""
        return contains(self.path, path) if self.below else path == self.path

    @property
    def said(self) -> str:
        """What it is, until when, by whom, and what can be done, to the person it stops."""
        until = day_and_time(self.until)
        if self.of_actor:
            return kb_t(_PAUSED, until=until, group=self.group)
        return kb_t(_PART_LOCKED if self.below else _PAGE_LOCKED, until=until, group=self.group)


def writable(wiki_id: _Column, space_id: _Column, path: _Column) -> ColumnElement[bool]:
    """SQL: the actor may write at `path` in the space, and neither lock nor restriction stops them now.

    Execute with the parameters `writing(tx)`. Few restraints stand at a time, and an index leads to just those.
    """
    return and_(granted(Right.WRITE, space_id), ~_stopped(wiki_id, space_id, path))


def _stopped(wiki_id: _Column, space_id: _Column, path: _Column) -> ColumnElement[bool]:
    stands = select(Restraint.id).where(
        Restraint.wiki_id == wiki_id,
        Restraint.until > bindparam("writing_at", type_=UtcDateTime),
        Restraint.lifted_at.is_(None),
        or_(
            Restraint.path == path,
            and_(
                Restraint.below,
                or_(
                    Restraint.path == "",
                    func.substr(path, 1, func.length(Restraint.path) + 1) == Restraint.path.concat("/"),
                ),
            ),
        ),
        or_(
            Restraint.actor_id == bindparam("writing_as"),
            and_(
                Restraint.actor_id.is_(None),
                ~bindparam("passes_locks", type_=Boolean()),
                ~granted(Right.REVIEW, space_id),
            ),
        ),
    )
    return exists(stands)


def writing(tx: Transaction) -> dict[str, Any]:
    """The parameters that `writable` needs to speak about the transaction's actor and moment."""
    return {
        "writing_at": tx.now,
        "writing_as": tx.actor_id,
        "passes_locks": tx.settings.admin_group in tx.actor.groups,
        **bound(tx.actor),
    }


_STANDING = (
    select(
        Restraint.decision_id,
        Restraint.path,
        Restraint.below,
        Restraint.actor_id.is_not(None),
        Restraint.group,
        Restraint.until,
    )
    .outerjoin(ActorRow, ActorRow.id == Restraint.actor_id)
    .where(
        Restraint.wiki_id == bindparam("wiki_id"),
        Restraint.until > bindparam("now", type_=UtcDateTime),
        Restraint.lifted_at.is_(None),
        or_(Restraint.actor_id.is_(None), ActorRow.external_id == bindparam("external_id")),
    )
    .order_by(Restraint.until.desc(), Restraint.id)
)
_AT_PATH = _STANDING.where(in_list(Restraint.path, "chain"))


def standing(connection: Connection, wiki_id: int, path: str, actor: Actor, now: datetime) -> list[Standing]:
    """The locks that hold at `path` for everybody, and the restrictions of `actor` there; the longest first."""
    key = {"wiki_id": wiki_id, "now": now, "external_id": actor.id, "chain": chain_above(path)}
    found = [Standing(*row) for row in connection.execute(_AT_PATH, key)]
    return [one for one in found if one.holds_at(path)]


def standing_for(tx: Transaction) -> list[Standing]:
    """Every lock that stands anywhere in the wiki, and every restriction of the transaction's actor."""
    key = {"wiki_id": tx.wiki_id, "now": tx.now, "external_id": tx.actor.id}
    return [Standing(*row) for row in tx.connection.execute(_STANDING, key)]


def stopping(
    connection: Connection, wiki_id: int, space_id: int, path: str, actor: Actor, *, admin_group: str, now: datetime
) -> Standing | None:
    """What stops the actor from writing at `path` in the space; None when nothing does.

    Groups that look after the space, and the admin group, pass locks; nobody passes a restriction of themselves.
    """
    found = standing(connection, wiki_id, path, actor, now)
    if not found:
        return None
    passes = admin_group in actor.groups or has_right(connection, space_id, Right.REVIEW, actor)
    return next((one for one in found if one.of_actor or not passes), None)


def require_unrestrained(tx: Transaction, space_id: int, path: str) -> None:
    """Errors: Restrained where a lock or a restriction stops the actor; it says until when, by whom, and what to do."""
    group = tx.settings.admin_group
    one = stopping(tx.connection, tx.wiki_id, space_id, path, tx.actor, admin_group=group, now=tx.now)
    if one is not None:
        raise Restrained(one.said, one.until.isoformat())
