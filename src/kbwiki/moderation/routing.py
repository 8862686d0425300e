"""What happens on leaving a transaction: every recorded change opens or extends a review of each responsible group."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Busy
from ..spaces.queries import responsible_groups
from .models import IS_OPEN, Review, ReviewAuthor

DECIDED = "decision"
"""The rule that exempts a change made by a decision when no other group is responsible: a human has just looked."""

_OPEN = (
    Review.subject_kind == bindparam("of_kind"),
    Review.subject_id == bindparam("of_id"),
    Review.group == bindparam("of_group"),
    Review.wiki_id == bindparam("of_wiki"),
    IS_OPEN,
)
_EXTEND = (
    update(table_of(Review))
    .where(*_OPEN, Review.head < bindparam("new_head"))
    .values(head=bindparam("new_head"), updated_at=bindparam("new_at"))
)
_FIND_OPEN = select(Review.id).where(*_OPEN)


def route(tx: Transaction) -> None:
    """Give every change of the transaction to its groups, in order; replace each change by what was decided about it.

    A change without exemption always ends up with at least one group, because every space has one (the fallback
    group where nothing else is set). A change made by a decision does not go back to the group that decided.
    """
    tx.changes[:] = [_route_one(tx, change) for change in tx.changes]


def _route_one(tx: Transaction, change: Change) -> Change:
    if change.exempt is not None:
        return _exempted(change, change.exempt)
    groups = [one for one in responsible_groups(tx.connection, change.spaces) if one != change.decided_by]
    if not groups:
        return _exempted(change, DECIDED)
    for group in groups:
        review_id = _extend(tx, change, group) or _open(tx, change, group)
        if review_id is None:
            raise Busy("The review of this change was being decided at this moment. Please try again.")
        tx.connection.execute(
            insert_or_ignore(tx.connection, ReviewAuthor), {"review_id": review_id, "actor_id": tx.actor_id}
        )
    return change


def _exempted(change: Change, rule: str) -> Change:
    """The same change, recorded as exempt under `rule`, which always applies (probability 1)."""
    return Change(
        kind=change.kind,
        subject_kind=change.subject_kind,
        subject_id=change.subject_id,
        number=change.number,
        spaces=change.spaces,
        payload={**change.payload, "exempt": {"rule": rule, "probability": 1}},
        exempt=rule,
        decided_by=change.decided_by,
    )


def _extend(tx: Transaction, change: Change, group: str) -> int | None:
    key = {
        "of_kind": change.subject_kind,
        "of_id": change.subject_id,
        "of_group": group,
        "of_wiki": tx.wiki_id,
    }
    extended = tx.connection.execute(_EXTEND, {**key, "new_head": change.number, "new_at": tx.now})
    if extended.rowcount != 1:
        return None
    return tx.connection.execute(_FIND_OPEN, key).scalar()


def _open(tx: Transaction, change: Change, group: str) -> int | None:
    return tx.connection.execute(
        insert_or_ignore(tx.connection, Review, Review.id),
        {
            "wiki_id": tx.wiki_id,
            "group": group,
            "subject_kind": change.subject_kind,
            "subject_id": change.subject_id,
            "base": change.number - 1,
            "head": change.number,
            "state": "open",
            "opened_at": tx.now,
            "updated_at": tx.now,
        },
    ).scalar()
