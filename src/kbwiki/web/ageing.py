"""What nobody looked at in time: the list of everything that lapsed, for ever, and the list of what was escalated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Forbidden
from ..moderation.age_runs import look_again
from ..moderation.ageing import Age, AgeState
from ..moderation.queries.escalations import EscalatedLine, escalations
from ..moderation.queries.lapses import NEWEST, LapseCount, LapsedLine, LapseFilter, lapse_counts, lapses
from ..moderation.queries.state import reviewing_groups
from .visit import Visit
from .words import N_, kb_t, when

PER_PAGE = 50


def age_words(age: Age) -> str:
    """How a review stands to its due time, in words: '' where there is nothing to say yet."""
    if age.left is None or age.state in (AgeState.NONE, AgeState.IN_TIME):
        return ""
    span = _span(abs(age.left))
    return kb_t("overdue by {span}", span=span) if age.state is AgeState.OVERDUE else kb_t("due in {span}", span=span)


def _span(span: timedelta) -> str:
    if span >= timedelta(days=1):
        return kb_t("{n} day", "{n} days", n=span.days)
    if span >= timedelta(hours=1):
        return kb_t("{n} hour", "{n} hours", n=span.seconds // 3600)
    return kb_t("{n} minute", "{n} minutes", n=max(1, span.seconds // 60))


@dataclass(frozen=True, slots=True)
class CountRow:
    """How much lapsed under a policy in a space for a group, and where to see it alone."""

    policy: str
    space: str
    group: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class LapsedRow:
    """One review that lapsed. `late` says who looked at it after all; `look_url` is a POST, None where not allowed."""

    title: str
    url: str | None
    review_url: str | None
    changes: int
    policy: str
    group: str
    opened: Markup
    lapsed: Markup
    late: Markup | str
    look_url: str | None


@dataclass(frozen=True, slots=True)
class EscalatedRow:
    """One review that was escalated, and where its first group's stands; the link is to that of the actor's group."""

    title: str
    url: str | None
    review_url: str | None
    changes: int
    group: str
    to: str
    escalated: Markup
    state: str


def lapsed(visit: Visit) -> Response:
    """Everything that lapsed, by policy, space and group, newest first; what is counted is what is listed."""
    groups = _require_moderator(visit)
    args = visit.request.args
    wanted = LapseFilter(args.get("policy"), args.get("space"), args.get("group"))
    lines = lapses(
        visit.connection,
        visit.wiki.id,
        visit.actor,
        visit.wiki.subjects,
        wanted,
        before=_before(visit),
        count=PER_PAGE + 1,
    )
    counts = lapse_counts(visit.connection, visit.wiki.id, visit.actor, wanted)
    shown = lines[:PER_PAGE]
    more = _filters(wanted)
    return visit.show(
        "kbwiki/lapsed.html",
        title=kb_t("Lapsed"),
        section="reviews",
        entries=tuple(_row(visit, line, groups) for line in shown),
        counts=tuple(_count(visit, one) for one in counts),
        total=sum(one.count for one in counts),
        filtered=bool(more),
        older_url=_older(visit, "lapsed", shown[-1].lapsed_at, shown[-1].id, more) if len(lines) > PER_PAGE else None,
    )


def look_at_lapsed(visit: Visit, id: int) -> Response:
    """Let what lapsed wait for its group again, and show it to the moderator who wants to look."""
    try:
        with visit.change() as tx:
            review_id = look_again(tx, id)
    except Conflict:  # somebody else has looked, which the list says
        return visit.go(visit.url("lapsed"))
    return visit.go(visit.url("review", id=review_id))


def escalated(visit: Visit) -> Response:
    """Everything that was given to another group as well because the first was late, newest first."""
    groups = _require_moderator(visit)
    lines = escalations(
        visit.connection,
        visit.wiki.id,
        visit.actor,
        visit.wiki.subjects,
        before=_before(visit),
        count=PER_PAGE + 1,
    )
    shown = lines[:PER_PAGE]
    last = shown[-1] if len(lines) > PER_PAGE else None
    return visit.show(
        "kbwiki/escalated.html",
        title=kb_t("Escalated"),
        section="reviews",
        entries=tuple(_escalated_row(visit, line, groups) for line in shown),
        older_url=_older(visit, "escalated", last.escalated_at, last.id, {}) if last is not None else None,
    )


def _require_moderator(visit: Visit) -> list[str]:
    groups = reviewing_groups(visit.connection, visit.wiki.id, visit.actor)
    if not groups:
        raise Forbidden(
            kb_t("This list is for the [groups] that look after parts of this [wiki]; you are in none of them.")
        )
    return groups


def _before(visit: Visit) -> tuple[datetime, int]:
    stamp, _, review_id = visit.request.args.get("before", "").partition(",")
    try:
        return datetime.fromtimestamp(float(stamp), UTC), int(review_id)
    except (ValueError, OverflowError, OSError):
        return NEWEST


def _older(visit: Visit, endpoint: str, at: datetime, review_id: int, more: dict[str, str]) -> str:
    return visit.url(endpoint, before=f"{at.timestamp():.6f},{review_id}", **more)


def _filters(wanted: LapseFilter) -> dict[str, str]:
    said = {"policy": wanted.policy, "space": wanted.space, "group": wanted.group}
    return {name: value for name, value in said.items() if value is not None}


def _count(visit: Visit, one: LapseCount) -> CountRow:
    url = visit.url("lapsed", policy=one.policy, space=one.space, group=one.group)
    return CountRow(one.policy, one.space_title or one.space or "/", one.group, one.count, url)


def _row(visit: Visit, line: LapsedLine, groups: list[str]) -> LapsedRow:
    late: Markup | str = ""
    if line.looked_at is not None:
        late = kb_t("{group} looked at it later, {when}", group=line.looked_by, when=when(line.looked_at, visit.now))
    own = line.group in groups
    return LapsedRow(
        line.title,
        visit.url.page(line.path) if line.path else None,
        visit.url("review", id=line.id) if own else None,
        line.head - line.base,
        line.policy,
        line.group,
        when(line.opened_at, visit.now),
        when(line.lapsed_at, visit.now),
        late,
        visit.url("look_again", id=line.id) if own and not late else None,
    )


_STATES = {
    "open": N_("still open"),
    "concern": N_("waits for its author"),
    "verify": N_("answered by its author, still open"),
    "decided": N_("decided since"),
    "handed-over": N_("handed over since"),
    "lapsed": N_("lapsed since"),
    "superseded": N_("nothing is left of it"),
}


def _escalated_row(visit: Visit, line: EscalatedLine, groups: list[str]) -> EscalatedRow:
    own = line.id if line.group in groups else line.helping if line.to in groups else None
    return EscalatedRow(
        line.title,
        visit.url.page(line.path) if line.path else None,
        visit.url("review", id=own) if own is not None else None,
        line.head - line.base,
        line.group,
        line.to,
        when(line.escalated_at, visit.now),
        kb_t(_STATES[line.state]),
    )
