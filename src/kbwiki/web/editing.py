"""Writing: new pages, edits, preview, and bringing two texts of the same words together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from flask import Response

from ..drafts.actions import new_tab, note_saved
from ..errors import Conflict, Forbidden, Invalid, NotFound
from ..hooks.pages import ToolbarButton
from ..pages.actions import Edit, EditConflict, Saved, save_page
from ..pages.diff import difference
from ..pages.line_ends import with_ends_of
from ..pages.paths import normalise_path, slug, title_of
from ..pages.queries.view import PageView, find_address, find_page, get_by_id, look_alikes, text_of
from ..spaces.policy import Right
from ..spaces.queries import find_space, has_right, responsible_groups
from ..spaces.restraining import Restrained
from ..wording.amounts import file_size
from .advising import Hint, draft_of, gives_hints, hints_for
from .changing import comments_for
from .drafting import Offer, compare, form_with_draft, keep, kept_here, offers, remember
from .forms import EditForm, FieldError, whole_number
from .merging import both_texts, chosen_text
from .page_extras import LONGEST_LABEL, MOST
from .page_types import text_sent, typed_form
from .practice import is_unwatched
from .previewing import live_preview, shown_preview
from .restraints import what_stops
from .sections import section_before, whole_form, whole_text, with_section
from .starting import Start, starts, with_title
from .starting import chosen_text as text_to_start_from
from .visit import Visit
from .words import kb_t


def new(visit: Visit) -> Response:
    """The form for a new page; an address that exists already leads to its own form."""
    if visit.request.method == "POST":
        return _submitted(visit, is_new=True)
    wanted = visit.request.args.get("path", "")
    own_name = visit.settings.name if wanted == visit.settings.home else title_of(wanted)
    title = visit.request.args.get("title", "") or own_name
    if wanted and not wanted.endswith("/") and _exists(visit, wanted):
        return visit.go(visit.url("edit", path=wanted))
    _require_write(visit, wanted)
    text = text_to_start_from(visit, wanted)
    form = EditForm(wanted, title, text, "", "", None, is_new=True, path_editable=True)
    form = form_with_draft(visit, replace(form, start=visit.request.args.get("start", "")))
    return _form(visit, form, offered=starts(visit, wanted, visit.request.args.get("title", "")))


def edit(visit: Visit, path: str) -> Response:
    """The form for a page that is there, or with `section` for that part of it."""
    if visit.request.method == "POST":
        return _submitted(visit, is_new=False, path=path)
    view = find_page(visit.connection, visit.wiki.id, path, visit.actor)
    if view is None:
        address = find_address(visit.connection, visit.wiki.id, path, visit.actor)
        draft = visit.request.args.get("draft")
        return visit.go(visit.url("edit" if address else "new", path=address or path, draft=draft))
    _require_write(visit, path)
    form = form_with_draft(visit, _form_of(view, text_of(visit.connection, view)))
    section = "" if form.draft else visit.request.args.get("section", "")
    return _form(visit, with_section(visit, form, section) if section else form)


def _form_of(view: PageView, text: str) -> EditForm:
    return EditForm(
        view.path, view.title, text, ", ".join(view.tags), "", view.number, is_new=False, path_editable=False
    )


def _exists(visit: Visit, path: str) -> bool:
    try:
        return find_page(visit.connection, visit.wiki.id, normalise_path(path), visit.actor) is not None
    except Invalid:
        return False


def _require_write(visit: Visit, path: str) -> None:
    space = find_space(visit.connection, visit.wiki.id, path.strip("/"))
    if not has_right(visit.connection, space, Right.WRITE, visit.actor):
        if visit.actor.is_anonymous:
            raise Forbidden(kb_t("Please sign in to write here."))
        raise Forbidden(kb_t("You can read here, but writing is for other [groups]."))
    if (stop := what_stops(visit, space, path.strip("/"))) is not None:
        raise Restrained(stop.said, stop.until.isoformat())


def _form_sent(visit: Visit, *, is_new: bool, path: str | None) -> EditForm:
    sent = visit.request.form
    title = sent.get("title", "").strip()
    start = sent.get("start", "")
    return EditForm(
        path=path if path is not None else sent.get("path", "").strip() or slug(title),
        title=title,
        text=with_title(text_sent(sent), title) if start else text_sent(sent),
        tags=sent.get("tags", ""),
        comment=sent.get("comment", ""),
        base=whole_number(sent.get("base", "")),
        is_new=is_new,
        path_editable=is_new,
        draft=sent.get("draft", "")[:40],
        kept=whole_number(sent.get("kept", "")) or 0,
        start=start if is_new else "",
        small="small" in sent and not is_new,
        section="" if is_new else sent.get("section", ""),
        section_title=sent.get("section_title", ""),
    )


def _submitted(visit: Visit, *, is_new: bool, path: str | None = None) -> Response:
    form = _form_sent(visit, is_new=is_new, path=path)
    if is_new and form.path.endswith("/"):
        form = replace(form, path=form.path + slug(form.title))
    action = visit.request.form.get("action", "save")
    if action == "live":
        _require_write(visit, form.path)
        return live_preview(visit, form)
    try:
        normalise_path(form.path)
        if action in ("merge", "look"):
            form = chosen_text(visit, form)
            return _saved(visit, _save(visit, form, form.base), form)
        if action != "save":
            return _form(visit, remember(visit, form), looking_at=action)
        return _saved(visit, _save(visit, form, form.base), form)
    except Invalid as error:
        return _form(visit, remember(visit, form), errors=(FieldError(error.field, error.why),), status=422)
    except Restrained as stopped:
        errors = (FieldError("text", str(stopped)),)
        return _form(visit, remember(visit, form), errors=errors, status=stopped.status)
    except EditConflict as conflict:
        return both_texts(visit, remember(visit, whole_form(visit, form)), conflict)
    except (Conflict, Forbidden, NotFound):
        remember(visit, form)
        raise


def _save(visit: Visit, form: EditForm, base: int | None) -> Saved:
    text = whole_text(visit, form) if form.section else _with_newlines_of_base(visit, form)
    with visit.change() as tx:
        edit = Edit(form.path, text, form.title, form.tags.split(","), form.comment, base, small=form.small)
        saved = save_page(tx, edit, max_bytes=visit.settings.max_page_bytes)
        note_saved(tx, form.draft, form.kept)
        return saved


def _with_newlines_of_base(visit: Visit, form: EditForm) -> str:
    """The text with the line ends its page has: browsers send their own, and not every line of a page may change."""
    if form.base is None:
        return form.text
    view = find_page(visit.connection, visit.wiki.id, form.path, visit.actor)
    if view is None or view.hidden:
        return form.text
    return with_ends_of(text_of(visit.connection, view), form.text)


def _saved(visit: Visit, saved: Saved, form: EditForm) -> Response:
    done = "created" if saved.created else "merged" if saved.merged and saved.changed else "saved"
    if not saved.changed:
        done = "unchanged"
    if saved.created and (screen := visit.request.args.get("help")):  # written for a screen that had none
        error = visit.request.args.get("error", "")[:60] or None
        return visit.go(visit.url("help_settings", path=saved.path, endpoint=screen[:200], error=error))
    arrived = f"arrived={form.draft}&" if form.kept and re.fullmatch(r"[\w-]+", form.draft, re.ASCII) else ""
    place = f"#{quote(form.section)}" if form.section else ""
    return visit.go(f"{visit.url.page(saved.path)}?{arrived}done={done}{place}")


def keep_sent(visit: Visit) -> Response:
    """Keep what an editor holds just now."""
    return keep(visit, _form_sent(visit, is_new=not visit.request.form.get("base"), path=None))


def compare_sent(visit: Visit) -> Response:
    """What an editor's text changes in the page as it is now."""
    return compare(visit, _form_sent(visit, is_new=not visit.request.form.get("base"), path=None))


