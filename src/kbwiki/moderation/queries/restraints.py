"""What is locked, and who is restricted, as those who look after a part of the wiki see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ...errors import NotFound
from ...journal.models import ActorRow
from ...spaces.policy import chain_above, contains
from ...spaces.restraints import Restraint
from ..models import Decision
from ..policy import why_of


@dataclass(frozen=True, slots=True)
class RestraintLine:
    """A lock, or the restriction of `author`, that holds now; `reason` is in words."""

    decision_id: int
    path: str
    below: bool
    author: str | None
    group: str
    until: datetime
    reason: str
    note: str


def restraints_at(connection: Connection, wiki_id: int, path: str, now: datetime) -> list[RestraintLine]:
    """What holds at `path` now, the one that ends first at the top. The caller has made sure who asks."""
    rows = connection.execute(
        select(
            Restraint.decision_id,
            Restraint.path,
            Restraint.below,
            ActorRow.name,
            Restraint.group,
            Restraint.until,
            Decision.reason,
            Decision.note,
            Decision.facts,
        )
        .join(Decision, Decision.id == Restraint.decision_id)
        .outerjoin(ActorRow, ActorRow.id == Restraint.actor_id)
        .where(
            Restraint.wiki_id == wiki_id,
            Restraint.until > now,
            Restraint.lifted_at.is_(None),
            Restraint.path.in_(chain_above(path)),
        )
        .order_by(Restraint.until, Restraint.id)
    )
    found = [
        RestraintLine(
            row.decision_id,
            row.path,
            row.below,
            row.name,
            row.group,
            row.until,
            why_of(row.reason, row.facts),
            row.note,
        )
        for row in rows
    ]
    return [one for one in found if (contains(one.path, path) if one.below else one.path == path)]


def author_name(connection: Connection, wiki_id: int, external_id: str) -> str:
    """The name of somebody who was here. Errors: NotFound."""
    found = select(ActorRow.name).where(ActorRow.wiki_id == wiki_id, ActorRow.external_id == external_id)
    name = connection.execute(found).scalar()
    if name is None:
        raise NotFound("author", external_id)
    return str(name)
