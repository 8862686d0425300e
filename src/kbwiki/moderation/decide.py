"""The one way to decide: web, API, bulk and jobs all come through `decide`, and none can leave out what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from ..actors import Actor
from ..db import Change, Transaction
from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..journal.models import ActorRow
from ..pages.actions import merge_out
from ..pages.hiding import hide_revisions, show_revisions
from ..pages.locking import CurrentPage, get_locked
from ..pages.policy import Kind
from .models import IS_OPEN, Decision, Review, ReviewAuthor
from .policy import MAX_NOTE, NEEDS_REASON, REASONS, Verdict
from .shown import standing_hides, what_is_shown


@dataclass(frozen=True, slots=True)
class Answer:
    """A moderator's answer to a review: which range was looked at, and the digest of what was on the screen."""

    review_id: int
    base: int
    head: int
    digest: bytes
    verdict: Verdict
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did: the number of the page's revision after it (unchanged by an approval)."""

    decision_id: int
    review_id: int
    page_id: int
    number: int


@dataclass(eq=False)
class AlreadyDecided(Conflict):
    """Somebody decided first: who, how, and when as ISO text."""

    by: str
    verdict: str
    at: str


@dataclass(eq=False)
class MovedOn(Conflict):
    """What was shown is no longer what is there: the page has changes after `seen`, up to `head`."""

    seen: int
    head: int


def decide(tx: Transaction, answer: Answer) -> Decided:
    """Answer a review, exactly once, about exactly what was shown.

    Errors: NotFound (no such review for this actor), Forbidden (not in the group, or an author of one of
    the changes), Invalid (a reason is missing), AlreadyDecided, MovedOn, EditConflict (cannot be undone by itself).
    """
    verdict = Verdict(answer.verdict)
    if verdict is Verdict.RESTORE:
        raise Invalid("verdict", "Hidden text is shown again from the page's history, by “restore”.")
    review = _get_review(tx, answer.review_id)
    page = get_locked(tx, review.subject_id)
    # Somebody may have decided while we waited for the page: only what is read behind its lock counts.
    review = _get_review(tx, answer.review_id)
    _require_member(tx.actor, review.group)
    if review.state == "handed-over":
        why = "This review was handed over to the groups that look after the page now, so nothing was decided."
        raise MovedOn(why, answer.head, review.head)
    if review.state != "open":
        raise _already(tx, review.id)
    _require_seen(tx, review, answer)
    _require_not_own(tx, review.id)
    reason, note = clean_grounds(verdict, answer.reason, answer.note)
    _close(tx, review)
    number = _carry_out(tx, page, review, verdict, reason)
    return record_decision(tx, review, verdict, reason, note, answer.digest, number)


def restore_hidden(tx: Transaction, decision_id: int, *, reason: str = "", note: str = "") -> Decided:
    """Show again what the decision `decision_id` hid; a decision of its own, in the name of the same group.

    Errors: NotFound, Forbidden (not in the group, or an author of what was hidden), Conflict when it is visible.
    """
    row = tx.connection.execute(
        select(
            Decision.base,
            Decision.head,
            Decision.result,
            Decision.review_id,
            Review.group,
            Review.subject_id,
        )
        .join(Review, Review.id == Decision.review_id)
        .where(Decision.id == decision_id, Decision.verdict == Verdict.HIDE, Review.wiki_id == tx.wiki_id)
    ).first()
    if row is None:
        raise NotFound("hiding", str(decision_id))
    _require_member(tx.actor, row.group)
    page = get_locked(tx, row.subject_id)
    _require_not_own(tx, row.review_id)
    standing = standing_hides(tx.connection, page.id)
    if not any(one.id == decision_id for one in standing):
        raise Conflict("Somebody has already shown this again, so there is nothing left to do.")
    reason, note = clean_grounds(Verdict.RESTORE, reason, note)
    review_id = _opened_and_decided(tx, row)
    review = _get_review(tx, review_id)
    shown = what_is_shown(tx.connection, tx.wiki_id, review_id)
    number = show_revisions(
        tx,
        page,
        row.base,
        row.result,
        still_hidden={number for one in standing if one.id != decision_id for number in one.hidden},
        decided_by=row.group,
        comment=REASONS[reason],
    )
    return record_decision(tx, review, Verdict.RESTORE, reason, note, shown.digest, number)


def _get_review(tx: Transaction, review_id: int) -> Any:
    row = tx.connection.execute(
        select(Review).where(Review.id == review_id, Review.wiki_id == tx.wiki_id)
    ).first()
    if row is None:
        raise NotFound("review", str(review_id))
    return row


def _require_member(actor: Actor, group: str) -> None:
    if group not in actor.effective_groups:
        raise Forbidden(f"This review belongs to the group “{group}”; you are not in it.")


