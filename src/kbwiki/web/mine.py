"""My changes: what one wrote, what became of it and why, what waits for one's answer, and what one reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.messages.inbox import count_unread
from ..moderation.messages.reasons import words_of
from ..moderation.queries.evidence import (
    Objection,
    Restriction,
    can_be_appealed,
    objections_of,
    restrictions_of,
)
from ..moderation.queries.mine import Became, GroupAnswer, OwnChange, OwnReport, own_changes, own_reports
from ..pages.queries.history import NEWEST
from .asked import concern_lines
from .forms import number
from .lists import PageName
from .messages import inbox_of
from .outcome_words import MARKS, StateChip, chips_of, decision_words, objection_words, report_words
from .visit import Visit
from .words import N_, day_and_time, did, kb_t, when

PER_PAGE = 50

_FILTERS = {
    "": N_("All"),
    Became.WAITING.value: N_("Waiting"),
    Became.ASKED.value: N_("For you to answer"),
    Became.APPROVED.value: N_("Approved"),
    Became.REVERTED.value: N_("Taken out"),
    Became.HIDDEN.value: N_("Hidden"),
    Became.LAPSED.value: N_("Nobody looked in time"),
    Became.EXEMPT.value: N_("No look needed"),
}
_DONE = {
    "answered": N_("Thank you. The [group] that asked has your answer."),
    "objected": N_("Your [appeal] is with somebody who did not decide."),
}


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision as its author is told about it: `said` is who (a group, or who in it), what and when."""

    said: str
    reason: str
    note: str
    appeal_url: str | None
    objection: str


@dataclass(frozen=True, slots=True)
class MyChange:
    """One of one's own changes, its state at each group, and what was decided about it."""

    page: PageName
    url: str
    at: datetime
    when: Markup
    comment: str
    describe: str
    diff_url: str
    states: tuple[StateChip, ...]
    decisions: tuple[DecisionTold, ...]


@dataclass(frozen=True, slots=True)
class MyReport:
    """Something one reported, and what became of it."""

    page: PageName
    when: Markup
    reason: str
    text: str
    states: tuple[StateChip, ...]


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


@dataclass(frozen=True, slots=True)
class FilterTab:
    """One state to list alone."""

    label: str
    url: str
    current: bool


def my_changes(visit: Visit) -> Response:
    """The actor's own changes, newest first; above them what waits for the actor."""
    if visit.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to see your changes."))
    connection, wiki_id = visit.connection, visit.wiki.id
    wanted, before = _wanted(visit), visit.request.args.get("before", NEWEST, type=number)
    changes, older = own_changes(connection, wiki_id, visit.actor, wanted=wanted, before=before, count=PER_PAGE)
    restricted = restrictions_of(connection, wiki_id, visit.actor, visit.now)
    told = [one.decision_id for change in changes for one in change.reviews if one.decision_id is not None]
    told += [one.decision_id for one in restricted]
    objections = objections_of(connection, visit.actor, wiki_id, told)
    return visit.show(
        "kbwiki/mine.html",
        title=kb_t("My changes"),
        section="mine",
        entries=tuple(_entry(visit, change, objections) for change in changes),
        filters=_tabs(visit, wanted),
        is_filtered=wanted is not None,
        concerns=concern_lines(visit),
        restrictions=tuple(_restriction(visit, one, objections) for one in restricted),
        reports=_reports(visit, own_reports(connection, wiki_id, visit.actor)),
        done=kb_t(_DONE[done]) if (done := visit.request.args.get("done", "")) in _DONE else None,
        unread=count_unread(connection, inbox_of(visit)),
        older_url=visit.url("mine", state=wanted, before=older) if older else None,
    )


def _wanted(visit: Visit) -> Became | None:
    asked = visit.request.args.get("state", "")
    return Became(asked) if asked and asked in _FILTERS else None


def _tabs(visit: Visit, wanted: Became | None) -> tuple[FilterTab, ...]:
    return tuple(
        FilterTab(kb_t(label), visit.url("mine", state=state or None), state == (wanted or ""))
        for state, label in _FILTERS.items()
    )


def _entry(visit: Visit, change: OwnChange, objections: Mapping[int, Objection]) -> MyChange:
    line = change.line
    url = visit.url.page(line.path)
    told = (_told(visit, one, objections) for one in change.reviews)
    return MyChange(
        page=PageName(line.title, url, line.path),
        url=url,
        at=line.at,
        when=when(line.at, visit.now),
        comment=line.comment,
        describe=did(line.kind),
        diff_url="" if line.hidden else visit.url("diff", path=line.path, a=line.number - 1, b=line.number),
        states=chips_of(change),
        decisions=tuple(one for one in told if one is not None),
    )


def _told(visit: Visit, one: GroupAnswer, objections: Mapping[int, Objection]) -> DecisionTold | None:
    """What the state alone does not say of a decision; None where that says it all."""
    if one.verdict is None or one.at is None or one.decision_id is None:
        return None
    objection = objection_words(objections.get(one.decision_id), visit.now)
    if one.undone is not None and not objection:
        objection = kb_t("This was taken back since.")
    may_object = can_be_appealed(one.verdict) and one.undone is None and not objection
    if not (one.reason or one.note or may_object or objection):
        return None
    return DecisionTold(
        decision_words(one.verdict, one.by if visit.settings.name_moderators else "", one.group, one.at, visit.now),
        kb_t(one.reason),
        one.note,
        visit.url("appeal", id=one.decision_id) if may_object else None,
        objection,
    )


def _reports(visit: Visit, found: Sequence[OwnReport]) -> tuple[MyReport, ...]:
    words = words_of(visit.connection, visit.wiki.id, [one.reason for one in found if one.reason])
    return tuple(_report(visit, one, words) for one in found)


def _report(visit: Visit, one: OwnReport, words: Mapping[str, str]) -> MyReport:
    return MyReport(
        PageName(one.title, visit.url.page(one.path), one.path),
        when(one.at, visit.now),
        kb_t(words.get(one.reason, one.reason)),
        one.text,
        tuple(StateChip(MARKS[answer.became], report_words(answer)) for answer in one.answers),
    )


def _restriction(visit: Visit, one: Restriction, objections: Mapping[int, Objection]) -> MyRestriction:
    objection = objections.get(one.decision_id)
    return MyRestriction(
        one.path or "/",
        day_and_time(one.until),
        one.group,
        kb_t(one.reason),
        one.note,
        None if objection is not None else visit.url("appeal", id=one.decision_id),
        objection_words(objection, visit.now),
    )
