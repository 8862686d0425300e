"""What happens to reviews that nobody looked at: escalated once, closed only under a policy, opened again on request.

Each review has a transaction of its own, and what was true when it was found is asked again behind its subject's lock.
So any number of workers may run, at the same moment too, and a clock may jump: what happened is a row, not a time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from ..db import Change, Transaction
from ..errors import Conflict, KBWikiError, NotFound
from ..spaces.policy import Right
from ..spaces.queries import has_right, responsible_groups
from ..wording import kb_t
from .access import reads, require_member
from .ageing import left_of
from .desk.leases import end_lease
from .handover import keep_or_hand_over
from .lifecycle import (
    Duty,
    LostRace,
    ReviewRow,
    copy_authors,
    get_review_row,
    live_reviews,
    mark_escalated,
    move_on,
    take_in,
)
from .models import Decision, Review
from .queries.ageing import CAN_LAPSE, Aging, due_to_escalate, due_to_lapse
from .queries.lapses import after_all, seen_ranges
from .rules.calendar import working_time
from .rules.matching import Due
from .subjects import subject_of
from .transitions import LIVE, Event, State

ESCALATION = "escalation"
"""The rule that exempts an escalation itself: the changes it is about stay up for review."""
LAPSE = "lapse"
"""The rule that exempts a lapse itself: what lapsed is listed as unreviewed for ever."""
LOOK_AGAIN = "look-again"
"""The rule that exempts the opening of what had lapsed: it is up for review by that."""

_AT_A_TIME = 200
_BEFORE_ALL = (datetime(1970, 1, 1, tzinfo=UTC), 0)
log = logging.getLogger("kbwiki.moderation")


@dataclass(slots=True)
class Aged:
    """What a run did: reviews escalated, lapsed, and those that raised an error, which is in the log."""

    escalated: int = 0
    lapsed: int = 0
    failed: int = 0


def age(
    read: Callable[[], AbstractContextManager[Connection]],
    begin: Callable[[], AbstractContextManager[Transaction]],
    wiki_id: int,
    now: datetime,
) -> Aged:
    """Escalate what is late by `now`, then let lapse what a policy lets; each review in a transaction of its own.

    One that raises is logged and does not keep the others waiting.
    """
    done = Aged()
    for find, act, name in ((due_to_escalate, escalate, "escalated"), (due_to_lapse, lapse, "lapsed")):
        after: tuple[datetime, int] | None = _BEFORE_ALL
        while after is not None:
            with read() as connection:
                found = find(connection, wiki_id, now, after, _AT_A_TIME)
            for one in found:
                setattr(done, name, getattr(done, name) + _try(begin, act, one, done))
            after = (found[-1].at, found[-1].id) if len(found) == _AT_A_TIME else None
    return done


def _try(
    begin: Callable[[], AbstractContextManager[Transaction]],
    act: Callable[[Transaction, int], bool],
    one: Aging,
    done: Aged,
) -> bool:
    try:
        with begin() as tx:
            return act(tx, one.id)
    except KBWikiError:
        log.exception("The review %d could not be aged; the next run tries again.", one.id)
        done.failed += 1
        return False


def escalate(tx: Transaction, review_id: int) -> bool:
    """Give the range of a review whose group is late to the group its rule names, too; whether this call did it.

    Nothing is taken from the first group. The other one gets a review of its own with a due time of its own, unless it
    has the range, or has answered it, already. Where it cannot read the subject (any more) the admin group gets it.
    """
    review = _held(tx, review_id)
    if review is None or review.escalate_at is None or review.escalate_to is None or review.escalate_at > tx.now:
        return False
    if State(review.state) not in (State.OPEN, State.VERIFY):
        return False
    to = review.escalate_to if reads(tx.connection, review.space_id, review.escalate_to) else tx.settings.admin_group
    if not mark_escalated(tx, review, to):
        return False
    opened = _give(tx, review, to) if to != review.group and not _had_it(tx, review, to) else None
    _record(tx, review, "escalate", ESCALATION, {"to": to, "named": review.escalate_to, "review": opened})
    return True


def lapse(tx: Transaction, review_id: int) -> bool:
    """Close a review that nobody looked at, recorded as unreviewed under its policy; whether this call did it.

    Only an open one, only when its time has come, and never one that anybody spoke up about or took up: with a report
    or an objection, asked about by its group, ever in somebody's hands or put aside, with a note begun, or with a
    second look asked for.
    """
    review = _held(tx, review_id)
    can = select(Review.id).where(Review.id == review_id, *CAN_LAPSE)
    if review is None or tx.connection.execute(can, {"now": tx.now}).first() is None:
        return False
    try:
        move_on(tx, review, Event.LAPSE, closed_as=review.lapse_policy)
    except LostRace:
        return False
    end_lease(tx, review.id)
    _record(tx, review, "lapse", LAPSE, {"policy": review.lapse_policy})
    return True


def look_again(tx: Transaction, review_id: int) -> int:
    """Let the changes of a lapsed review wait for its group again; the id of the review that holds them now.

    Where the group cannot read any more, they wait for those who look after that place, and the review is the actor's
    own, if there is one among theirs. The lapse stays on record. Errors: NotFound, Forbidden outside the group,
    Conflict when the review has not lapsed or somebody has looked at all of it since.
    """
    review = get_review_row(tx.connection, tx.wiki_id, review_id)
    subject = subject_of(tx, review.subject_kind)
    # Locked before its place is asked, or it could be moved to where neither actor nor group can read.
    subject.lock(tx, review.subject_id)
    space_id = subject.place(tx.connection, review.subject_id).space_id or review.space_id
    if not has_right(tx.connection, space_id, Right.READ, tx.actor):
        raise NotFound("review", str(review_id))
    require_member(tx.actor, review.group)
    if State(review.state) is not State.LAPSED:
        raise Conflict(kb_t("Only what has lapsed is opened again. This [review] has not."))
    if waiting := _waiting(tx, review, space_id):
        return waiting
    seen = seen_ranges(tx.connection, tx.wiki_id, review.subject_kind, [review.subject_id])[review.subject_id]
    late = after_all(seen, review.group, review.updated_at)
    if not left_of((review.base, review.head), [(one.base, one.head) for one in late]):
        raise Conflict(kb_t("Somebody has looked at these changes since, so there is nothing left to look at."))
    duty = Duty(review.group, review.subject_kind, review.subject_id, space_id, review.base, review.head)
    again = take_in(tx, duty, lambda _: Event.REPORT)
    copy_authors(tx, review.id, again.id)
    given = _own_first(tx, keep_or_hand_over(tx, again))[0]
    _record(tx, review, "look-again", LOOK_AGAIN, {"review": given.id, "policy": review.closed_as})
    return given.id


def _waiting(tx: Transaction, lapsed: ReviewRow, space_id: int) -> int | None:
    """The live review that holds all of what lapsed: its group's, or of those who look after what that cannot read."""
    group = lapsed.group
    groups = (group,) if reads(tx.connection, space_id, group) else responsible_groups(tx.connection, [space_id])
    for live in _own_first(tx, live_reviews(tx, lapsed.subject_kind, lapsed.subject_id)):
        if live.group in groups and live.base <= lapsed.base and live.head >= lapsed.head:
            return live.id
    return None


