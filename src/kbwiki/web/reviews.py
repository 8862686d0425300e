"""One review, as a moderator sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response
from markupsafe import Markup

from ..moderation.policy import REASONS, Verdict
from ..moderation.queries.review import AuthorRecord, PastDecision, ReviewView, changes_in, get_review
from ..moderation.queries.state import groups_that_look
from ..moderation.take_back import TAKEN_BACK
from ..pages.diff import Difference, difference
from ..pages.queries.view import PageView, get_by_id
from ..pages.texts import load_texts
from .differences import other_changes
from .forms import FieldError
from .visit import Visit
from .why import why_here
from .words import KINDS, VERDICTS, kb_t, when


@dataclass(frozen=True, slots=True)
class Record:
    """An author's record here."""

    changes: int
    approved: int
    reverted: int
    hidden: int
    first_seen: datetime | None
    first_seen_when: Markup | str


@dataclass(frozen=True, slots=True)
class AuthorLine:
    """An author of the changes under review."""

    name: str
    kind: str
    record: Record


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
class ChangeRow:
    """One change under review."""

    number: int
    author: str
    at: datetime
    when: Markup
    comment: str
    describe: str
    diff_url: str
    exempt: str | None


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
    """What a moderator has chosen so far."""

    verdict: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason to choose."""

    key: str
    label: str


def review_page(visit: Visit, id: int) -> Response:
    """One review, with all that is needed to decide it."""
    return show_review(visit, id)


def show_review(
    visit: Visit,
    review_id: int,
    *,
    form: DecisionForm | None = None,
    moved_on: WhatIsNew | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    """The review's screen, with what was sent and what was wrong with it."""
    view = get_review(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects)
    return visit.show(
        "kbwiki/review.html",
        title=kb_t("Review of {title}", title=view.place.title),
        section="reviews",
        status=status,
        review=_head(visit, view),
        page=thing_of(visit, view),
        **_what_changed(visit, view),
        changes=_changes(visit, view),
        why=why_here(visit, view.id),
        authors=tuple(_author(visit, one) for one in view.authors),
        other_reviews=tuple({"group": group, "state": state} for group, state in view.others),
        decisions_before=tuple(decision_row(visit, one) for one in view.decisions),
        decision=decision_row(visit, view.decision) if view.decision else None,
        can_decide=not view.why_not,
        why_not=view.why_not,
        reasons=reason_choices(),
        hand_over_to=_other_groups(visit, view),
        moved_on=moved_on,
        form=form or DecisionForm(),
        errors=errors,
        queue_url=visit.url("queue", group=view.group),
    )


def reason_choices() -> tuple[ReasonChoice, ...]:
    """The reasons a moderator can choose from."""
    return tuple(ReasonChoice(key, kb_t(label)) for key, label in REASONS.items() if key)


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


def _other_groups(visit: Visit, view: ReviewView) -> tuple[str, ...]:
    """The groups that can be given this review: those that look after something and may read it."""
    if view.why_not:
        return ()
    groups = groups_that_look(visit.connection, visit.wiki.id, view.space_id)
    return tuple(group for group in groups if group != view.group)


def _what_changed(visit: Visit, view: ReviewView) -> dict[str, Any]:
    if view.page is not None:
        before, after = _sides(visit, view, view.page)
        return {"difference": _difference(visit, before, after), "other_changes": other_changes(before, after)}
    shown = view.shown
    subject = visit.wiki.subjects[view.subject_kind]
    sides = subject.sides(visit.connection, view.subject_id, shown.base, shown.head)
    return {"difference": difference(*sides) if sides is not None else None, "other_changes": ()}


def _sides(visit: Visit, view: ReviewView, page: PageView) -> tuple[PageView | None, PageView]:
    shown = view.shown

    def at(number: int) -> PageView:
        return get_by_id(visit.connection, visit.wiki.id, page.id, number, visit.actor)

    return at(shown.base) if shown.base else None, at(shown.head)


def _difference(visit: Visit, before: PageView | None, after: PageView) -> Difference | None:
    """The whole range as one difference; None when a part of it is hidden, for looking at that is an act of its own."""
    if after.hidden or (before is not None and before.hidden):
        return None
    texts = load_texts(visit.connection, [one.text_digest for one in (before, after) if one is not None])
    gone = after.kind == "delete"
    return difference(
        texts[before.text_digest] if before else "", "" if gone else texts[after.text_digest]
    )


def _changes(visit: Visit, view: ReviewView) -> tuple[ChangeRow, ...]:
    path = view.place.path if view.page is not None else ""
    shown = view.shown
    return tuple(
        ChangeRow(
            one.number,
            one.author,
            one.at,
            when(one.at, visit.now),
            one.comment,
            kb_t(KINDS.get(one.kind, one.kind)),
            visit.url("diff", path=path, a=one.number - 1, b=one.number) if path else "",
            one.exempt,
        )
        for one in changes_in(visit.connection, view.subject_kind, view.subject_id, shown.base, shown.head)
    )


def _author(visit: Visit, one: AuthorRecord) -> AuthorLine:
    verdicts = one.verdicts
    return AuthorLine(
        one.name,
        one.kind,
        Record(
            one.changes,
            verdicts.get("approve", 0),
            verdicts.get("revert", 0),
            verdicts.get("hide", 0),
            one.first_seen,
            when(one.first_seen, visit.now) if one.first_seen else "",
        ),
    )


def decision_row(visit: Visit, one: PastDecision) -> DecisionRow:
    """A decision as a row of the log, with what can be done about it."""
    is_member = one.group in visit.actor.effective_groups and not one.taken_back
    may_show = is_member and one.verdict == Verdict.HIDE
    may_take_back = is_member and one.verdict in TAKEN_BACK
    return DecisionRow(
        kb_t(VERDICTS.get(one.verdict, one.verdict)),
        one.actor,
        one.group,
        one.at,
        when(one.at, visit.now),
        kb_t(REASONS.get(one.reason, one.reason)),
        one.note,
        visit.url("show_again", id=one.id) if may_show else None,
        visit.url("take_back", id=one.id) if may_take_back else None,
        one.taken_back,
    )
