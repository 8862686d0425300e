"""My changes: what one wrote, what became of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.messages.inbox import count_unread
from ..moderation.queries.outcomes import Outcome, outcome_of, outcomes
from ..pages.queries.history import NEWEST, RevisionLine, changes_by
from .lists import PageName
from .messages import inbox_of
from .visit import Visit
from .words import KINDS, VERDICTS, kb_t, when

PER_PAGE = 50

_STATES = {
    None: "live, not looked at yet",
    "approve": "looked at",
    "revert": "reverted",
    "hide": "hidden",
    "restore": "shown again",
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


def my_changes(visit: Visit) -> Response:
    """The actor's own changes, newest first."""
    if visit.actor.is_anonymous:
        raise Forbidden("Please sign in to see your changes.")
    before = visit.request.args.get("before", NEWEST, type=int)
    lines = changes_by(visit.connection, visit.wiki.id, visit.actor, before=before, count=PER_PAGE + 1)
    shown = lines[:PER_PAGE]
    reviews = outcomes(visit.connection, {line.page_id for line in shown})
    return visit.show(
        "kbwiki/mine.html",
        title=kb_t("My changes"),
        section="mine",
        entries=tuple(_entry(visit, line, reviews.get(line.page_id, [])) for line in shown),
        unread=count_unread(visit.connection, inbox_of(visit)),
        older_url=visit.url("mine", before=shown[-1].id) if len(lines) > PER_PAGE else None,
    )


def _entry(visit: Visit, line: RevisionLine, reviews: list[Outcome]) -> MyChange:
    outcome = outcome_of(reviews, line.number)
    state = "not reviewed" if outcome is None else _state_of(outcome)
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
    )


def _state_of(outcome: Outcome) -> str:
    verdict = outcome.verdict
    return _STATES[verdict] if verdict in _STATES else VERDICTS.get(str(verdict), str(verdict))


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
