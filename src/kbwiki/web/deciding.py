"""Taking decisions about a review: the answers of its form, a mended text, chosen pieces."""

from __future__ import annotations

from typing import Any

from flask import Response
from werkzeug.datastructures import MultiDict

from ..answering import meant, prepared
from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..moderation.decide import AlreadyDecided, Answer, MovedOn, decide
from ..moderation.policy import Verdict
from ..moderation.queries.around import waiting_again
from ..moderation.queries.review import ReviewView, get_review
from ..moderation.take_back import restore_hidden, take_back
from ..moderation.transitions import AlreadyThere, NotAllowed
from ..pages.actions import EditConflict, hunks_of
from ..pages.queries.view import get_by_id, text_of
from .appeals import decide_appeal, is_appeal
from .choosing import reason_choices
from .forms import FieldError
from .going_on import as_field, go_on, list_of
from .reviews import DecisionForm, SeenPart, WhatIsNew, show_review, thing_of
from .visit import Visit
from .words import kb_t


def decide_review(visit: Visit, id: int) -> Response:
    """Take the moderator's decision about exactly what was on their screen, or say why it was not taken."""
    if is_appeal(visit, id):
        return decide_appeal(visit, id)
    sent = visit.request.form
    form = _form_of(sent)
    try:
        answer = _answer(visit, id, form)
    except ValueError:
        error = FieldError("verdict", kb_t("Please choose what to do with these changes."))
        return show_review(visit, id, form=form, errors=(error,), status=422)
    view = _view(visit, id)
    answer = prepared(visit.wiki, answer, form.verdict)
    try:
        with visit.change() as tx:
            decided = decide(tx, answer)
    except Invalid as error:
        fault = FieldError(error.field, error.why)
        return show_review(visit, id, form=form, errors=(fault,), kept_text=sent.get("text", ""), status=422)
    except (MovedOn, AlreadyDecided, AlreadyThere, NotAllowed, EditConflict) as conflict:
        new = _what_is_new(visit, id, answer, conflict)
        return show_review(visit, id, form=form, moved_on=new, kept_text=sent.get("text", ""), status=409)
    return go_on(visit, view.group, decided=decided.decision_id)


def _form_of(sent: MultiDict[str, str]) -> DecisionForm:
    """What was chosen. One press chooses a verdict and what it needs, as `act`; forms with fields send them apart."""
    verdict, _, chosen = sent.get("act", "").partition(":")
    if not verdict:
        return DecisionForm(sent.get("verdict", ""), sent.get("reason", ""), sent.get("note", ""), sent.get("to", ""))
    if verdict == Verdict.HAND_OVER:
        return DecisionForm(verdict, sent.get("reason", ""), sent.get("note", ""), chosen)
    return DecisionForm(verdict, chosen, sent.get("note", ""))


def _answer(visit: Visit, review_id: int, form: DecisionForm) -> Answer:
    """What was sent. Errors: ValueError when it is no answer."""
    sent = visit.request.form
    return Answer(
        review_id=review_id,
        base=int(sent.get("base", "")),
        head=int(sent.get("head", "")),
        digest=bytes.fromhex(sent.get("digest", "")),
        verdict=meant(visit.wiki, form.verdict),
        reason=form.reason,
        note=form.note,
        partial="partial" in sent,
        seen=bytes.fromhex(sent.get("seen", "")),
        key=sent.get("key") or None,
        details=_details(visit, form),
    )


def _details(visit: Visit, form: DecisionForm) -> dict[str, Any]:
    """What a verdict needs besides, as the forms send it."""
    sent = visit.request.form
    found: dict[str, Any] = {"to": form.to}
    if "text" in sent:
        found["text"] = sent["text"].replace("\r\n", "\n")
    if sent.get("number", "").isdigit():
        found["number"] = int(sent["number"])
    if "parts" in sent:
        found["parts"] = tuple(sent.getlist("parts"))
    found["only_group"] = "only_group" in sent
    found["hunks"] = tuple(int(one) for one in sent.getlist("hunks") if one.isdigit())
    return found


