"""My changes: what one wrote, what became of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.messages.inbox import count_unread
from ..moderation.queries.evidence import (
    Objection,
    Restriction,
    can_be_appealed,
    objections_of,
    restrictions_of,
)
from ..moderation.queries.outcomes import Outcome, outcome_of, outcomes
from ..pages.queries.history import NEWEST, RevisionLine, changes_by
from .evidence import concern_lines
from .lists import PageName
from .messages import inbox_of
from .visit import Visit
from .words import KINDS, VERDICTS, day, kb_t, when

PER_PAGE = 50

_STATES = {
    None: "live, not looked at yet",
    "approve": "looked at",
    "revert": "reverted",
    "hide": "hidden",
    "restore": "shown again",
    "edit": "mended and approved",
    "revert-part": "reverted in part",
    "delete": "deleted",
    "hand-over": "live, not looked at yet",
}
_OBJECTED = {
    None: "You objected to this; somebody else will answer.",
    "uphold": "You objected to this; somebody else looked, and it stands.",
    "overturn": "You objected to this; somebody else looked, and undid it.",
}
_DONE = {
    "answered": "Thank you. The group that asked has your answer.",
    "objected": "Your objection is with somebody who did not decide.",
}


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision as its author is told about it: which group (and who, if the setting says so), what, and why."""

    verdict: str
    actor: str
    group: str
    reason: str
    note: str
    at: datetime
    when: Markup


@dataclass(frozen=True, slots=True)
class MyChange:
    """One of one's own changes and its state."""

    page: PageName
    url: str
    at: datetime
    when: Markup
    comment: str
    describe: str
    diff_url: str
    state: str
    decision: DecisionTold | None
    appeal_url: str | None
    objection: str


@dataclass(frozen=True, slots=True)
class MyRestriction:
    """That the actor cannot write somewhere for a time, and where they can object."""

    path: str
    until: str
    group: str
    reason: str
    note: str
    appeal_url: str | None
    objection: str


def my_changes(visit: Visit) -> Response:
    """The actor's own changes, newest first."""
    if visit.actor.is_anonymous:
        raise Forbidden("Please sign in to see your changes.")
    before = visit.request.args.get("before", NEWEST, type=int)
    lines = changes_by(visit.connection, visit.wiki.id, visit.actor, before=before, count=PER_PAGE + 1)
    shown = lines[:PER_PAGE]
    reviews = outcomes(visit.connection, {line.page_id for line in shown})
    told = [one.decision_id for every in reviews.values() for one in every if one.decision_id is not None]
    restricted = restrictions_of(visit.connection, visit.wiki.id, visit.actor, visit.now)
    told += [one.decision_id for one in restricted]
    objections = objections_of(visit.connection, visit.actor, visit.wiki.id, told)
    return visit.show(
        "kbwiki/mine.html",
        title=kb_t("My changes"),
        section="mine",
        entries=tuple(_entry(visit, line, reviews.get(line.page_id, []), objections) for line in shown),
        concerns=concern_lines(visit),
        restrictions=tuple(_restriction(visit, one, objections) for one in restricted),
        done=kb_t(_DONE[done]) if (done := visit.request.args.get("done", "")) in _DONE else None,
        unread=count_unread(visit.connection, inbox_of(visit)),
        older_url=visit.url("mine", before=shown[-1].id) if len(lines) > PER_PAGE else None,
    )


def _entry(
    visit: Visit, line: RevisionLine, reviews: list[Outcome], objections: Mapping[int, Objection]
) -> MyChange:
    outcome = outcome_of(reviews, line.number)
    state = "not reviewed" if outcome is None else _state(outcome)
    url = visit.url.page(line.path)
    return MyChange(
        page=PageName(line.title, url, line.path),
        url=url,
        at=line.at,
        when=when(line.at, visit.now),
        comment=line.comment,
        describe=kb_t(KINDS.get(line.kind, line.kind)),
        diff_url="" if line.hidden else visit.url("diff", path=line.path, a=line.number - 1, b=line.number),
        state=kb_t(state),
        decision=_told(visit, outcome),
        appeal_url=_appeal_url(visit, outcome, objections),
        objection=_objection(outcome.decision_id if outcome else None, objections),
    )


def _state(outcome: Outcome) -> str:
    if outcome.taken_back:
        return "the decision was taken back"
    if outcome.verdict == "concern":
        return "waits for you" if outcome.waits_for_author else "answered, not looked at yet"
    if outcome.lapsed:
        return "nobody looked at it in time"
    return _STATES[outcome.verdict]


def _appeal_url(visit: Visit, outcome: Outcome | None, objections: Mapping[int, Objection]) -> str | None:
    """Where the author can object to the decision, while they can."""
    if outcome is None or outcome.decision_id is None or outcome.taken_back or outcome.decision_id in objections:
        return None
    return visit.url("appeal", id=outcome.decision_id) if can_be_appealed(outcome.verdict) else None


def _objection(decision_id: int | None, objections: Mapping[int, Objection]) -> str:
    found = objections.get(decision_id) if decision_id is not None else None
    return kb_t(_OBJECTED.get(found.answer, _OBJECTED[None])) if found is not None else ""


def _restriction(visit: Visit, one: Restriction, objections: Mapping[int, Objection]) -> MyRestriction:
    return MyRestriction(
        one.path or "/",
        f"{day(one.until)}, {one.until:%H:%M} UTC",
        one.group,
        kb_t(one.reason),
        one.note,
        None if one.decision_id in objections else visit.url("appeal", id=one.decision_id),
        _objection(one.decision_id, objections),
    )


def _told(visit: Visit, outcome: Outcome | None) -> DecisionTold | None:
    if outcome is None or outcome.verdict is None or outcome.at is None:
        return None
    return DecisionTold(
        kb_t(VERDICTS.get(outcome.verdict, outcome.verdict)),
        (outcome.by or "") if visit.settings.name_moderators else "",
        outcome.group,
        kb_t(outcome.why),
        outcome.note,
        outcome.at,
        when(outcome.at, visit.now),
    )
