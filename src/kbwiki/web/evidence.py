"""What people say about changes: a reader's report, an author's answer to a concern, and an objection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden, Invalid, NotFound
from ..moderation.appeals import appeal
from ..moderation.evidence import answer_concern, report
from ..moderation.messages.reasons import words_of
from ..moderation.policy import REASONS, acted_on
from ..moderation.queries.evidence import Said, WaitsForAuthor, concern_head, concerns_for, evidence_of
from ..moderation.queries.review import ReviewView
from ..moderation.transitions import State
from ..pages.queries.view import get_page
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right, responsible_groups
from .choosing import reason_choices
from .forms import FieldError
from .visit import Visit
from .words import kb_t, when

SAID = {
    "report": "reported",
    "answer": "answered",
    "appeal": "objected",
    "concern": "raised a concern",
}
FIXED = "I fixed it."


@dataclass(frozen=True, slots=True)
class SaidLine:
    """Something said about a review; `kind` is a word to follow the name."""

    kind: str
    actor: str
    group: str
    at: datetime
    when: Markup
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Delta:
    """That an author answered a concern: what came after revision `since` is shown, or all."""

    since: int
    is_shown: bool
    switch_url: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something a moderator can do beside deciding."""

    label: str
    url: str


def said_lines(visit: Visit, said: tuple[Said, ...]) -> tuple[SaidLine, ...]:
    """What was said, as templates receive it."""
    known = frozenset(REASONS.values())
    own = [one.reason for one in said if one.kind == "report" and one.reason not in known]
    words = words_of(visit.connection, visit.wiki.id, own) if own else {}
    return tuple(
        SaidLine(
            kb_t(SAID[one.kind]),
            one.actor,
            one.group,
            one.at,
            when(one.at, visit.now),
            kb_t(words.get(one.reason, one.reason)),
            one.text,
        )
        for one in said
    )


def beside(visit: Visit, view: ReviewView) -> dict[str, Any]:
    """What the review's screen shows beside the changes: what was said, how much is shown, what else can be done."""
    shown = view.shown
    return {
        "evidence": said_lines(visit, evidence_of(visit.connection, view.id)),
        "only_evidence": shown.base == shown.head,
        "delta": _delta(visit, view),
        "acts": _acts(visit, view),
    }


def range_shown(visit: Visit, view: ReviewView) -> tuple[int, int]:
    """The range on the screen: the review's; only what is new once a concern was answered; the newest change where
    there is but a report."""
    delta = _delta(visit, view)
    if delta is not None and delta.is_shown:
        return delta.since, view.shown.head
    return acted_on(view.shown.base, view.shown.head)


def _delta(visit: Visit, view: ReviewView) -> Delta | None:
    if view.state != State.VERIFY:
        return None
    since = concern_head(visit.connection, view.id)
    if since is None or not view.shown.base < since < view.shown.head:
        return None
    whole = "whole" in visit.request.args
    switch = visit.url("review", id=view.id) if whole else visit.url("review", id=view.id, whole="")
    return Delta(since, not whole, switch)


def _acts(visit: Visit, view: ReviewView) -> tuple[Act, ...]:
    path = view.place.path
    space = find_space(visit.connection, visit.wiki.id, path)
    if not has_right(visit.connection, space, Right.REVIEW, visit.actor):
        return ()
    lock = Act(kb_t("Lock this page for a time"), visit.url("lock", path=path))
    others = [one for one in view.authors if one.external_id != visit.actor.id]
    return lock, *(
        Act(
            kb_t("Restrict {author} here for a time", author=one.name),
            visit.url("restrict", path=path, author=one.external_id),
        )
        for one in others
    )


