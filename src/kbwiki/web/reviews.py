"""One review, as a moderator sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import Response
from markupsafe import Markup

from ..moderation.desk.drafts import Draft
from ..moderation.policy import Verdict
from ..moderation.queries.review import PastDecision, ReviewView, get_review
from ..moderation.queries.state import groups_that_look
from ..moderation.take_back import TAKEN_BACK
from .appeals import is_appeal, show_appeal
from .choosing import Option, answers_of, numbered, own_approvals
from .desk import desk_of, part_asked
from .evidence import beside
from .forms import FieldError
from .going_on import as_field, last_act, list_of
from .keys import REVIEW, table
from .review_around import due_line, history_around, risk_line
from .review_changes import changes_of, what_changed
from .review_people import author_lines, onlooker_lines
from .review_rendered import rendered_url
from .visit import Visit
from .why import why_here
from .words import VERDICTS, kb_t, when


@dataclass(frozen=True, slots=True)
class ReviewHead:
    """The review itself; `base`, `head` and `digest` go back with the decision, exactly as shown."""

    id: int
    group: str
    base: int
    head: int
    state: str
    opened_at: datetime
    opened_when: Markup
    digest: str
    seen: str
    space_id: int


@dataclass(frozen=True, slots=True)
class ReviewedThing:
    """What the review is about; `url` is None for things without an address here."""

    title: str
    path: str
    url: str | None
    deleted: bool
    is_page: bool


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision about the subject; the addresses are set where it can be taken back, or hidden text shown again."""

    verdict: str
    actor: str
    group: str
    at: datetime
    when: Markup
    reason: str
    note: str
    show_again_url: str | None
    take_back_url: str | None
    taken_back: bool


@dataclass(frozen=True, slots=True)
class WhatIsNew:
    """Why a decision was not taken: what happened meanwhile."""

    text: str
    url: str | None
    part: SeenPart | None = None


@dataclass(frozen=True, slots=True)
class SeenPart:
    """What a moderator had seen before more came: it can be approved by itself, and the rest stays open."""

    base: int
    head: int
    digest: str
    seen: str


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What a moderator has chosen so far; `to` is the group of a hand-over."""

    verdict: str = ""
    reason: str = ""
    note: str = ""
    to: str = ""

    @property
    def chosen(self) -> str:
        """The same as one value, as the buttons send it."""
        return f"{self.verdict}:{self.to or self.reason}" if self.verdict else ""


def review_page(visit: Visit, id: int) -> Response:
    """One review, with all that is needed to decide it."""
    if is_appeal(visit, id):
        return show_appeal(visit, id)
    return show_review(visit, id)


def show_review(
    visit: Visit,
    review_id: int,
    *,
    form: DecisionForm | None = None,
    moved_on: WhatIsNew | None = None,
    errors: tuple[FieldError, ...] = (),
    kept_text: str = "",
    status: int = 200,
) -> Response:
    """The review's screen, with what was sent and what was wrong with it."""
    view = get_review(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects)
    part = part_asked(visit, view)
    desk = desk_of(visit, view, part)
    return visit.show(
        "kbwiki/review.html",
        title=kb_t("[Review] of {title}", title=view.place.title),
        section="reviews",
        status=status,
        flash=last_act(visit),
        review=_head(visit, view),
        page=thing_of(visit, view),
        **what_changed(visit, view, part),
        changes=changes_of(visit, view),
        rendered_url=rendered_url(visit, view) if view.page is not None else None,
        around=history_around(visit, view),
        why=why_here(visit, view.id),
        due=due_line(view.due_at, visit.now),
        risk=risk_line(visit, view),
        authors=author_lines(visit, view),
        onlookers=onlooker_lines(visit, view, but=desk.lease.who if desk.lease else ""),
        other_reviews=tuple({"group": group, "state": state} for group, state in view.others),
        decisions_before=tuple(decision_row(visit, one) for one in view.decisions),
        decision=decision_row(visit, view.decision) if view.decision else None,
        can_decide=not view.why_not,
        why_not=view.why_not,
        answers=answers_of(visit, view) if not view.why_not else (),
        own_approvals=own_approvals(visit) if not view.why_not else (),
        hand_over_to=_other_groups(visit, view),
        moved_on=moved_on,
        kept_text=kept_text,
        desk=desk,
        form=form or _drafted(desk.draft),
        errors=errors,
        key=uuid4().hex,
        keys=table(REVIEW),
        list=as_field(visit),
        queue_url=visit.url("queue", **{"group": view.group, **list_of(visit)}),
        **beside(visit, view),
    )


def _head(visit: Visit, view: ReviewView) -> ReviewHead:
    shown = view.shown
    return ReviewHead(
        view.id,
        view.group,
        shown.base,
        shown.head,
        view.state,
        view.opened_at,
        when(view.opened_at, visit.now),
        shown.digest.hex(),
        shown.seen.hex(),
        view.space_id,
    )


def thing_of(visit: Visit, view: ReviewView) -> ReviewedThing:
    """What the review is about, for the top of a screen."""
    place = view.place
    url = visit.url.page(place.path) if place.path else None
    return ReviewedThing(place.title, place.path, url, place.deleted, view.page is not None)


def _other_groups(visit: Visit, view: ReviewView) -> tuple[Option, ...]:
    """The groups that can be given this review: those that look after something and may read it."""
    if view.why_not:
        return ()
    groups = groups_that_look(visit.connection, visit.wiki.id, view.space_id)
    return numbered([(f"hand-over:{group}", group, False) for group in groups if group != view.group])


def _drafted(draft: Draft | None) -> DecisionForm:
    return DecisionForm(draft.verdict, draft.reason, draft.note) if draft else DecisionForm()


def decision_row(visit: Visit, one: PastDecision) -> DecisionRow:
    """A decision as a row of the log, with what can be done about it."""
    is_member = one.group in visit.actor.effective_groups and not one.taken_back
    may_show = is_member and one.verdict == Verdict.HIDE
    may_take_back = is_member and one.verdict in TAKEN_BACK
    return DecisionRow(
        decided_as(one),
        one.actor,
        one.group,
        one.at,
        when(one.at, visit.now),
        kb_t(one.why),
        one.note,
        visit.url("show_again", id=one.id) if may_show else None,
        visit.url("take_back", id=one.id) if may_take_back else None,
        one.taken_back,
    )


def decided_as(one: PastDecision) -> str:
    """What was decided, in words: those of a plugin's own verdict with what it did."""
    plain = kb_t(VERDICTS.get(one.verdict, one.verdict))
    return kb_t("“{label}” ({verdict})", label=one.label, verdict=plain) if one.label else plain
