"""One review, and the decision about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Invalid, NotFound
from ..moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from ..moderation.messages.reasons import reasons_for
from ..moderation.policy import Verdict
from ..moderation.queries.review import AuthorRecord, PastDecision, ReviewView, changes_in, get_review
from ..moderation.take_back import restore_hidden
from ..pages.actions import EditConflict
from ..pages.diff import Difference, difference
from ..pages.queries.view import PageView, get_by_id
from ..pages.texts import load_texts
from .differences import other_changes
from .forms import FieldError
from .histories import view_of
from .visit import Visit
from .words import KINDS, REASON_KINDS, VERDICTS, kb_t, when


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
    """A decision about the page; `show_again_url` is set where hidden text can be shown again."""

    verdict: str
    actor: str
    group: str
    at: datetime
    when: Markup
    reason: str
    note: str
    show_again_url: str | None


@dataclass(frozen=True, slots=True)
class WhatIsNew:
    """Why a decision was not taken: what happened meanwhile."""

    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """What a moderator has chosen so far."""

    verdict: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason to choose; `only_for` names the one thing it can be chosen for, if it is not for all."""

    key: str
    label: str
    only_for: str


def review_page(visit: Visit, id: int) -> Response:
    """One review, with all that is needed to decide it."""
    return _show(visit, id)


def _show(
    visit: Visit,
    review_id: int,
    *,
    form: DecisionForm | None = None,
    moved_on: WhatIsNew | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    view = get_review(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects)
    shown = view.shown
    before, after = _sides(visit, view)
    return visit.show(
        "kbwiki/review.html",
        title=kb_t("Review of {title}", title=view.page.title),
        section="reviews",
        status=status,
        review=ReviewHead(
            view.id,
            view.group,
            shown.base,
            shown.head,
            view.state,
            view.opened_at,
            when(view.opened_at, visit.now),
            shown.digest.hex(),
        ),
        page=view_of(visit, view.page),
        difference=_difference(visit, before, after),
        other_changes=other_changes(before, after),
        changes=_changes(visit, view),
        authors=tuple(_author(visit, one) for one in view.authors),
        other_reviews=tuple({"group": group, "state": state} for group, state in view.others),
        decisions_before=tuple(_decision(visit, one) for one in view.decisions),
        decision=_decision(visit, view.decision) if view.decision else None,
        can_decide=not view.why_not,
        why_not=view.why_not,
        reasons=_reasons(visit, view),
        moved_on=moved_on,
        form=form or DecisionForm(),
        errors=errors,
        queue_url=visit.url("queue", group=view.group),
    )


def _reasons(visit: Visit, view: ReviewView) -> tuple[ReasonChoice, ...]:
    offered = reasons_for(visit.connection, visit.wiki.id, view.page.space_id)
    return tuple(ReasonChoice(one.key, kb_t(one.words), kb_t(REASON_KINDS[one.kind])) for one in offered)


def _sides(visit: Visit, view: ReviewView) -> tuple[PageView | None, PageView]:
    page, shown = view.page, view.shown

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
    path = view.page.path
    return tuple(
        ChangeRow(
            one.number,
            one.author,
            one.at,
            when(one.at, visit.now),
            one.comment,
            kb_t(KINDS.get(one.kind, one.kind)),
            visit.url("diff", path=path, a=one.number - 1, b=one.number),
            one.exempt,
        )
        for one in changes_in(visit.connection, view.page.id, view.shown.base, view.shown.head)
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


def _decision(visit: Visit, one: PastDecision) -> DecisionRow:
    may_show = one.verdict == Verdict.HIDE and one.group in visit.actor.groups
    return DecisionRow(
        kb_t(VERDICTS[one.verdict]),
        one.actor,
        one.group,
        one.at,
        when(one.at, visit.now),
        kb_t(one.why),
        one.note,
        visit.url("show_again", id=one.id) if may_show else None,
    )


def decide_review(visit: Visit, id: int) -> Response:
    """Take the moderator's decision about exactly what was on their screen, or say why it was not taken."""
    sent = visit.request.form
    form = DecisionForm(sent.get("verdict", ""), sent.get("reason", ""), sent.get("note", ""))
    try:
        answer = Answer(
            review_id=id,
            base=int(sent.get("base", "")),
            head=int(sent.get("head", "")),
            digest=bytes.fromhex(sent.get("digest", "")),
            verdict=Verdict(form.verdict),
            reason=form.reason,
            note=form.note,
        )
    except ValueError:
        error = FieldError("verdict", kb_t("Please choose what to do with these changes."))
        return _show(visit, id, form=form, errors=(error,), status=422)
    group = get_review(visit.connection, visit.wiki.id, id, visit.actor, visit.wiki.subjects).group
    try:
        with visit.change() as tx:
            decide(tx, answer)
    except Invalid as error:
        return _show(visit, id, form=form, errors=(FieldError(error.field, error.why),), status=422)
    except (MovedOn, AlreadyDecided, EditConflict) as conflict:
        return _show(visit, id, form=form, moved_on=_what_is_new(visit, id, answer, conflict), status=409)
    return visit.go(visit.url("queue", group=group, done=answer.verdict.value))


def _what_is_new(visit: Visit, review_id: int, answer: Answer, conflict: Conflict) -> WhatIsNew:
    view = get_review(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects)
    if isinstance(conflict, MovedOn) and view.shown.head > answer.head:
        url = visit.url("diff", path=view.page.path, a=answer.head, b=view.shown.head)
        return WhatIsNew(str(conflict), url)
    if isinstance(conflict, EditConflict):
        return WhatIsNew(str(conflict), visit.url("edit", path=view.page.path))
    return WhatIsNew(str(conflict), None)


def show_again(visit: Visit, id: int) -> Response:
    """Show again what a decision hid."""
    with visit.change() as tx:
        decided = restore_hidden(tx, id, note=visit.request.form.get("note", ""))
    try:
        page = get_by_id(visit.connection, visit.wiki.id, decided.page_id, decided.number, visit.actor)
    except NotFound:
        return visit.go(visit.url("queue", done="restore"))
    return visit.go(visit.url("history", path=page.path))
