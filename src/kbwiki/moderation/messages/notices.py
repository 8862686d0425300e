"""Who has to be told about a decision. A notice waits out a grace period: what is taken back in it is never told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, insert, select, update

from ...actors import ANONYMOUS, ActorKind
from ...db import Transaction, table_of
from ...journal.models import ActorRow
from ...pages.models import Revision
from ..models import Evidence, Notice, ReviewAuthor
from ..policy import Verdict

if TYPE_CHECKING:
    from ..record import Act

TOLD = frozenset(Verdict) - {Verdict.APPROVE, Verdict.HAND_OVER, Verdict.TAKE_BACK, Verdict.RESTORE}
"""Verdicts the authors are told about; an approval only if the setting `tell_approvals` says so."""

_APPEALED = frozenset({Verdict.UPHOLD, Verdict.OVERTURN})


def announce(tx: Transaction, decision_id: int, act: Act) -> None:
    """See that everybody whose changes were decided will be told, when the grace period is over; never the decider.

    A decision that takes another one back drops what has not been told of that one; who was told is told this too.
    """
    recipients = set(act.told)
    if act.verdict is Verdict.RESTRICT and isinstance(act.facts.get("actor"), int):
        recipients.add(act.facts["actor"])
    if act.takes_back is not None:
        recipients |= drop(tx, act.takes_back)
    if act.verdict in TOLD or (act.verdict is Verdict.APPROVE and tx.settings.tell_approvals):
        recipients |= set(_authors(tx, act))
    recipients.discard(tx.actor_id)
    due = tx.now + timedelta(minutes=max(tx.settings.grace_minutes, 0))
    rows = [
        {"decision_id": decision_id, "recipient_id": one, "wiki_id": tx.wiki_id, "due_at": due, "dropped": False}
        for one in _who_can_read(tx, recipients)
    ]
    if rows:
        tx.connection.execute(insert(table_of(Notice)), rows)


def drop(tx: Transaction, decision_id: int) -> set[int]:
    """Never tell about the decision whoever has not been told yet; the rows of those who have been."""
    tx.connection.execute(
        update(table_of(Notice))
        .where(
            Notice.decision_id == decision_id,
            Notice.message_id.is_(None),
            Notice.due_at > tx.now,  # from then on it stands in the inbox, whether it was gathered or not
        )
        .values(dropped=True)
    )
    told = select(Notice.recipient_id).where(Notice.decision_id == decision_id, Notice.dropped.is_(False))
    return set(tx.connection.execute(told).scalars())


def _authors(tx: Transaction, act: Act) -> Iterable[int]:
    """Whose changes were decided; of an appeal, who objected."""
    if act.review_id is None:
        return ()
    if act.verdict in _APPEALED:
        # By the decision, not by the review: the group that answers may have been given the appeal by another one.
        appeals = select(Evidence.actor_id).where(Evidence.decision_id == act.subject_id, Evidence.kind == "appeal")
        return tx.connection.execute(appeals).scalars()
    authors = select(ReviewAuthor.actor_id).where(ReviewAuthor.review_id == act.review_id)
    if act.subject_kind == "page":
        # A review of a rest has the authors of what was decided before it, too: only those of this range are told.
        base = act.base if act.base < act.head else act.head - 1
        authors = authors.join(
            Revision,
            and_(
                Revision.page_id == act.subject_id,
                Revision.actor_id == ReviewAuthor.actor_id,
                Revision.number > base,
                Revision.number <= act.head,
            ),
        ).distinct()
    return tx.connection.execute(authors).scalars()


def _who_can_read(tx: Transaction, recipients: set[int]) -> list[int]:
    """Those of the recipients who have an inbox: neither kbwiki itself nor somebody who was not signed in."""
    if not recipients:
        return []
    found = select(ActorRow.id).where(
        ActorRow.id.in_(sorted(recipients)),
        ActorRow.kind != ActorKind.SYSTEM.value,
        ActorRow.external_id != ANONYMOUS.id,
    )
    return sorted(tx.connection.execute(found).scalars())
