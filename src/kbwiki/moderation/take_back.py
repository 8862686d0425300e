"""Taking a decision back from its row in the log: what it did is undone, and what it answered waits again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from ..db import Transaction, table_of
from ..errors import Conflict, Forbidden, NotFound
from ..pages.actions import merge_out
from ..pages.hiding import show_revisions
from ..pages.locking import get_locked
from ..pages.policy import Kind
from ..spaces.policy import Right
from ..spaces.queries import has_right
from ..spaces.restraints import Restraint
from ..wording import N_, kb_t
from ..wording.kept import keep
from .access import require_member, require_not_own
from .ageing import STAYS
from .handover import keep_or_hand_over
from .lifecycle import ReviewRow, copy_authors, get_review_row, live_reviews, move_on, take_in
from .models import Decision
from .policy import Verdict
from .record import Act, Decided, Grounds, clean_grounds, find_repeated, record_decision
from .rules.trust import forget_trust
from .shown import hidden_by_others, standing_hides
from .subjects import Hides, subject_of
from .transitions import Event, State

_TAKEN_BACK = keep(N_("The [decision] was taken back"))


def take_back(tx: Transaction, decision_id: int, *, note: str = "", why: str = "", key: str | None = None) -> Decided:
    """Undo what a decision did; the changes it answered wait for a look again. Itself a decision, taken once.

    `why` is a sentence of ours, said to whoever reads it; a `note` is what somebody wrote.

    Errors: NotFound (also where its subject is now and cannot be read), Forbidden (not in the group, or an author of
    the changes), Conflict when it was taken back already or cannot be any more, EditConflict when later changes build
    on what it did.
    """
    if repeated := find_repeated(tx, key):
        return repeated
    decision, review = _locked(tx, decision_id)
    number = _undo(tx, decision, review, decision.group)
    return _recorded(tx, decision, Verdict.TAKE_BACK, number, Grounds(note=note.strip(), key=key, words=why))


def undo_decision(tx: Transaction, decision_id: int, group: str) -> int:
    """Undo what a decision did in the name of another `group`, which an appeal gave the say; the newest state after it.

    The caller holds the lock of the decision's subject, and records a decision that takes this one back. Errors:
    NotFound, Conflict when it was taken back already or cannot be any more, EditConflict.
    """
    decision, review = _still_standing(tx, _get(tx, decision_id))
    return _undo(tx, decision, review, group)


def _undo(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    undo = _UNDOING.get(Verdict(decision.verdict))
    if undo is None:
        raise Conflict(kb_t("This cannot be taken back; decide anew about what is there now."))
    return undo(tx, decision, review, group)


def restore_hidden(
    tx: Transaction, decision_id: int, *, reason: str = "", note: str = "", key: str | None = None
) -> Decided:
    """Show again what the decision `decision_id` hid, for good: unlike taking it back, nothing waits afterwards.

    With a `key` it happens once, however often it is asked for. Errors: NotFound (also where the page is now and cannot
    be read), Forbidden (not in the group, or an author of what was hidden), Conflict when it is visible.
    """
    if repeated := find_repeated(tx, key):
        return repeated
    found = tx.connection.execute(
        select(Decision.verdict).where(Decision.id == decision_id, Decision.wiki_id == tx.wiki_id)
    ).scalar()
    if found != Verdict.HIDE:
        raise NotFound("hiding", str(decision_id))
    decision, _ = _locked(tx, decision_id)
    space_id = subject_of(tx, decision.subject_kind).place(tx.connection, decision.subject_id).space_id
    grounds = clean_grounds(tx, space_id, Verdict.RESTORE, Grounds(reason, note, key))
    number = _show(tx, decision, decision.group, comment=keep(grounds.words))
    return _recorded(tx, decision, Verdict.RESTORE, number, grounds)


def _get(tx: Transaction, decision_id: int) -> Any:
    statement = select(table_of(Decision)).where(Decision.id == decision_id, Decision.wiki_id == tx.wiki_id)
    decision = tx.connection.execute(statement).first()
    if decision is None:
        raise NotFound("decision", str(decision_id))
    return decision


def _locked(tx: Transaction, decision_id: int) -> tuple[Any, ReviewRow | None]:
    """The decision and its review, with its subject locked, if this actor may take it back."""
    decision = _get(tx, decision_id)
    require_member(tx.actor, decision.group)
    subject_of(tx, decision.subject_kind).lock(tx, decision.subject_id)
    if decision.review_id is not None:
        require_not_own(tx, decision.review_id)
    return _still_standing(tx, decision)


def _still_standing(tx: Transaction, decision: Any) -> tuple[Any, ReviewRow | None]:
    """The decision and its review. Errors: NotFound for who may not read it, Conflict when it has been taken back."""
    review = None
    if decision.review_id is not None:
        review = get_review_row(tx.connection, tx.wiki_id, decision.review_id, lock=True)
    space_id = _space_now(tx, decision.subject_kind, decision.subject_id, review)
    if not has_right(tx.connection, space_id, Right.READ, tx.actor):
        raise NotFound("decision", str(decision.id))
    done = select(Decision.id).where(Decision.takes_back == decision.id)
    if tx.connection.execute(done).first() is not None:
        raise Conflict(kb_t("Somebody has already taken this back, so there is nothing left to do."))
    return decision, review


def _recorded(tx: Transaction, decision: Any, verdict: Verdict, number: int, grounds: Grounds) -> Decided:
    act = Act(
        verdict,
        decision.group,
        decision.subject_kind,
        decision.subject_id,
        decision.base,
        decision.head,
        number,
        takes_back=decision.id,
    )
    made = record_decision(tx, act, grounds)
    return Decided(made, decision.review_id, decision.subject_id, number)


def _reopen(tx: Transaction, review: ReviewRow | None) -> None:
    """Let the range of a closed review wait again where its subject is now, with the same authors.

    For the same group, or for those who look after that place if the group cannot read there any more.
    """
    if review is None:
        raise Conflict(kb_t("The [review] of this [decision] is not there any more."))
    space_id = _space_now(tx, review.subject_kind, review.subject_id, review)
    duty = replace(review.duty, space_id=space_id, due_at=None, opened_at=None, ageing=STAYS)
    again = take_in(tx, duty, lambda _: Event.REPORT)
    copy_authors(tx, review.id, again.id)
    keep_or_hand_over(tx, again)


def _space_now(tx: Transaction, kind: str, subject_id: int, review: ReviewRow | None) -> int:
    """The space the subject lies in now; what has no place of its own lies where its closed review was, which stays."""
    place = subject_of(tx, kind).place(tx.connection, subject_id)
    return place.space_id or (review.space_id if review is not None else 0)


def _approval(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    _reopen(tx, review)
    if review is not None:
        forget_trust(tx, review)
    return int(decision.result)


def _page_change(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    """Take out of the page what the decision changed in it."""
    _reopen(tx, review)
    was = decision.facts.get("was", decision.result)
    if was == decision.result:
        return int(decision.result)
    again = _TAKEN_BACK
    if decision.subject_kind != "page":
        subject = subject_of(tx, decision.subject_kind)
        return subject.undo(tx, decision.subject_id, was, decision.result, group=group, comment=again)
    page = get_locked(tx, decision.subject_id)
    undone = merge_out(tx, page, was, decision.result, kind=Kind.UNDO, comment=again, decided_by=group)
    return undone.number if undone is not None else page.number


def _hiding(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    _reopen(tx, review)
    return _show(tx, decision, group, comment=_TAKEN_BACK)


def _show(tx: Transaction, decision: Any, group: str, *, comment: str) -> int:
    subject = subject_of(tx, decision.subject_kind)
    if isinstance(subject, Hides):
        again = sorted(set(decision.facts["hidden"]) - hidden_by_others(tx.connection, decision))
        return subject.show(tx, decision.subject_id, again, decision.result, group=group, comment=comment)
    page = get_locked(tx, decision.subject_id)
    standing = standing_hides(tx.connection, page.id)
    mine = next((one.hiding for one in standing if one.id == decision.id), None)
    if mine is None:
        raise Conflict(kb_t("Somebody has already shown this again, so there is nothing left to do."))
    others = [one.hiding for one in standing if one.id != decision.id]
    return show_revisions(tx, page, mine, others=others, decided_by=group, comment=comment)


def _concern(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    if review is None or State(review.state) not in (State.CONCERN, State.VERIFY):
        raise Conflict(kb_t("This [concern] has been dealt with already, so there is nothing left to take back."))
    move_on(tx, review, Event.WITHDRAW)
    return int(decision.result)


def _handing_over(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    """Give the range back to the group that had it; the other group's review ends if nobody touched it."""
    given = decision.facts.get("review")
    for live in live_reviews(tx, decision.subject_kind, decision.subject_id):
        if live.id == given and review is not None and (live.base, live.head) == (review.base, review.head):
            move_on(tx, live, Event.SUPERSEDE, closed_as="handed-back")
            _reopen(tx, review)
            return int(decision.result)
    raise Conflict(kb_t("The other [group] has taken this up already, so it stays with them."))