def _require_seen(tx: Transaction, review: Any, answer: Answer) -> None:
    if (review.base, review.head) != (answer.base, answer.head):
        raise MovedOn(
            "The page was changed while you were looking, so nothing was decided. The new changes are shown now.",
            answer.head,
            review.head,
        )
    if what_is_shown(tx.connection, tx.wiki_id, review.id).digest != answer.digest:
        raise MovedOn(
            "The page is not as it was shown to you (it was moved, hidden or changed), so nothing was decided.",
            answer.head,
            review.head,
        )


def _require_not_own(tx: Transaction, review_id: int) -> None:
    own = tx.connection.execute(
        select(ReviewAuthor.review_id).where(
            ReviewAuthor.review_id == review_id, ReviewAuthor.actor_id == tx.actor_id
        )
    ).first()
    if own is not None:
        raise Forbidden("One of these changes is your own, so somebody else in the group decides about them.")


def clean_grounds(verdict: Verdict, reason: str, note: str) -> tuple[str, str]:
    """Reason and note as they are stored. Errors: Invalid when an author would not be told why."""
    note = note.strip()
    if reason not in REASONS:
        raise Invalid("reason", "Please choose one of the reasons offered.")
    if verdict in NEEDS_REASON and not reason:
        raise Invalid("reason", "Please choose a reason: the author is told why.")
    if reason == "other" and not note:
        raise Invalid("note", "Please write a short note: the author is told why.")
    if len(note) > MAX_NOTE:
        raise Invalid("note", f"The note is too long: at most {MAX_NOTE} characters are possible.")
    return reason, note


def _close(tx: Transaction, review: Any) -> None:
    closed = tx.connection.execute(
        update(Review)
        .where(
            Review.id == review.id,
            IS_OPEN,
            Review.base == review.base,
            Review.head == review.head,
        )
        .values(state="decided", updated_at=tx.now)
    )
    if closed.rowcount != 1:
        raise _already(tx, review.id)


def _already(tx: Transaction, review_id: int) -> Conflict:
    row = tx.connection.execute(
        select(Decision.verdict, Decision.at, ActorRow.name)
        .join(ActorRow, ActorRow.id == Decision.actor_id)
        .where(Decision.review_id == review_id)
    ).first()
    if row is None:
        return MovedOn("The page was changed at the same moment, so nothing was decided.", 0, 0)
    return AlreadyDecided(
        f"{row.name} has already decided this review ({row.verdict}), so nothing was changed by you.",
        row.name,
        row.verdict,
        row.at.isoformat(),
    )


def _carry_out(tx: Transaction, page: CurrentPage, review: Any, verdict: Verdict, reason: str) -> int:
    if verdict is Verdict.APPROVE:
        return page.number
    if verdict is Verdict.HIDE:
        return hide_revisions(
            tx, page, review.base, review.head, decided_by=review.group, comment=REASONS[reason]
        )
    undone = merge_out(
        tx,
        page,
        review.base,
        review.head,
        kind=Kind.REVERT,
        comment=REASONS[reason],
        decided_by=review.group,
    )
    return undone.number if undone is not None else page.number


def _opened_and_decided(tx: Transaction, row: Any) -> int:
    created = tx.connection.execute(
        insert(Review).returning(Review.id),
        {
            "wiki_id": tx.wiki_id,
            "group": row.group,
            "subject_kind": "page",
            "subject_id": row.subject_id,
            "base": row.base,
            "head": row.head,
            "state": "decided",
            "opened_at": tx.now,
            "updated_at": tx.now,
        },
    )
    return created.scalar_one()


def record_decision(
    tx: Transaction, review: Any, verdict: Verdict, reason: str, note: str, digest: bytes, number: int
) -> Decided:
    """Write the decision row and its journal entry."""
    created = tx.connection.execute(
        insert(Decision).returning(Decision.id),
        {
            "review_id": review.id,
            "verdict": verdict.value,
            "reason": reason,
            "note": note,
            "base": review.base,
            "head": review.head,
            "digest": digest,
            "result": number,
            "actor_id": tx.actor_id,
            "at": tx.now,
        },
    )
    decision_id = created.scalar_one()
    tx.record(
        Change(
            kind="decide",
            subject_kind="review",
            subject_id=review.id,
            number=1,
            spaces=(),
            payload={
                "verdict": verdict.value,
                "reason": reason,
                "group": review.group,
                "page": review.subject_id,
                "base": review.base,
                "head": review.head,
                "shown": digest.hex(),
                "result": number,
            },
            exempt="decision",
        )
    )
    return Decided(decision_id, review.id, review.subject_id, number)