def report_form(visit: Visit, path: str) -> Response:
    """Tell those who look after a page that something is wrong with it."""
    page = get_page(visit.connection, visit.wiki.id, path, visit.actor)
    sent = visit.request.form

    def say() -> None:
        with visit.change() as tx:
            report(tx, path, sent.get("reason", ""), sent.get("text", ""))

    groups = responsible_groups(visit.connection, [page.space_id])
    return _form(
        visit,
        say,
        f"{visit.url.page(page.path)}?done=reported",
        title=kb_t("Something is wrong with {title}", title=page.title),
        lead=kb_t(
            "Say what is wrong, in your own words. It goes to {groups}; you may also just edit the page yourself.",
            groups=" and ".join(groups),
        ),
        label=kb_t("What is wrong?"),
        button=kb_t("Send"),
        cancel_url=visit.url.page(page.path),
        reasons=tuple((one.key, one.label) for one in reason_choices(visit, page.space_id) if not one.only_for),
    )


def answer(visit: Visit, id: int) -> Response:
    """Answer a concern about one's own change."""
    _require_signed_in(visit)
    concern = next(
        (one for one in concerns_for(visit.connection, visit.wiki.id, visit.actor) if one.review_id == id), None
    )
    if concern is None and visit.request.method == "GET":
        raise NotFound("concern that waits for you", str(id))
    sent = visit.request.form
    text = sent.get("text", "").strip() or (FIXED if "fixed" in sent else "")

    def say() -> None:
        with visit.change() as tx:
            answer_concern(tx, id, text)

    return _form(
        visit,
        say,
        visit.url("mine", done="answered"),
        title=kb_t("Answer a concern"),
        lead=concern.note if concern is not None else "",
        label=kb_t("Your answer"),
        button=kb_t("Send the answer"),
        cancel_url=visit.url("mine"),
    )


def appeal_form(visit: Visit, id: int) -> Response:
    """Object to a decision about one's own work."""
    _require_signed_in(visit)

    def say() -> None:
        with visit.change() as tx:
            appeal(tx, id, visit.request.form.get("text", ""))

    return _form(
        visit,
        say,
        visit.url("mine", done="objected"),
        title=kb_t("Object to a decision"),
        lead=kb_t(
            "Somebody who did not decide reads this, and the decision stands or is undone. You can object once."
        ),
        label=kb_t("Why was the decision not right?"),
        button=kb_t("Object"),
        cancel_url=visit.url("mine"),
    )


def _require_signed_in(visit: Visit) -> None:
    if visit.actor.is_anonymous:
        raise Forbidden("Please sign in to see your changes.")


def _form(visit: Visit, say: Callable[[], None], done_url: str, **facts: Any) -> Response:
    """The form to say something; on POST, say it, or show the form again with every word and what is wrong."""
    errors: tuple[FieldError, ...] = ()
    if visit.request.method == "POST":
        try:
            say()
        except Invalid as error:
            errors = (FieldError(error.field, error.why),)
        else:
            return visit.go(done_url)
    sent = visit.request.form
    return visit.show(
        "kbwiki/say.html",
        section="mine",
        status=422 if errors else 200,
        errors=errors,
        form={"text": sent.get("text", ""), "reason": sent.get("reason", "")},
        **{"reasons": (), **facts},
    )


@dataclass(frozen=True, slots=True)
class ConcernLine:
    """A concern that waits for the actor, on My changes."""

    title: str
    url: str
    group: str
    at: datetime
    when: Markup
    reason: str
    note: str
    diff_url: str | None
    edit_url: str | None
    answer_url: str


def concern_lines(visit: Visit) -> tuple[ConcernLine, ...]:
    """Everything that waits for the visitor's answer."""
    return tuple(
        _concern_line(visit, one) for one in concerns_for(visit.connection, visit.wiki.id, visit.actor)
    )


def _concern_line(visit: Visit, one: WaitsForAuthor) -> ConcernLine:
    place = visit.wiki.subjects[one.subject_kind].place(visit.connection, one.subject_id)
    is_page = one.subject_kind == "page"
    base, head = acted_on(one.base, one.head)
    return ConcernLine(
        place.title,
        visit.url.page(place.path),
        one.group,
        one.at,
        when(one.at, visit.now),
        kb_t(one.reason),
        one.note,
        visit.url("diff", path=place.path, a=base, b=head) if is_page else None,
        visit.url("edit", path=place.path) if is_page else None,
        visit.url("answer", id=one.review_id),
    )
