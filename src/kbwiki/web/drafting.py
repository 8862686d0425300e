"""Texts that are not saved yet: kept while they are written, offered to whoever comes back, listed, thrown away."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, json
from markupsafe import Markup

from ..drafts.actions import Written, bring_back, forget, keep_draft, new_tab, throw_away
from ..drafts.policy import State
from ..drafts.queries import DraftLine, DraftView, drafts_at, drafts_of, get_draft
from ..errors import Busy, Forbidden, Invalid, KBWikiError
from ..pages.diff import difference
from ..pages.line_ends import plain_ends
from ..pages.paths import normalise_path, title_of
from ..pages.queries.view import PageView, find_address, find_deleted, find_page, text_of
from .changing import comments_for
from .forms import EditForm
from .sections import whole_form
from .visit import Visit
from .words import clock, kb_t, when

log = logging.getLogger("kbwiki.web")


@dataclass(frozen=True, slots=True)
class Offer:
    """A draft that an editor offers: from when, where its difference is shown, and what brings it back or away."""

    when: Markup
    differs_url: str
    back_url: str
    throw_url: str
    tab: str
    counter: int


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in the list of all. `go_on_url` is None for one that was thrown away."""

    title: str
    where: str
    when: Markup
    size: int
    is_new: bool
    differs_url: str
    go_on_url: str | None
    throw_url: str
    back_url: str


def keeps(visit: Visit) -> bool:
    """Whether the server keeps drafts for this visitor."""
    return not visit.actor.is_anonymous and visit.settings.draft_days > 0


def kept_here(visit: Visit) -> dict[str, Any]:
    """What parts/keeping.html wants to know of a form that is kept: by whom, and how large it may be."""
    return {"keeps": keeps(visit), "most_bytes": visit.settings.max_page_bytes}


def page_meant(visit: Visit, form: EditForm) -> PageView | None:
    """The page a form is about, wherever it is by now, deleted or not; None for a new one and one not to be read."""
    if form.base is None:
        return None
    key = visit.connection, visit.wiki.id
    try:
        path = normalise_path(form.path)
    except Invalid:
        return None
    address = find_address(*key, path, visit.actor)
    view = find_page(*key, path, visit.actor) or (find_page(*key, address, visit.actor) if address else None)
    return view or find_deleted(*key, path, visit.actor)


def text_now(visit: Visit, view: PageView | None) -> str:
    """What a page says now: nothing for one that is new, deleted or hidden."""
    return text_of(visit.connection, view) if view is not None and not view.deleted and not view.hidden else ""


def remember(visit: Visit, form: EditForm) -> EditForm:
    """Keep what the form holds, where that can be done; the form by the name it is kept under. Never fails.

    A text that says what the page says is no draft.
    """
    form = replace(form, draft=form.draft or new_tab(), kept=form.kept + 1)
    if not keeps(visit):
        return form
    try:
        return _kept(visit, form)
    except KBWikiError as error:
        log.info("A draft was not kept: %s", type(error).__name__)
        return form


def _kept(visit: Visit, form: EditForm) -> EditForm:
    """The same. Of a section the whole page is kept with it. Errors: Invalid, Forbidden, Busy."""
    view = page_meant(visit, form)
    whole = whole_form(visit, form)
    is_said = _is_said(visit, whole, view)
    with visit.change() as tx:
        if is_said:
            forget(tx, form.draft)
            return form
        written = Written(
            whole.text, form.path, form.title, form.tags, form.comment,
            view.id if view is not None else None, form.base, form.draft, form.kept,
        )  # fmt: skip
        kept = keep_draft(tx, written, max_bytes=visit.settings.max_page_bytes)
    return replace(form, draft=kept.tab, kept=kept.counter)


def _is_said(visit: Visit, form: EditForm, view: PageView | None) -> bool:
    """Whether the form says what there is already."""
    if view is None or view.deleted or view.hidden:
        return not (form.text.strip() or form.comment.strip()) and form.base is None
    tags = [one.strip() for one in form.tags.split(",") if one.strip()]
    same = view.title == form.title and sorted(view.tags) == sorted(tags) and not form.comment
    return same and plain_ends(text_of(visit.connection, view)) == form.text


def keep(visit: Visit, form: EditForm) -> Response:
    """Keep what an editor holds, for our script: how it is kept by now, and what its author may say of the change."""
    if not keeps(visit):
        return _said({"problem": kb_t("Please sign in to have your texts kept here.")}, 403)
    form = replace(form, draft=form.draft or new_tab(), kept=max(form.kept, 1))
    try:
        kept = _kept(visit, form)
    except (Invalid, Forbidden, Busy) as error:
        return _said({"problem": str(error)}, error.status)
    comments = comments_for(text_now(visit, page_meant(visit, form)), whole_form(visit, form).text)
    at = clock(visit.now)
    return _said({"draft": kept.draft, "kept": kept.kept, "at": at, "comments": comments}, 200)


