"""What people say about changes: a reader's report, an author's answer to a concern, and an objection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..moderation.appeals import appeal
from ..moderation.evidence import answer_concern, report
from ..moderation.messages.reasons import words_of
from ..moderation.policy import REASONS, Verdict, acted_on
from ..moderation.queries.appeals import OwnDecision, own_decision
from ..moderation.queries.evidence import Said, concern_head, evidence_of, objections_of
from ..moderation.queries.review import PastDecision, ReviewView
from ..moderation.transitions import State
from ..pages.queries.view import get_page
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right, responsible_groups
from .asked import find_concern
from .choosing import reason_choices
from .forms import FieldError
from .outcome_words import decision_words
from .visit import Visit
from .words import N_, kb_t, listed, when, who

SAID = {
    "report": N_("sent [a report]"),
    "answer": N_("answered"),
    "appeal": N_("objected"),
    "concern": N_("raised [a concern]"),
}
FIXED = N_("I fixed it.")


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
    known = frozenset(kb_t(words) for words in REASONS.values())
    own = [one.reason for one in said if one.kind == "report" and one.reason not in known]
    words = words_of(visit.connection, visit.wiki.id, own) if own else {}
    return tuple(
        SaidLine(
            kb_t(SAID[one.kind]),
            who(one.actor),
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
        "evidence": said_lines(visit, evidence_of(visit.connection, view.id, visit.actor)),
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
    lock = Act(kb_t("Lock this [page] for a time"), visit.url("lock", path=path))
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
    return say_form(
        visit,
        say,
        f"{visit.url.page(page.path)}?done=reported",
        title=kb_t("Something is wrong with {title}", title=page.title),
        section="read",
        lead=kb_t(
            "Say what is wrong, in your own words. It goes to {groups}; whoever wrote it is not told who you are.",
            groups=listed(groups),
        ),
        label=kb_t("What is wrong?"),
        hint=kb_t("may stay empty when you choose a reason"),
        button=kb_t("Send"),
        cancel_url=visit.url.page(page.path),
        edit_url=visit.url("edit", path=page.path) if page.can_write else None,
        reasons=tuple((one.key, one.label) for one in reason_choices(visit, page.space_id) if not one.only_for),
    )


def answer(visit: Visit, id: int) -> Response:
    """Answer a concern about one's own change."""
    _require_signed_in(visit)
    concern = find_concern(visit, id)
    if concern is None and visit.request.method == "GET":
        raise NotFound("concern that waits for you", str(id))
    sent = visit.request.form
    text = sent.get("text", "").strip() or (kb_t(FIXED) if "fixed" in sent else "")

    def say() -> None:
        with visit.change() as tx:
            answer_concern(tx, id, text)

    return say_form(
        visit,
        say,
        visit.url("mine", done="answered"),
        title=kb_t("Answer {group} about {title}", group=concern.group, title=concern.title)
        if concern is not None
        else kb_t("Answer a question"),
        about=concern,
        label=kb_t("Your answer"),
        button=kb_t("Send the answer"),
        fixed=True,
        edit_url=concern.edit_url if concern is not None else None,
        cancel_url=visit.url("mine"),
    )


def appeal_form(visit: Visit, id: int) -> Response:
    """Object to a decision about one's own work."""
    _require_signed_in(visit)
    own = own_decision(visit.connection, visit.wiki.id, id, visit.actor, visit.wiki.subjects)
    if visit.request.method == "GET":
        _require_open(visit, own)

    def say() -> None:
        with visit.change() as tx:
            appeal(tx, id, visit.request.form.get("text", ""))

    return say_form(
        visit,
        say,
        visit.url("mine", done="objected"),
        title=kb_t("Object to [a decision] about {title}", title=own.title or own.path),
        lead=kb_t(
            "Somebody who did not decide reads this, and the [decision] stands or is undone. You can object once."
        ),
        about=_decided(visit, own.decision),
        label=kb_t("Why was the [decision] not right?"),
        button=kb_t("Object"),
        cancel_url=visit.url("mine"),
    )


def _require_open(visit: Visit, own: OwnDecision) -> None:
    """Errors: Conflict where an objection would be refused, before anybody has written one."""
    if own.decision.taken_back:
        raise Conflict(kb_t("This [decision] has been taken back already, so there is nothing to object to."))
    if objections_of(visit.connection, visit.actor, visit.wiki.id, [own.decision.id]):
        raise Conflict(kb_t("You have objected to this [decision] already; “My changes” says how far that is."))


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as its author objects to it: `said` is who, what and when."""

    said: str
    reason: str
    note: str


def _decided(visit: Visit, one: PastDecision) -> Decided:
    by = one.actor if visit.settings.name_moderators else ""
    said = decision_words(Verdict(one.verdict), by, one.group, one.at, visit.now)
    return Decided(said, kb_t(one.why), one.note)


def _require_signed_in(visit: Visit) -> None:
    if visit.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to see your changes."))


def say_form(visit: Visit, say: Callable[[], None], done_url: str, **facts: Any) -> Response:
    """The form to say something; on POST, say it, or show the form again with every word and what is wrong."""
    errors: tuple[FieldError, ...] = ()
    status, refused = 200, ""
    if visit.request.method == "POST":
        try:
            say()
        except Invalid as error:
            errors, status = (FieldError(error.field, error.why),), 422
        except Conflict as conflict:
            refused, status = str(conflict), 409
        else:
            return visit.go(done_url)
    sent = visit.request.form
    shown = {"section": "mine", "lead": "", "hint": "", "about": None, "edit_url": None, "fixed": False, "reasons": ()}
    return visit.show(
        "kbwiki/say.html",
        status=status,
        errors=errors,
        refused=refused,
        form={"text": sent.get("text", ""), "reason": sent.get("reason", "")},
        **{**shown, **facts},
    )
