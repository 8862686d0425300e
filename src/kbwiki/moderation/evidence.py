"""What people say about a review without deciding it: an author's answer to a concern, and a reader's report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import distinct, func, select

from ..db import Change, Transaction
from ..errors import Forbidden, Invalid, NotFound
from ..pages.locking import CurrentPage, find_locked
from ..pages.models import Revision
from ..pages.paths import normalise_path
from ..spaces.policy import Right
from ..spaces.queries import has_right, responsible_groups
from ..wording import N_, kb_t
from .access import is_author
from .lifecycle import (
    Duty,
    ReviewRow,
    add_author,
    add_evidence,
    get_review_row,
    live_reviews,
    move_on,
    take_in,
)
from .messages.reasons import find_reason
from .models import Evidence
from .policy import MAX_NOTE
from .subjects import subject_of
from .transitions import LIVE, Event, NotAllowed, State

EXEMPT = "evidence"
"""The rule that exempts what is said about a review from one of its own: it is in that review."""

AGAIN_AFTER = timedelta(hours=1)
"""How long somebody who reported a page waits before they can add to their report."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many reports are taken within the hour, about one page and about all, and what who comes later is told."""

    about_a_page: int
    about_all: int
    why: str


MOST_BY_ONE = Patience(
    1,
    20,
    N_("Thank you, your [report] of this [page] has arrived and somebody will look. You can add to it in an hour."),
)
"""For somebody who is signed in."""

MOST_BY_STRANGERS = Patience(
    5,
    60,
    N_(
        "Several [reports] about this [page] came within the last hour, and somebody will look. Please "
        "sign in to add something, or try again in an hour."
    ),
)
"""For all who are not signed in, together: nothing tells one of them from another."""


def answer_concern(tx: Transaction, review_id: int, text: str) -> int:
    """An author tells the group that raised a concern what they did about it; the review waits for the group again.

    Gives back the id of what was said. Errors: NotFound (also when the author can no longer read there), Forbidden for
    anybody but an author, Invalid, NotAllowed when nobody waits for an answer.
    """
    review = get_review_row(tx.connection, tx.wiki_id, review_id)
    if not has_right(tx.connection, review.space_id, Right.READ, tx.actor):
        raise NotFound("review", str(review_id))
    if not is_author(tx, review_id):
        raise Forbidden(kb_t("This [concern] was raised with the authors of the changes, so it is for them to answer."))
    said = clean_said(text)
    subject_of(tx, review.subject_kind).lock(tx, review.subject_id)
    review = get_review_row(tx.connection, tx.wiki_id, review_id, lock=True)
    if State(review.state) not in (State.CONCERN, State.VERIFY):
        why = (
            kb_t("Nobody waits for an answer here any more.")
            if State(review.state) not in LIVE
            else kb_t("No [concern] is open.")
        )
        raise NotAllowed(why, review.state, Event.ANSWER.value)
    after = move_on(tx, review, Event.ANSWER)
    return say(tx, replace(review, state=after.value, version=review.version + 1), "answer", said)


def report(tx: Transaction, path: str, reason: str, text: str) -> list[int]:
    """A reader says that something is wrong with a page: every group that looks after it has it in its queue.

    Those are the groups responsible for its space, and those that have it to look at just now, whoever gave it to them.
    Gives back the reviews. Errors: NotFound, Invalid (nothing said, or too much said within the hour).
    """
    page = _readable(tx, path)
    last = select(Revision.actor_id).where(Revision.page_id == page.id, Revision.number == page.number)
    author_id = int(tx.connection.execute(last).scalar_one())
    return report_about(tx, Reported("page", page.id, page.space_id, page.number, author_id), reason, text)


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report is about: a subject, the space it is in, its newest state, and who made that."""

    kind: str
    id: int
    space_id: int
    number: int
    author_id: int


def report_about(tx: Transaction, about: Reported, reason: str, text: str) -> list[int]:
    """The same about anything the reader may read, which the caller has made sure of; locked already."""
    said = clean_said(text, may_be_empty=bool(reason))
    chosen = find_reason(tx.connection, tx.wiki_id, about.space_id, reason) if reason else None
    if reason and (chosen is None or chosen.kind):
        raise Invalid("reason", kb_t("Please choose one of the reasons offered."))
    live = {review.group: review for review in live_reviews(tx, about.kind, about.id)}
    _require_patience(tx, [review.id for review in live.values()])
    groups = dict.fromkeys([*responsible_groups(tx.connection, [about.space_id]), *sorted(live)])
    return [_report_to(tx, about, group, live.get(group), reason, said) for group in groups]


def _readable(tx: Transaction, path: str) -> CurrentPage:
    page = find_locked(tx, normalise_path(path))
    if page is None or not has_right(tx.connection, page.space_id, Right.READ, tx.actor):
        raise NotFound("page", path)
    return page


def _require_patience(tx: Transaction, review_ids: list[int]) -> None:
    """Errors: Invalid when this reader, or all who are not signed in together, reported too much within the hour."""
    lately = select(func.count(distinct(Evidence.at))).where(
        Evidence.actor_id == tx.actor_id, Evidence.kind == "report", Evidence.at > tx.now - AGAIN_AFTER
    )
    here = lately.where(Evidence.review_id.in_(review_ids))
    about_page, about_all = tx.connection.execute(select(here.scalar_subquery(), lately.scalar_subquery())).one()
    most = MOST_BY_STRANGERS if tx.actor.is_anonymous else MOST_BY_ONE
    if about_page >= most.about_a_page:
        raise Invalid("text", kb_t(most.why))
    if about_all >= most.about_all:
        why = kb_t(
            "Many [reports] came within the last hour, and somebody reads each of them. Please try again in an hour."
        )
        raise Invalid("text", why)


def _report_to(tx: Transaction, about: Reported, group: str, live: ReviewRow | None, reason: str, said: str) -> int:
    number = live.head if live is not None else about.number
    duty = Duty(group, about.kind, about.id, about.space_id, number, number)
    review = take_in(tx, duty, lambda _: Event.REPORT)
    if live is None:
        # What is judged where there is only a report is the newest change, so its author does not judge it.
        add_author(tx, review.id, about.author_id)
    say(tx, review, "report", said, reason=reason)
    return review.id


def clean_said(text: str, *, may_be_empty: bool = False) -> str:
    """What somebody said, as it is stored. Errors: Invalid when it says nothing, or too much."""
    said = text.strip()
    if not said and not may_be_empty:
        raise Invalid("text", kb_t("Please write a sentence or two."))
    if len(said) > MAX_NOTE:
        raise Invalid("text", kb_t("This is too long: at most {most} characters are possible.", most=MAX_NOTE))
    return said


def say(
    tx: Transaction, review: ReviewRow, kind: str, said: str, *, reason: str = "", decision_id: int | None = None
) -> int:
    """Keep what was said at the review's present version, and journal that it was; the evidence's id."""
    evidence_id = add_evidence(tx, review, kind, said=said, reason=reason, decision_id=decision_id)
    tx.record(
        Change(
            kind=kind,
            subject_kind="review",
            subject_id=review.id,
            number=review.version,
            spaces=(),
            payload={
                review.subject_kind: review.subject_id,
                "evidence": evidence_id,
                "group": review.group,
                "reason": reason,
                "said": sha256(said.encode()).hexdigest(),
            },
            exempt=EXEMPT,
        )
    )
    return evidence_id