def _said(answer: object, status: int) -> Response:
    visit_json = json.dumps(answer, ensure_ascii=False)
    return Response(visit_json, status=status, mimetype="application/json")


def offers(visit: Visit, view: PageView | None, path: str) -> tuple[Offer, ...]:
    """What the visitor has begun here and not saved, as the editor offers it."""
    if not keeps(visit):
        return ()
    found = drafts_at(visit.connection, visit.wiki.id, visit.actor, view.id if view else None, path)
    now = plain_ends(text_now(visit, view)) if found else ""
    return tuple(_offer(visit, one) for one in found if one.text != now or (view and one.typed_title != view.title))


def _offer(visit: Visit, draft: DraftView) -> Offer:
    return Offer(
        when(draft.at, visit.now),
        visit.url("draft", id=draft.id),
        _address(visit, draft),
        visit.url("draft_throw", id=draft.id),
        draft.tab,
        draft.counter,
    )


def _address(visit: Visit, draft: DraftLine) -> str:
    """The editor with the draft in it."""
    if draft.is_new:
        return visit.url("new", path=draft.path or None, draft=draft.id)
    return visit.url("edit", path=draft.path, draft=draft.id)


def form_with_draft(visit: Visit, form: EditForm) -> EditForm:
    """The form as the draft that the address names has it, with its base: saving it merges. Errors: NotFound."""
    named = visit.request.args.get("draft", "")
    if not named.isascii() or not named.isdigit() or visit.actor.is_anonymous:
        return form
    draft = get_draft(visit.connection, visit.wiki.id, visit.actor, int(named[:15]))
    return replace(
        form,
        path=draft.typed_path or form.path if form.path_editable else form.path,
        title=draft.typed_title,
        text=draft.text,
        tags=draft.tags,
        comment=draft.comment,
        base=draft.base,
        draft=draft.tab,
        kept=draft.counter,
    )


def drafts(visit: Visit) -> Response:
    """All the visitor has begun and not saved, and what they threw away a moment ago."""
    _require_somebody(visit)
    found = drafts_of(visit.connection, visit.wiki.id, visit.actor)
    return visit.show(
        "kbwiki/drafts.html",
        title=kb_t("Not saved yet"),
        section="mine",
        kept=tuple(_row(visit, one) for one in found if one.state is State.KEPT),
        thrown=tuple(_row(visit, one) for one in found if one.state is State.THROWN),
        days=visit.settings.draft_days,
        done=kb_t("It is thrown away. For a day you can have it back.") if "thrown" in visit.request.args else None,
    )


def _row(visit: Visit, draft: DraftLine) -> DraftRow:
    return DraftRow(
        draft.title or title_of(draft.path) or kb_t("Without a title"),
        draft.path,
        when(draft.at, visit.now),
        draft.size,
        draft.is_new,
        visit.url("draft", id=draft.id),
        _address(visit, draft) if draft.state is State.KEPT else None,
        visit.url("draft_throw", id=draft.id),
        visit.url("draft_back", id=draft.id),
    )


def _require_somebody(visit: Visit) -> None:
    if visit.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to see what you have not saved yet."))


def draft(visit: Visit, id: int) -> Response:
    """What a draft changes in the page as it is now, and the whole of it to copy."""
    _require_somebody(visit)
    found = get_draft(visit.connection, visit.wiki.id, visit.actor, id)
    view = _page_of(visit, found)
    return visit.show(
        "kbwiki/parts/differs.html" if "fragment" in visit.request.args else "kbwiki/draft.html",
        title=kb_t("Not saved: {title}", title=found.title or found.path),
        section="mine",
        difference=difference(plain_ends(text_now(visit, view)), found.text),
        draft=_row(visit, found),
        text=found.text,
    )


def _page_of(visit: Visit, draft: DraftLine) -> PageView | None:
    form = EditForm(draft.path, "", "", "", "", draft.base, is_new=draft.is_new, path_editable=False)
    return page_meant(visit, form)


def compare(visit: Visit, form: EditForm) -> Response:
    """What a text that only the browser has changes in the page as it is now, for our script."""
    now = plain_ends(text_now(visit, page_meant(visit, form)))
    found = difference(now, whole_form(visit, form).text)
    return visit.show("kbwiki/parts/differs.html", title="", section="edit", difference=found)


def throw(visit: Visit, id: int) -> Response:
    """Throw a draft away; it can be brought back for a day."""
    with visit.change() as tx:
        throw_away(tx, id)
    return visit.go(visit.url("drafts", thrown=1))


def back(visit: Visit, id: int) -> Response:
    """Have a draft back that was thrown away."""
    with visit.change() as tx:
        bring_back(tx, id)
    return visit.go(visit.url("drafts"))
