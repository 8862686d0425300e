"""What stands around a review: the page's history, when it is due, and how much of a risk it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from ..moderation.queries.review import ReviewView
from ..pages.queries.history import RevisionLine
from ..pages.queries.history import history as revisions
from .risk_words import risk_lines
from .visit import Visit
from .words import day, did, kb_t, number, when, who

BEFORE, MOST = 4, 12
"""How many revisions before the range are listed, and how many in all."""

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class AroundRow:
    """A revision near the changes under review; `is_ours` says that it is one of them."""

    number: int
    author: str
    when: Markup
    describe: str
    comment: str
    url: str
    diff_url: str
    is_ours: bool


def history_around(visit: Visit, view: ReviewView) -> tuple[AroundRow, ...]:
    """The page's newest revisions down to a few before the range, newest first; nothing for what is no page."""
    if view.page is None:
        return ()
    newest = view.page.current
    count = min(newest - view.shown.base + BEFORE, MOST)
    lines = revisions(visit.connection, view.page.id, newest, count)
    return tuple(_around(visit, view, line) for line in lines)


def _around(visit: Visit, view: ReviewView, line: RevisionLine) -> AroundRow:
    number, path = line.number, view.place.path
    return AroundRow(
        number,
        who(line.author),
        when(line.at, visit.now),
        did(line.kind),
        line.comment,
        "" if line.hidden else visit.url("revision", number=number, path=path),
        "" if line.hidden else visit.url("diff", path=path, a=number - 1, b=number),
        view.shown.base < number <= view.shown.head,
    )


@dataclass(frozen=True, slots=True)
class DueLine:
    """When a review is due, in words; `late` when that is over, `soon` when it is today's."""

    text: str
    late: bool
    soon: bool


def due_line(due_at: datetime | None, now: datetime) -> DueLine | None:
    """When the review is due; None when it is not due at any time."""
    if due_at is None:
        return None
    left = due_at - now
    if left <= timedelta(0):
        return DueLine(kb_t("Was due {when}", when=when(due_at, now)), late=True, soon=False)
    return DueLine(_due_in(due_at, left), late=False, soon=left < timedelta(days=1))


def _due_in(due_at: datetime, left: timedelta) -> str:
    if left < timedelta(hours=1):
        return kb_t("Due in {n} minute", "Due in {n} minutes", n=max(left.seconds // 60, 1))
    if left < timedelta(days=1):
        return kb_t("Due in {n} hour", "Due in {n} hours", n=left.seconds // 3600)
    if left < timedelta(days=7):
        return kb_t("Due in {n} day", "Due in {n} days", n=left.days)
    return kb_t("Due on {day}", day=day(due_at))


@dataclass(frozen=True, slots=True)
class RiskReason:
    """A reason for the risk, in words; `raises` says which way it goes."""

    text: str
    raises: bool


@dataclass(frozen=True, slots=True)
class RiskLine:
    """How much of a risk a review is, and why."""

    text: str
    reasons: tuple[RiskReason, ...]


def risk_line(visit: Visit, view: ReviewView) -> RiskLine | None:
    """The review's risk with its heaviest reasons; None where there are none."""
    if not view.risk_reasons:
        return None
    lines = risk_lines(view.risk_reasons, visit.wiki.risk.reasons.words)
    heaviest = sorted(lines, key=lambda one: abs(one[1]), reverse=True)[:MOST_REASONS]
    reasons = tuple(RiskReason(words, weight > 0) for words, weight in heaviest)
    return RiskLine(kb_t("Risk {number}", number=number(view.risk, 1)), reasons)
