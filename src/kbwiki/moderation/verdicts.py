"""What each verdict does to the subject. `decide` has checked everything; here it happens, in the group's name.

`details` of an answer, by verdict: EDIT takes `text` and optionally `title`, `tags` and `number` (the revision the
moderator started from); REVERT_PART `hunks`; HIDE `parts`
(any of words, comment, author; words when none is named) and `only_group` (true: nobody else may look); HAND_OVER `to`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select

from ..actors import EVERYONE, SIGNED_IN
from ..db import Transaction
from ..errors import Invalid
from ..hooks.reviewing import Undo
from ..pages.actions import Edit, save_page, take_out_hunks
from ..pages.hiding import HideParts, hide_revisions
from ..pages.locking import CurrentPage, get_locked
from ..pages.policy import Kind
from ..pages.state import write_state
from ..spaces.models import Grant
from ..spaces.policy import Right
from ..wording import kb_t
from ..wording.kept import keep
from .assessment.follow import forget_risk
from .decision_subject import KIND as DECISION
from .lifecycle import ReviewRow, copy_authors, take_in
from .own_subject import OwnSubject
from .policy import ON_APPEALS, Verdict, acted_on
from .record import Grounds
from .subjects import Hides, subject_of
from .take_back import undo_decision
from .transitions import Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: the subject's newest state, and what taking it back needs to know."""

    number: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    takes_back: int | None = None


def carry_out(
    tx: Transaction, review: ReviewRow, verdict: Verdict, grounds: Grounds, details: Mapping[str, Any]
) -> Outcome:
    """Do it. Errors: Invalid when details are missing or the subject cannot be treated so, EditConflict."""
    about_decision = review.subject_kind == DECISION
    if about_decision and verdict not in ON_APPEALS | {Verdict.CONCERN, Verdict.HAND_OVER}:
        raise Invalid("verdict", kb_t("This is [an appeal]: please uphold the [decision] or overturn it."))
    if verdict in ON_APPEALS and not about_decision:
        raise Invalid("verdict", kb_t("Only [an appeal] can be answered like this; here are changes to look at."))
    return _ACTS[verdict](tx, review, grounds, details)


def _look_only(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    return Outcome(subject_of(tx, review.subject_kind).place(tx.connection, review.subject_id).number)


def _revert(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    subject = subject_of(tx, review.subject_kind)
    was = subject.place(tx.connection, review.subject_id).number
    base, head = acted_on(review.base, review.head)
    undo = details.get("undo")
    if isinstance(undo, Undo) and isinstance(subject, OwnSubject):
        undo_at = int(details.get("undo_at", 0))
        number = subject.carry_out(tx, review.subject_id, base, head, undo, undo_at, review.group)
        return Outcome(number, {"was": was})
    number = subject.undo(tx, review.subject_id, base, head, group=review.group, comment=keep(grounds.words))
    return Outcome(number, {"was": was})


def _revert_part(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    page = _page(tx, review)
    base, head = acted_on(review.base, review.head)
    taken = take_out_hunks(
        tx,
        page,
        base,
        head,
        [int(one) for one in details.get("hunks", ())],
        kind=Kind.REVERT,
        comment=keep(grounds.words),
        decided_by=review.group,
    )
    return Outcome(taken.number if taken is not None else page.number, {"was": page.number})


def _page(tx: Transaction, review: ReviewRow) -> CurrentPage:
    if review.subject_kind != "page":
        raise Invalid("verdict", kb_t("This can be done to [pages] only."))
    return get_locked(tx, review.subject_id)


def _edit(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    page = _page(tx, review)
    if not isinstance(details.get("text"), str):
        raise Invalid("text", kb_t("The mended text is missing."))
    edit = Edit(
        page.state.path,
        details["text"],
        title=details.get("title"),
        tags=details.get("tags"),
        comment=keep(grounds.words),
        base=int(details.get("number", page.number)),
    )
    saved = save_page(tx, edit, decided_by=review.group)
    return Outcome(saved.number, {"was": page.number})


def _hide(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    subject = subject_of(tx, review.subject_kind)
    if isinstance(subject, Hides):
        return _hide_whole(tx, review, subject, grounds)
    page = _page(tx, review)
    base, head = acted_on(review.base, review.head)
    asked = details.get("parts") or ("words",)
    parts = sorted({asked} if isinstance(asked, str) else {str(one) for one in asked})
    if any(one not in ("words", "comment", "author") for one in parts):
        raise Invalid("parts", kb_t("Please choose what to hide: the words, the [comment], or who wrote it."))
    only_group = review.group if details.get("only_group") else None
    forget_risk(tx.connection, page.id)
    number = hide_revisions(
        tx,
        page,
        base,
        head,
        parts=HideParts("words" in parts, "comment" in parts, "author" in parts, only_group),
        decided_by=review.group,
        comment=keep(grounds.words),
    )
    facts = {"was": page.number, "base": base, "head": head, "parts": parts, "only_group": only_group}
    return Outcome(number, facts)


def _hide_whole(tx: Transaction, review: ReviewRow, subject: Hides, grounds: Grounds) -> Outcome:
    base, head = acted_on(review.base, review.head)
    was = subject_of(tx, review.subject_kind).place(tx.connection, review.subject_id).number
    number, hidden = subject.hide(tx, review.subject_id, base, head, group=review.group, comment=keep(grounds.words))
    return Outcome(number, {"was": was, "base": base, "head": head, "hidden": hidden})


def _delete(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    page = _page(tx, review)
    if page.state.deleted:
        return Outcome(page.number, {"was": page.number})
    gone = replace(page.state, deleted=True)
    number = write_state(tx, page, gone, kind=Kind.DELETE, comment=keep(grounds.words), decided_by=review.group)
    return Outcome(number, {"was": page.number})


def _hand_over(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    to = str(details.get("to", "")).strip()
    if not to or to == review.group:
        raise Invalid("to", kb_t("Please name the [group] that is to look at this."))
    reads = select(Grant.space_id).where(
        Grant.space_id == review.space_id,
        Grant.right == Right.READ.value,
        or_(Grant.group == to, Grant.group.in_((EVERYONE, SIGNED_IN))),
    )
    if tx.connection.execute(reads).first() is None:
        raise Invalid("to", kb_t("The [group] “{to}” cannot read this [page], so it cannot look at it.", to=to))
    taken = take_in(tx, replace(review.duty, group=to), lambda _: Event.REPORT)
    copy_authors(tx, review.id, taken.id)
    number = subject_of(tx, review.subject_kind).place(tx.connection, review.subject_id).number
    return Outcome(number, {"to": to, "review": taken.id})


def _overturn(tx: Transaction, review: ReviewRow, grounds: Grounds, details: Mapping[str, Any]) -> Outcome:
    return Outcome(undo_decision(tx, review.subject_id, review.group), takes_back=review.subject_id)


_Carried = Callable[[Transaction, ReviewRow, Grounds, Mapping[str, Any]], Outcome]
_ACTS: Mapping[Verdict, _Carried] = {
    Verdict.APPROVE: _look_only,
    Verdict.CONCERN: _look_only,
    Verdict.EDIT: _edit,
    Verdict.REVERT: _revert,
    Verdict.REVERT_PART: _revert_part,
    Verdict.HIDE: _hide,
    Verdict.DELETE: _delete,
    Verdict.HAND_OVER: _hand_over,
    Verdict.UPHOLD: _look_only,
    Verdict.OVERTURN: _overturn,
}