def _own_first(tx: Transaction, reviews: list[ReviewRow]) -> list[ReviewRow]:
    """The reviews of the actor's own groups, which they can go on with, before those of others."""
    return sorted(reviews, key=lambda one: one.group not in tx.actor.effective_groups)


def _held(tx: Transaction, review_id: int) -> ReviewRow | None:
    """The live review, with its subject and itself locked; None when it is closed or gone."""
    try:
        review = get_review_row(tx.connection, tx.wiki_id, review_id)
    except NotFound:
        return None
    # The subject first, as everywhere: whoever saves or decides holds it before any review of it.
    subject_of(tx, review.subject_kind).lock(tx, review.subject_id)
    review = get_review_row(tx.connection, tx.wiki_id, review_id, lock=True)
    return review if State(review.state) in LIVE else None


def _give(tx: Transaction, review: ReviewRow, to: str) -> int:
    due_at = working_time(tx.settings).due(tx.now, Due(tx.settings.escalation_due_hours))
    duty = Duty(to, review.subject_kind, review.subject_id, review.space_id, review.base, review.head, due_at)
    taken = take_in(tx, duty, lambda _: Event.REPORT)
    copy_authors(tx, review.id, taken.id)
    return taken.id


def _had_it(tx: Transaction, review: ReviewRow, group: str) -> bool:
    """Whether the group has this very range open, or has answered it and the answer stands."""
    taken_back = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
    answered = select(Decision.review_id).where(
        Decision.review_id == Review.id, Decision.final, Decision.id.not_in(taken_back)
    )
    covering = select(Review.id).where(
        Review.wiki_id == tx.wiki_id,
        Review.subject_kind == review.subject_kind,
        Review.subject_id == review.subject_id,
        Review.group == group,
        Review.base <= review.base,
        Review.head >= review.head,
        Review.state.in_(LIVE) | ((Review.state == State.DECIDED.value) & answered.exists()),
    )
    return tx.connection.execute(covering.limit(1)).first() is not None


def _record(tx: Transaction, review: ReviewRow, kind: str, rule: str, facts: Mapping[str, Any]) -> None:
    tx.record(
        Change(
            kind=kind,
            subject_kind="review",
            subject_id=review.id,
            number=review.version,
            spaces=(),
            payload={
                review.subject_kind: review.subject_id,
                "group": review.group,
                "base": review.base,
                "head": review.head,
                **facts,
                "exempt": {"rule": rule, "probability": 1},
            },
            exempt=rule,
        )
    )
