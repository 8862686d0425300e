"""What a moderator does beside a review: locking a part of the wiki, and restricting somebody there, for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from ..db import Transaction, table_of
from ..errors import Forbidden, Invalid, NotFound
from ..journal.models import ActorRow
from ..pages.models import Page
from ..pages.paths import normalise_path
from ..spaces.models import Space
from ..spaces.policy import contains
from ..spaces.queries import find_space, responsible_groups
from ..spaces.restraints import Restraint
from ..wording import N_, kb_t
from .access import require_member
from .policy import Verdict
from .record import Act, Decided, Grounds, clean_grounds, find_repeated, record_decision

_NOT_HERE = N_("The [group] “{group}” does not look after this part of the [wiki], so others decide about it.")
_NOT_BELOW = N_("The [group] “{group}” does not look after everything below it, so others decide about it.")


@dataclass(frozen=True, slots=True)
class _Where:
    """The part of the wiki an act is about, and the subject of its decision."""

    path: str
    space_id: int
    subject_kind: str
    subject_id: int
    number: int


def lock_pages(
    tx: Transaction,
    path: str,
    *,
    below: bool = False,
    until: datetime,
    group: str,
    reason: str,
    note: str = "",
    key: str | None = None,
) -> Decided:
    """Let nobody write at `path` (and below it) until then, save those who look after it. Taken back like any decision.

    Errors: Forbidden (not in the group, or the group is not responsible for all of it), Invalid (path, moment, reason).
    """
    if repeated := _done_before(tx, key):
        return repeated
    where = _require_responsible(tx, path, group, below=below)
    grounds = clean_grounds(tx, where.space_id, Verdict.LOCK, Grounds(reason, note, key))
    return _restrain(tx, Verdict.LOCK, where, group, grounds, below=below, until=until, actor_id=None)


def restrict_author(
    tx: Transaction,
    external_id: str,
    path: str,
    *,
    until: datetime,
    group: str,
    reason: str,
    note: str = "",
    key: str | None = None,
) -> Decided:
    """Let one author write nothing in the space or page at `path`, nor below it, until then. They may still read.

    Errors: those of `lock_pages`, NotFound for somebody who was never here, Forbidden about oneself.
    """
    if repeated := _done_before(tx, key):
        return repeated
    where = _require_responsible(tx, path, group, below=True)
    found = select(ActorRow.id).where(ActorRow.wiki_id == tx.wiki_id, ActorRow.external_id == external_id)
    actor_id = tx.connection.execute(found).scalar()
    if actor_id is None:
        raise NotFound("author", external_id)
    if actor_id == tx.actor_id:
        raise Forbidden(kb_t("This would be about yourself, so somebody else in the [group] decides about it."))
    grounds = clean_grounds(tx, where.space_id, Verdict.RESTRICT, Grounds(reason, note, key))
    return _restrain(tx, Verdict.RESTRICT, where, group, grounds, below=True, until=until, actor_id=actor_id)


def _done_before(tx: Transaction, key: str | None) -> Decided | None:
    """The decision with this key, if there is one; whoever sends it twice at the same moment waits for themselves."""
    if key is None:
        return None
    mine = select(ActorRow.id).where(ActorRow.id == tx.actor_id).with_for_update(key_share=True)
    tx.connection.execute(mine)
    return find_repeated(tx, key)


def _require_responsible(tx: Transaction, path: str, group: str, *, below: bool) -> _Where:
    """The part of the wiki, if the actor is in the group and the group looks after all of it."""
    require_member(tx.actor, group)
    path = normalise_path(path) if path.strip(" /") else ""
    space_id = find_space(tx.connection, tx.wiki_id, path)
    spaces = [space_id]
    if below:
        rows = tx.connection.execute(select(Space.id, Space.path).where(Space.wiki_id == tx.wiki_id))
        spaces += [row.id for row in rows if contains(path, row.path)]
    for one in dict.fromkeys(spaces):
        if group not in responsible_groups(tx.connection, [one]):
            raise Forbidden(kb_t(_NOT_HERE if one == space_id else _NOT_BELOW, group=group))
    return _where(tx, path, space_id)


def _where(tx: Transaction, path: str, space_id: int) -> _Where:
    page = tx.connection.execute(
        select(Page.id, Page.number).where(Page.wiki_id == tx.wiki_id, Page.path == path, ~Page.deleted)
    ).first()
    if page is not None:
        return _Where(path, space_id, "page", page.id, page.number)
    number = tx.connection.execute(select(Space.number).where(Space.id == space_id)).scalar_one()
    return _Where(path, space_id, "space", space_id, int(number))


def _restrain(
    tx: Transaction,
    verdict: Verdict,
    where: _Where,
    group: str,
    grounds: Grounds,
    *,
    below: bool,
    until: datetime,
    actor_id: int | None,
) -> Decided:
    if until <= tx.now:
        raise Invalid("until", kb_t("Please name a moment that is still to come."))
    facts = {"path": where.path, "below": below, "actor": actor_id, "until": until.isoformat()}
    number = where.number
    act = Act(verdict, group, where.subject_kind, where.subject_id, number, number, number, facts=facts)
    decision_id = record_decision(tx, act, grounds)
    tx.connection.execute(
        insert(table_of(Restraint)),
        {
            "wiki_id": tx.wiki_id,
            "path": where.path,
            "below": below,
            "actor_id": actor_id,
            "group": group,
            "decision_id": decision_id,
            "until": until,
            "lifted_at": None,
        },
    )
    return Decided(decision_id, None, where.subject_id, number)
