"""The log of decisions of one's groups, each with a way to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from ..errors import Forbidden
from ..moderation.queries.log import NEWEST, LogLine, decisions_of_groups
from ..moderation.queries.state import reviewing_groups
from .reviews import DecisionRow, decision_row
from .visit import Visit
from .words import VERDICTS, kb_t

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LogRow:
    """One decision in the log, and what it was about."""

    title: str
    url: str | None
    review_url: str | None
    decision: DecisionRow


def log(visit: Visit) -> Response:
    """What the actor's groups decided, newest first."""
    if not reviewing_groups(visit.connection, visit.wiki.id, visit.actor):
        raise Forbidden("The log of decisions is for the groups that look after parts of this wiki.")
    before = visit.request.args.get("before", NEWEST, type=int)
    lines = decisions_of_groups(
        visit.connection, visit.wiki.id, visit.actor, before=before, count=PER_PAGE + 1
    )
    shown = lines[:PER_PAGE]
    done = visit.request.args.get("done", "")
    return visit.show(
        "kbwiki/decisions.html",
        title=kb_t("Decisions"),
        section="reviews",
        entries=tuple(_row(visit, line) for line in shown),
        older_url=visit.url("decisions", before=shown[-1].decision.id) if len(lines) > PER_PAGE else None,
        done=kb_t("Done: {verdict}. What it was about waits for a look again.", verdict=kb_t(VERDICTS[done]))
        if done in VERDICTS
        else None,
        queue_url=visit.url("queue"),
    )


def _row(visit: Visit, line: LogLine) -> LogRow:
    return LogRow(
        title=line.title or kb_t("Something that is no page"),
        url=visit.url.page(line.path) if line.path else None,
        review_url=visit.url("review", id=line.decision.review_id) if line.decision.review_id else None,
        decision=decision_row(visit, line.decision),
    )
