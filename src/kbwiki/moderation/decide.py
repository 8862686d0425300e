"""The one way to answer a review: web, API, bulk and jobs all come here, and none can leave out what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from ..db import Transaction
from ..errors import Conflict, Invalid
from ..hooks.reviewing import Undo
from ..journal.models import ActorRow
from ..wording import kb_t
from .access import require_member, require_not_own
from .desk.leaving import leave_desk
from .lifecycle import LostRace, ReviewRow, copy_authors, get_review_row, move_on, take_in
from .messages.reasons import ReasonView
from .models import Decision
from .policy import ANSWERS, Verdict
from .record import Act, Decided, Grounds, clean_grounds, find_repeated, record_decision
from .rules.trust import note_trust
from .shown import shown_of
from .subjects import subject_of
from .transitions import Event, State, follow
from .verdicts import carry_out


@dataclass(frozen=True, slots=True)
class Prepared:
    """What plugins have said to an answer, before anything was locked; `answering.prepared` asks them.

    `label` is the plugin's own verdict (`plugin`, `name`, `label`), `reason` one of a plugin's, `undo` how its change
    is taken out again, as things stood at state `undo_at`.
    """

    label: Mapping[str, str] = field(default_factory=dict)
    reason: ReasonView | None = None
    undo: Undo | None = None
    undo_at: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """A moderator's answer to a review: which range was looked at, and the digest of what was on the screen.

    `partial` asks to apply it to the part that was seen when more has come meanwhile; `seen` is then the digest of the
    range alone. `details` is what a verdict needs besides: see `verdicts`. `key` makes asking twice the same as once.
    `own` is what plugins said to it.
    """

    review_id: int
    base: int
    head: int
    digest: bytes
    verdict: Verdict
    reason: str = ""
    note: str = ""
    partial: bool = False
    seen: bytes = b""
    key: str | None = None
    batch: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    own: Prepared | None = None


@dataclass(eq=False)
class AlreadyDecided(Conflict):
    """Somebody decided first: who, how, and when as ISO text."""

    by: str
    verdict: str
    at: str


@dataclass(eq=False)
class MovedOn(Conflict):
    """What was shown is no longer what is there: the subject changed after `seen` up to `head`, or evidence came."""

    seen: int
    head: int


def decide(tx: Transaction, answer: Answer) -> Decided:
    """Answer a review, exactly once, about exactly what was shown.

    Errors: NotFound (no such review for this actor), Forbidden (not in the group, or an author of one of the changes),
    Invalid (a reason is missing, the verdict does not fit), AlreadyDecided, MovedOn, EditConflict (cannot be undone by
    itself). Whatever is refused, nothing was changed.
    """
    verdict = _answering(answer)
    review = get_review_row(tx.connection, tx.wiki_id, answer.review_id)
    require_member(tx.actor, review.group)
    subject_of(tx, review.subject_kind).lock(tx, review.subject_id)
    # Somebody may have decided while we waited for the subject: only what is read behind its lock counts.
    review = get_review_row(tx.connection, tx.wiki_id, answer.review_id, lock=True)
    if repeated := find_repeated(tx, answer.key):
        return repeated
    _require_live(tx, review, verdict)
    part = _seen_part(tx, review, answer)
    require_not_own(tx, review.id)
    own = answer.own or Prepared()
    given = Grounds(answer.reason, answer.note, answer.key, answer.batch)
    grounds = clean_grounds(tx, review.space_id, verdict, given, own=own.reason)
    try:
        rest = _close(tx, review, part, verdict)
    except LostRace:
        raise _already(tx, review.id) from None
    outcome = carry_out(tx, part, verdict, grounds, _needs(answer, own))
    act = Act(
        verdict,
        review.group,
        review.subject_kind,
        review.subject_id,
        part.base,
        part.head,
        outcome.number,
        digest=answer.digest,
        review_id=review.id,
        final=verdict is not Verdict.CONCERN,
        takes_back=outcome.takes_back,
        facts={**outcome.facts, **({"own": dict(own.label)} if own.label else {})},
    )
    decision_id = record_decision(tx, act, grounds)
    leave_desk(tx, part)
    note_trust(tx, part, verdict)
    return Decided(decision_id, review.id, review.subject_id, outcome.number, successor=rest)


def _needs(answer: Answer, own: Prepared) -> Mapping[str, Any]:
    return answer.details if own.undo is None else {**answer.details, "undo": own.undo, "undo_at": own.undo_at}


def _answering(answer: Answer) -> Verdict:
    verdict = Verdict(answer.verdict)
    if verdict is Verdict.RESTORE:
        raise Invalid("verdict", kb_t("Hidden text is shown again from the [page]'s [history], by “restore”."))
    if verdict not in ANSWERS:
        raise Invalid("verdict", kb_t("“{value}” is not an answer to [a review].", value=verdict.value))
    return verdict


def _require_live(tx: Transaction, review: ReviewRow, verdict: Verdict) -> None:
    state = State(review.state)
    if state is State.DECIDED:
        raise _already(tx, review.id)
    if state is State.HANDED_OVER:
        why = kb_t(
            "This [review] was handed over to the [groups] that look after the [page] now, so nothing was decided."
        )
        raise MovedOn(why, review.head, review.head)
    follow(state, _event_of(verdict))


def _event_of(verdict: Verdict) -> Event:
    if verdict is Verdict.CONCERN:
        return Event.CONCERN
    return Event.HAND_OVER if verdict is Verdict.HAND_OVER else Event.DECIDE


def _seen_part(tx: Transaction, review: ReviewRow, answer: Answer) -> ReviewRow:
    """The review as far as it was seen. Errors: MovedOn when that is not what the answer speaks of."""
    if (review.base, review.head) != (answer.base, answer.head):
        if answer.partial and answer.base == review.base < answer.head < review.head:
            return _seen_before_the_rest(tx, review, answer)
        raise MovedOn(
            kb_t(
                "The [page] was changed while you were looking, so nothing was decided. The new changes are shown now."
            ),
            answer.head,
            review.head,
        )
    shown = shown_of(tx.connection, review, tx.subjects)
    if shown.digest == answer.digest or (answer.partial and answer.seen == shown.seen):
        return review
    raise MovedOn(
        kb_t(
            "The [page] is not as it was shown to you (it was moved, hidden or changed, or [a report] "
            "came), so nothing was decided."
        ),
        answer.head,
        review.head,
    )


def _seen_before_the_rest(tx: Transaction, review: ReviewRow, answer: Answer) -> ReviewRow:
    part = shown_of(tx.connection, review, tx.subjects, head=answer.head)
    if part.seen != answer.seen:
        raise MovedOn(
            kb_t("What you saw was itself changed since (hidden, or taken out), so nothing was decided."),
            answer.head,
            review.head,
        )
    return replace(review, head=answer.head)


def _close(tx: Transaction, review: ReviewRow, part: ReviewRow, verdict: Verdict) -> int | None:
    """Move the review on; what came after the part that was seen goes on in a successor, whose id is given back."""
    event = _event_of(verdict)
    if part.head == review.head:
        move_on(tx, review, event)
        return None
    if event is not Event.DECIDE:
        raise Invalid("verdict", kb_t("Only [a decision] can speak of a part; please look at the new changes first."))
    move_on(tx, review, event, head=part.head)
    rest = take_in(tx, replace(review.duty, base=part.head, ageing=review.ageing))
    copy_authors(tx, review.id, rest.id)
    return rest.id


def _already(tx: Transaction, review_id: int) -> Conflict:
    row = tx.connection.execute(
        select(Decision.verdict, Decision.at, ActorRow.name)
        .join(ActorRow, ActorRow.id == Decision.actor_id)
        .where(Decision.review_id == review_id, Decision.final)
    ).first()
    if row is None:
        return MovedOn(kb_t("The [page] was changed at the same moment, so nothing was decided."), 0, 0)
    return AlreadyDecided(
        kb_t(
            "{name} has already decided this [review] ({verdict}), so nothing was changed by you.",
            name=row.name,
            verdict=row.verdict,
        ),
        row.name,
        row.verdict,
        row.at.isoformat(),
    )
