"""An appeal on its screen: the decision, what its author says, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import Response
from markupsafe import Markup

from ..errors import Invalid
from ..moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from ..moderation.policy import Verdict
from ..moderation.queries import appeals
from ..moderation.queries.appeals import get_appeal
from ..moderation.queries.review import PastDecision
from ..pages.actions import EditConflict
from ..pages.diff import difference
from .desk import snoozes
from .evidence import said_lines
from .forms import FieldError
from .going_on import as_field, go_on, last_act, list_of
from .keys import APPEAL, table
from .visit import Visit
from .words import VERDICTS, kb_t, when


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision as the screen names it."""

    verdict: str
    actor: str
    group: str
    at: datetime
    when: Markup
    reason: str
    note: str


def is_appeal(visit: Visit, review_id: int) -> bool:
    """Whether the review is an appeal, which has a screen of its own."""
    return appeals.is_appeal(visit.connection, visit.wiki.id, review_id)


def show_appeal(
    visit: Visit, review_id: int, *, moved_on: str = "", errors: tuple[FieldError, ...] = (), status: int = 200
) -> Response:
    """The decision, the objection, and both answers to choose from."""
    view = get_appeal(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects)
    return visit.show(
        "kbwiki/appeal.html",
        title=kb_t(view.title),
        section="reviews",
        status=status,
        flash=last_act(visit),
        review={
            "id": view.id,
            "group": view.group,
            "base": view.shown.base,
            "head": view.shown.head,
            "digest": view.shown.digest.hex(),
            "version": view.shown.version,
        },
        page_url=visit.url.page(view.shown.path),
        path=view.shown.path,
        decision=_line(visit, view.decision),
        is_of_page=view.is_of_page,
        difference=difference(*view.sides) if view.sides is not None else None,
        evidence=said_lines(visit, view.evidence),
        answer=_line(visit, view.answer) if view.answer is not None else None,
        why_not=view.why_not,
        moved_on=moved_on,
        errors=errors,
        form={"note": visit.request.form.get("note", "")},
        key=uuid4().hex,
        keys=table(APPEAL),
        snoozes=snoozes(),
        list=as_field(visit),
        queue_url=visit.url("queue", **{"group": view.group, **list_of(visit)}),
    )


def _line(visit: Visit, one: PastDecision) -> DecisionLine:
    return DecisionLine(
        kb_t(VERDICTS[one.verdict]),
        one.actor,
        one.group,
        one.at,
        when(one.at, visit.now),
        kb_t(one.why),
        one.note,
    )


def decide_appeal(visit: Visit, review_id: int) -> Response:
    """Uphold or overturn exactly what was on the screen, or say why that was not done."""
    sent = visit.request.form
    group = get_appeal(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects).group
    try:
        answer = Answer(
            review_id=review_id,
            base=int(sent.get("base", "")),
            head=int(sent.get("head", "")),
            digest=bytes.fromhex(sent.get("digest", "")),
            verdict=Verdict(sent.get("verdict", "")),
            note=sent.get("note", ""),
            key=sent.get("key") or None,
        )
    except ValueError:
        error = FieldError("verdict", kb_t("Please choose whether the [decision] stands."))
        return show_appeal(visit, review_id, errors=(error,), status=422)
    try:
        with visit.change() as tx:
            decided = decide(tx, answer)
    except Invalid as error:
        return show_appeal(visit, review_id, errors=(FieldError(error.field, error.why),), status=422)
    except (MovedOn, AlreadyDecided, EditConflict) as conflict:
        return show_appeal(visit, review_id, moved_on=str(conflict), status=409)
    return go_on(visit, group, decided=decided.decision_id)
