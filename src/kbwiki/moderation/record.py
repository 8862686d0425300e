"""Writing a decision down: one row, one journal entry, and what follows from either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select

from ..actors import ActorKind
from ..db import Change, Transaction, table_of
from ..errors import Forbidden, Invalid
from ..wording import kb_t
from .messages.notices import announce
from .messages.reasons import ReasonView, find_reason
from .models import Decision
from .policy import MAX_NOTE, NEEDS_REASON, Verdict

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
    """Why: a reason of the catalogue, a note; a key that makes the act happen once; the batch it is part of.

    `words` and `template` are the reason's, as the catalogue has them now: what is told later is what was meant.
    """

    reason: str = ""
    note: str = ""
    key: str | None = None
    batch: str | None = None
    words: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A decision about to be written; `facts` is what taking it back needs to know.

    `told` are actors (ids of rows) who have to be told besides the authors of what was decided.
    """

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
    told: tuple[int, ...] = ()


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
        raise Forbidden(kb_t("This key was used by somebody else. Please send the [decision] with a new one."))
    return Decided(row.id, row.review_id, row.subject_id, row.result, repeated=True)


def clean_grounds(
    tx: Transaction, space_id: int, verdict: Verdict, grounds: Grounds, *, own: ReasonView | None = None
) -> Grounds:
    """Reason and note as they are stored, with the words the catalogue of the space has for the reason.

    `own` is a reason of a plugin's, which stands in no catalogue.

    Errors: Invalid when an author would not be told why.
    """
    note = grounds.note.strip()
    reason = own if own is not None and own.key == grounds.reason else None
    if reason is None and grounds.reason:
        reason = find_reason(tx.connection, tx.wiki_id, space_id, grounds.reason)
    if grounds.reason and reason is None:
        raise Invalid("reason", kb_t("Please choose one of the reasons offered."))
    if verdict in NEEDS_REASON and reason is None:
        raise Invalid("reason", kb_t("Please choose a reason: the author is told why."))
    if reason is not None and not reason.fits(verdict):
        raise Invalid(
            "reason", kb_t("“{words}” is not a reason for this; please choose another one.", words=kb_t(reason.words))
        )
    if grounds.reason == "other" and not note:
        raise Invalid("note", kb_t("Please write a short note: the author is told why."))
    if len(note) > MAX_NOTE:
        raise Invalid("note", kb_t("The note is too long: at most {most} characters are possible.", most=MAX_NOTE))
    if reason is None:
        return replace(grounds, note=note)
    return replace(grounds, note=note, words=reason.words, template=reason.template)


def record_decision(tx: Transaction, act: Act, grounds: Grounds) -> int:
    """Write the decision row and its journal entry, and see that its authors will be told; the decision's id."""
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
            "facts": {**act.facts, **_said(grounds)},
            "actor_id": tx.actor_id,
            "at": tx.now,
        },
    )
    decision_id = int(created.scalar_one())
    announce(tx, decision_id, act)
    tx.record(
        Change(
            kind="decide",
            subject_kind="review" if act.review_id is not None else "decision",
            subject_id=act.review_id if act.review_id is not None else decision_id,
            number=1,
            spaces=(),
            payload=_payload(tx, decision_id, act, grounds),
            exempt=EXEMPT,
        )
    )
    return decision_id


def _payload(tx: Transaction, decision_id: int, act: Act, grounds: Grounds) -> dict[str, Any]:
    """What the journal says of a decision."""
    return {
        "verdict": act.verdict.value,
        "reason": grounds.reason,
        "group": act.group,
        # "decision" is this one itself; that which an answer to an objection is about has another name.
        "about" if act.subject_kind == "decision" else act.subject_kind: act.subject_id,
        "base": act.base,
        "head": act.head,
        "shown": act.digest.hex(),
        "result": act.result,
        "decision": decision_id,
        **({"takes_back": act.takes_back} if act.takes_back is not None else {}),
        **({"batch": grounds.batch} if grounds.batch else {}),
        **({"own": act.facts["own"]} if "own" in act.facts else {}),
        # Like all words, which may have to be redacted one day, a note stands here by its digest alone.
        **({"note": sha256(grounds.note.encode("utf-8", "surrogatepass")).hexdigest()} if grounds.note else {}),
        **told_kind(tx),
    }


def told_kind(tx: Transaction) -> dict[str, str]:
    """What an entry says of an actor who is no human, so that their acts are never taken for a human's look."""
    return {} if tx.actor.kind is ActorKind.HUMAN else {"by": tx.actor.kind.value}


def _said(grounds: Grounds) -> dict[str, str]:
    """What the catalogue said when the decision was taken, to be kept with it."""
    said = {"why": grounds.words, "template": grounds.template}
    return {name: text for name, text in said.items() if text}