def _form(
    visit: Visit,
    form: EditForm,
    *,
    errors: tuple[FieldError, ...] = (),
    looking_at: str = "",
    merged: str | None = None,
    offered: tuple[Start, ...] = (),
    status: int = 200,
) -> Response:
    path = form.path.strip("/")
    form = form if form.draft else replace(form, draft=new_tab())
    before = _base_text(visit, form) if looking_at else ""
    preview = shown_preview(visit, form) if looking_at == "preview" else None
    changes = difference(before, form.text) if looking_at == "changes" else None
    return visit.show(
        "kbwiki/edit.html",
        title=_heading(form),
        section="edit",
        status=status,
        form=form,
        preview_html=preview,
        difference=changes,
        errors=errors,
        advice=_advice(visit, form),
        hints=_hints(visit, form) if looking_at in ("preview", "check") else None,
        checks=gives_hints(visit),
        typed=typed_form(visit, form.text) if not form.section else None,
        drafts=_offered(visit, form),
        **kept_here(visit),
        comments=comments_for(before, form.text) if looking_at else (),
        starts=offered,
        toolbar=toolbar(visit),
        responsible=_looking(visit, path),
        merged=merged,
        can_write=True,
        file_most_bytes=visit.settings.max_file_bytes,
        file_most=file_size(visit.settings.max_file_bytes),
        cancel_url=visit.url("home", new=1) if form.is_new else visit.url.page(form.path),
    )