def _restraint(tx: Transaction, decision: Any, review: ReviewRow | None, group: str) -> int:
    if decision.facts.get("actor") == tx.actor_id:
        raise Forbidden(
            kb_t("This is about you, so somebody else decides when it ends. You can object under “My changes”.")
        )
    lifted = tx.connection.execute(
        update(table_of(Restraint))
        .where(Restraint.decision_id == decision.id, Restraint.lifted_at.is_(None), Restraint.until > tx.now)
        .values(lifted_at=tx.now)
    )
    if lifted.rowcount == 0:
        raise Conflict(kb_t("This has ended by itself already."))
    return int(decision.result)


_Undone = Callable[[Transaction, Any, ReviewRow | None, str], int]
_UNDOING: Mapping[Verdict, _Undone] = {
    Verdict.APPROVE: _approval,
    Verdict.EDIT: _page_change,
    Verdict.REVERT: _page_change,
    Verdict.REVERT_PART: _page_change,
    Verdict.DELETE: _page_change,
    Verdict.HIDE: _hiding,
    Verdict.CONCERN: _concern,
    Verdict.HAND_OVER: _handing_over,
    Verdict.LOCK: _restraint,
    Verdict.RESTRICT: _restraint,
    Verdict.UPHOLD: _approval,
}
TAKEN_BACK = frozenset(_UNDOING)
"""What can be taken back from its row in the log."""
