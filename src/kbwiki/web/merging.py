"""The merge view: both texts of the same words, and what their author made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response

from ..pages.actions import EditConflict
from ..pages.actions.save import side_by_side
from ..pages.merge import Agreed, Merge, merge, resolve
from ..pages.queries.view import PageView, find_deleted, find_page, get_by_id, text_of
from ..pages.texts import load_texts
from .forms import EditForm, whole_number
from .visit import Visit
from .words import kb_t, who


@dataclass(frozen=True, slots=True)
class MergeChunk:
    """A part of both texts, as the merge view shows it; `index` counts the clashes."""

    kind: str
    text: str
    mine: str
    theirs: str
    base: str
    index: int


def both_texts(visit: Visit, form: EditForm, conflict: EditConflict) -> Response:
    """Both texts side by side: the author picks, nothing is saved until then, and nothing is lost."""
    path, wiki_id = conflict.path, visit.wiki.id
    view = find_page(visit.connection, wiki_id, path, visit.actor)
    view = view or find_deleted(visit.connection, wiki_id, path, visit.actor)
    theirs = ""
    if view is not None and not view.deleted and not view.hidden:
        theirs = text_of(visit.connection, view)
    return visit.show(
        "kbwiki/merge.html",
        title=kb_t("Two changes to the same words"),
        section="edit",
        status=409,
        path=path,
        deleted=conflict.deleted,
        base_number=conflict.base,
        current_number=conflict.current,
        current_author=who(view.author) if view else "",
        chunks=chunks_of(conflict.merge),
        mine_text=form.text,
        theirs_text=theirs,
        form=replace(form, path=path),
        can_write=True,
        cancel_url=visit.url.page(path),
    )


def chunks_of(outcome: Merge) -> tuple[MergeChunk, ...]:
    """The parts of a merge, numbered, as templates receive them."""
    chunks = []
    index = 0
    for chunk in outcome.chunks:
        if isinstance(chunk, Agreed):
            chunks.append(MergeChunk("agreed", chunk.text, "", "", "", -1))
        else:
            chunks.append(MergeChunk("clash", "", chunk.mine, chunk.theirs, chunk.base, index))
            index += 1
    return tuple(chunks)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A text made from both, and the revision it was made against; `base` None leaves it to the edit's own."""

    text: str
    base: int | None


def chosen_text(visit: Visit, form: EditForm) -> Chosen:
    """What the author chose in the merge view. Errors: EditConflict when a part is left without a choice.

    When the page moved on (or was deleted) while they chose, it is their own text against their own base: saving
    that shows them both texts anew.
    """
    current = whole_number(visit.request.form.get("current", ""))
    view = find_page(visit.connection, visit.wiki.id, form.path, visit.actor)
    if view is None or view.hidden or current is None or view.number != current:
        return Chosen(form.text, form.base)
    outcome = _merge_shown(visit, view, form)
    clashes = sum(1 for chunk in outcome.chunks if not isinstance(chunk, Agreed))
    choices = [visit.request.form.get(f"choice-{index}", "") for index in range(clashes)]
    if any(choice not in ("mine", "theirs", "both") for choice in choices):
        raise EditConflict(
            kb_t("Please choose for every part: yours, theirs or both."), view.path, form.base, current, outcome
        )
    return Chosen(resolve(outcome, choices), current)  # type: ignore[arg-type]


def _merge_shown(visit: Visit, view: PageView, form: EditForm) -> Merge:
    theirs = text_of(visit.connection, view)
    if form.base is None:
        return side_by_side(form.text, theirs)
    base = get_by_id(visit.connection, visit.wiki.id, view.id, form.base, visit.actor)
    if base.hidden:
        return side_by_side(form.text, theirs)
    return merge(load_texts(visit.connection, [base.text_digest])[base.text_digest], form.text, theirs)