def _looking(visit: Visit, path: str) -> Sequence[str]:
    """The groups that will look at it afterwards."""
    if is_unwatched(visit, path):
        return ()
    return responsible_groups(visit.connection, [find_space(visit.connection, visit.wiki.id, path)])


def _heading(form: EditForm) -> str:
    if form.is_new:
        return kb_t("New [page]")
    if form.section:
        return kb_t("[Edit] “{section}” in {title}", section=form.section_title, title=form.title)
    return kb_t("[Edit] {title}", title=form.title)


def _offered(visit: Visit, form: EditForm) -> tuple[Offer, ...]:
    """What was begun here before; what is in the form already is not offered once more."""
    if visit.request.method == "POST":
        return ()
    view = None if form.is_new else find_page(visit.connection, visit.wiki.id, form.path, visit.actor)
    return tuple(one for one in offers(visit, view, form.path.strip("/")) if one.tab != form.draft)


def _hints(visit: Visit, form: EditForm) -> tuple[Hint, ...] | None:
    """What plugins advise; None where there is nobody to ask."""
    if not gives_hints(visit):
        return None
    return hints_for(visit, draft_of(visit, form.path.strip("/"), form.title, form.text, is_new=form.is_new))


def toolbar(visit: Visit) -> tuple[ToolbarButton, ...]:
    """The buttons above the text that plugins bring."""
    if not visit.wiki.plugins.uses("toolbar_buttons"):
        return ()
    given: list[ToolbarButton] = [one.value for one in visit.wiki.plugins.declared("toolbar_buttons")]
    return tuple(one for one in given if 0 < len(one.label) <= LONGEST_LABEL)[:MOST]


def _advice(visit: Visit, form: EditForm) -> tuple[str, ...]:
    if not form.is_new or not form.path:
        return ()
    try:
        alike = look_alikes(visit.connection, visit.wiki.id, normalise_path(form.path), visit.actor)
    except Invalid:
        return ()
    return tuple(
        kb_t("There is already [a page] “{title}” at {path}. Is that the one you mean?", title=title, path=path)
        for path, title in alike
    )


def _base_text(visit: Visit, form: EditForm) -> str:
    if form.section:
        return section_before(visit, form)
    view = find_page(visit.connection, visit.wiki.id, form.path, visit.actor) if not form.is_new else None
    if view is None or form.base is None:
        return ""
    return text_of(visit.connection, get_by_id(visit.connection, visit.wiki.id, view.id, form.base, visit.actor))
