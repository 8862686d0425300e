"""Writing a decision down: one row, one journal entry, and what follows from either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from ..db import Change, Transaction, table_of
from ..errors import Forbidden, Invalid
from .models import Decision
from .policy import MAX_NOTE, NEEDS_REASON, REASONS, Verdict

EXEMPT = "decision"
"""The rule that exempts decisions themselves: they are what a review is for."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did: `number` is the newest state of its subject after it (unchanged by an approval).

    `successor` is the review that holds what came after the part that was decided, None when all was decided;
    `repeated` tells that the decision with this key had been taken before, and nothing happened now.
    """

    decision_id: int
    review_id: int | None
    page_id: int
    number: int
    successor: int | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why: a reason of the catalogue, a note; a key that makes the act happen once; the batch it is part of."""

    reason: str = ""
    note: str = ""
    key: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A decision about to be written; `facts` is what taking it back needs to know."""

    verdict: Verdict
    group: str
    subject_kind: str
    subject_id: int
    base: int
    head: int
    result: int
    digest: bytes = bytes(32)
    review_id: int | None = None
    final: bool = False
    takes_back: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def find_repeated(tx: Transaction, key: str | None) -> Decided | None:
    """The decision that was taken with this key, if one was: the same act asked for twice happens once."""
    if key is None:
        return None
    row = tx.connection.execute(
        select(Decision.id, Decision.review_id, Decision.subject_id, Decision.result, Decision.actor_id).where(
            Decision.wiki_id == tx.wiki_id, Decision.key == key
        )
    ).first()
    if row is None:
        return None
    if row.actor_id != tx.actor_id:
        raise Forbidden("This key was used by somebody else. Please send the decision with a new one.")
    return Decided(row.id, row.review_id, row.subject_id, row.result, repeated=True)


def clean_grounds(verdict: Verdict, grounds: Grounds) -> Grounds:
    """Reason and note as they are stored. Errors: Invalid when an author would not be told why."""
    note = grounds.note.strip()
    if grounds.reason not in REASONS:
        raise Invalid("reason", "Please choose one of the reasons offered.")
    if verdict in NEEDS_REASON and not grounds.reason:
        raise Invalid("reason", "Please choose a reason: the author is told why.")
    if grounds.reason == "other" and not note:
        raise Invalid("note", "Please write a short note: the author is told why.")
    if len(note) > MAX_NOTE:
        raise Invalid("note", f"The note is too long: at most {MAX_NOTE} characters are possible.")
    return Grounds(grounds.reason, note, grounds.key, grounds.batch)


def record_decision(tx: Transaction, act: Act, grounds: Grounds) -> int:
    """Write the decision row and its journal entry; the decision's id."""
    created = tx.connection.execute(
        insert(table_of(Decision)).returning(table_of(Decision).c.id),
        {
            "wiki_id": tx.wiki_id,
            "review_id": act.review_id,
            "subject_kind": act.subject_kind,
            "subject_id": act.subject_id,
            "group": act.group,
            "verdict": act.verdict.value,
            "final": act.final,
            "reason": grounds.reason,
            "note": grounds.note,
            "base": act.base,
            "head": act.head,
            "digest": act.digest,
            "result": act.result,
            "key": grounds.key,
            "batch": grounds.batch,
            "takes_back": act.takes_back,
            "facts": dict(act.facts),
            "actor_id": tx.actor_id,
            "at": tx.now,
        },
    )
    decision_id = int(created.scalar_one())
    tx.record(
        Change(
            kind="decide",
            subject_kind="review" if act.review_id is not None else "decision",
            subject_id=act.review_id if act.review_id is not None else decision_id,
            number=1,
            spaces=(),
            payload={
                "verdict": act.verdict.value,
                "reason": grounds.reason,
                "group": act.group,
                act.subject_kind: act.subject_id,
                "base": act.base,
                "head": act.head,
                "shown": act.digest.hex(),
                "result": act.result,
                "decision": decision_id,
                **({"takes_back": act.takes_back} if act.takes_back is not None else {}),
            },
            exempt=EXEMPT,
        )
    )
    return decision_id