def _view(visit: Visit, review_id: int) -> ReviewView:
    return get_review(visit.connection, visit.wiki.id, review_id, visit.actor, visit.wiki.subjects)


def _what_is_new(visit: Visit, review_id: int, answer: Answer, conflict: Conflict) -> WhatIsNew:
    view = _view(visit, review_id)
    path = view.place.path
    if isinstance(conflict, MovedOn) and view.shown.head > answer.head and not view.why_not:
        url = visit.url("diff", path=path, a=answer.head, b=view.shown.head) if view.page is not None else None
        part = None
        if view.shown.base == answer.base < answer.head and answer.seen:
            part = SeenPart(answer.base, answer.head, answer.digest.hex(), answer.seen.hex())
        return WhatIsNew(str(conflict), url, part)
    if isinstance(conflict, EditConflict):
        return WhatIsNew(str(conflict), visit.url("review_pieces", id=review_id))
    return WhatIsNew(str(conflict), None)


def pieces(visit: Visit, id: int) -> Response:
    """The pieces of a review's change, to choose which of them to take out; with some chosen, what that would do."""
    view = _of_page(visit, id)
    page = view.page
    assert page is not None
    shown = view.shown
    base = shown.base if shown.base < shown.head else shown.head - 1
    return visit.show(
        "kbwiki/review_pieces.html",
        title=kb_t("Take out pieces of {title}", title=view.place.title),
        section="reviews",
        review=view,
        page=thing_of(visit, view),
        pieces=hunks_of(visit.connection, page.id, base, shown.head),
        reasons=reason_choices(visit, view.space_id, Verdict.REVERT_PART),
        list=as_field(visit),
        back_url=visit.url("review", id=id, **list_of(visit)),
    )


def mend(visit: Visit, id: int) -> Response:
    """The text as it is now, to mend it and approve the review in one step."""
    view = _of_page(visit, id)
    page = view.page
    assert page is not None
    current = get_by_id(visit.connection, visit.wiki.id, page.id, page.current, visit.actor)
    return visit.show(
        "kbwiki/review_mend.html",
        title=kb_t("Mend {title}", title=view.place.title),
        section="reviews",
        review=view,
        page=thing_of(visit, view),
        number=current.number,
        text=text_of(visit.connection, current),
        reasons=reason_choices(visit, view.space_id, Verdict.EDIT),
        list=as_field(visit),
        back_url=visit.url("review", id=id, **list_of(visit)),
    )


def _of_page(visit: Visit, review_id: int) -> ReviewView:
    view = _view(visit, review_id)
    if view.page is None:
        raise NotFound("review of a page", str(review_id))
    if view.why_not:
        raise Forbidden(view.why_not)
    return view


def show_again(visit: Visit, id: int) -> Response:
    """Show again what a decision hid."""
    with visit.change() as tx:
        decided = restore_hidden(tx, id, note=visit.request.form.get("note", ""))
    try:
        page = get_by_id(visit.connection, visit.wiki.id, decided.page_id, decided.number, visit.actor)
    except NotFound:
        return visit.go(visit.url("queue", done="restore"))
    return visit.go(visit.url("history", path=page.path))


def take_back_decision(visit: Visit, id: int) -> Response:
    """Take a decision back: from its row in the log, or as one's last act, which leads to the review (`?to=review`)."""
    with visit.change() as tx:
        take_back(tx, id, note=visit.request.form.get("note", ""), key=visit.request.form.get("key") or None)
    if visit.request.args.get("to") == "review":
        again = waiting_again(visit.connection, visit.wiki.id, id)
        if again is not None:
            return visit.go(visit.url("review", id=again, **list_of(visit), back=""))
    return visit.go(visit.url("decisions", done="take-back"))
