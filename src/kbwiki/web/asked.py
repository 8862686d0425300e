"""What groups asked the visitor about their changes, the longest wait first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import NotFound
from ..moderation.policy import Verdict, acted_on
from ..moderation.queries.evidence import WaitsForAuthor, concerns_for
from .outcome_words import decision_words
from .visit import Visit
from .words import kb_t

MOST_SHOWN = 20
"""How many concerns stand on one screen; the others follow when some of these are answered."""

LONG = timedelta(days=3)
"""From then on a wait is shown as long."""


@dataclass(frozen=True, slots=True)
class ConcernLine:
    """A concern that waits for the actor: `said` is who asked and when, `waited` for how long, in words."""

    title: str
    url: str
    group: str
    at: datetime
    said: str
    waited: str
    is_long: bool
    reason: str
    note: str
    diff_url: str | None
    edit_url: str | None
    answer_url: str


@dataclass(frozen=True, slots=True)
class Concerns:
    """Those shown, and how many more there are."""

    lines: tuple[ConcernLine, ...]
    more: int


def concern_lines(visit: Visit) -> Concerns:
    """What waits for the visitor's answer, oldest first."""
    every = concerns_for(visit.connection, visit.wiki.id, visit.actor)
    shown = tuple(concern_line(visit, one) for one in every[:MOST_SHOWN])
    return Concerns(shown, len(every) - len(shown))


def find_concern(visit: Visit, review_id: int) -> ConcernLine | None:
    """The concern of this review, if it waits for the visitor."""
    every = concerns_for(visit.connection, visit.wiki.id, visit.actor)
    return next((concern_line(visit, one) for one in every if one.review_id == review_id), None)


def concern_line(visit: Visit, one: WaitsForAuthor) -> ConcernLine:
    """A concern as screens show it."""
    title, path = _place(visit, one)
    is_page = one.subject_kind == "page" and bool(path)
    base, head = acted_on(one.base, one.head)
    return ConcernLine(
        title,
        visit.url.page(path) if path else "",
        one.group,
        one.at,
        decision_words(Verdict.CONCERN, "", one.group, one.at, visit.now),
        waited(visit.now - one.at),
        visit.now - one.at >= LONG,
        kb_t(one.reason),
        one.note,
        visit.url("diff", path=path, a=base, b=head) if is_page else None,
        visit.url("edit", path=path) if is_page else None,
        visit.url("answer", id=one.review_id),
    )


def _place(visit: Visit, one: WaitsForAuthor) -> tuple[str, str]:
    """Title and address of what was asked about; a host's own thing may be gone by now."""
    try:
        place = visit.wiki.subjects[one.subject_kind].place(visit.connection, one.subject_id)
    except NotFound:
        return kb_t("something you changed"), ""
    return place.title, place.path


def waited(time: timedelta) -> str:
    """For how long something has waited, in words."""
    if time < timedelta(hours=1):
        return kb_t("less than an hour")
    if time < timedelta(days=1):
        return kb_t("{n} hour", "{n} hours", n=time.seconds // 3600)
    return kb_t("{n} day", "{n} days", n=time.days)
