"""The merge view: both texts of the same words, and what their author made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from flask import Response

from ..pages.actions import EditConflict
from ..pages.actions.save import side_by_side
from ..pages.diff import Run, difference
from ..pages.line_ends import plain_ends
from ..pages.merge import Agreed, Clash, Merge, filled, merge, resolve, together
from ..pages.queries.view import PageView, find_deleted, find_page, get_by_id, text_of
from ..pages.texts import load_texts
from .drafting import kept_here
from .forms import EditForm, whole_number
from .visit import Visit
from .words import kb_t, who

CHOICES = ("mine", "theirs", "both", "other", "together", "hand")
"""What can stand at a place: one text, both in either order, both word by word, or what the author makes of them."""


@dataclass(frozen=True, slots=True)
class MergeChunk:
    """A part of both texts, as the merge view shows it; `index` counts the clashes.

    `texts` are what each choice would put there, `mine_runs` and `theirs_runs` each side with what it changed marked,
    `chosen` what was chosen so far, and `hand` what its author wrote for this place.
    """

    kind: str
    text: str
    mine: str
    theirs: str
    base: str
    index: int
    texts: Mapping[str, str]
    mine_runs: tuple[Run, ...] = ()
    theirs_runs: tuple[Run, ...] = ()
    chosen: str = ""
    hand: str = ""


def both_texts(visit: Visit, form: EditForm, conflict: EditConflict) -> Response:
    """Both texts side by side: the author picks, nothing is saved until then, and nothing is lost."""
    path, wiki_id = conflict.path, visit.wiki.id
    view = find_page(visit.connection, wiki_id, path, visit.actor)
    view = view or find_deleted(visit.connection, wiki_id, path, visit.actor)
    theirs = ""
    if view is not None and not view.deleted and not view.hidden:
        theirs = text_of(visit.connection, view)
    chunks = chunks_of(conflict.merge, _sent(visit, conflict))
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
        chunks=chunks,
        result=_result(chunks),
        mine_text=form.text,
        theirs_text=theirs,
        form=replace(form, path=path),
        **kept_here(visit),
        can_write=True,
        cancel_url=visit.url.page(path),
    )


def _sent(visit: Visit, conflict: EditConflict) -> Mapping[str, str]:
    """What was chosen before, where it was chosen between the same two texts."""
    sent = visit.request.form
    is_same = whole_number(sent.get("current", "")) == conflict.current and sent.get("action") in ("merge", "look")
    return sent if is_same else {}


def chunks_of(outcome: Merge, sent: Mapping[str, str] = MappingProxyType({})) -> tuple[MergeChunk, ...]:
    """The parts of a merge, numbered, as templates receive them."""
    chunks: list[MergeChunk] = []
    index = 0
    for chunk in outcome.chunks:
        if isinstance(chunk, Agreed):
            chunks.append(MergeChunk("agreed", chunk.text, "", "", "", -1, {}))
            continue
        chosen = sent.get(f"choice-{index}", "")
        texts = _texts(chunk)
        chunks.append(
            MergeChunk(
                "clash", "", chunk.mine, chunk.theirs, chunk.base, index, texts,
                _marked(chunk.base, chunk.mine), _marked(chunk.base, chunk.theirs),
                chosen if chosen in texts or chosen == "hand" else "",
                plain_ends(sent.get(f"hand-{index}", chunk.mine)),
            )
        )  # fmt: skip
        index += 1
    return tuple(chunks)


def _texts(clash: Clash) -> dict[str, str]:
    """What each choice puts at a place; only those that differ from the ones before them."""
    one = Merge((clash,), by_words=False)
    swapped = Merge((Clash(clash.base, clash.theirs, clash.mine),), by_words=False)
    texts = {"mine": clash.mine, "theirs": clash.theirs}
    joined = together(clash)
    if joined is not None:
        texts["together"] = joined
    for name, text in (("both", resolve(one, ["both"])), ("other", resolve(swapped, ["both"]))):
        if text not in texts.values():
            texts[name] = text
    return texts


def _marked(base: str, text: str) -> tuple[Run, ...]:
    """The text with what is new in it, and what it took out, marked word by word."""
    runs: list[Run] = []
    for hunk in difference(base, text, context=None).hunks:
        for row in hunk.rows:
            if row.kind == "changed":
                runs += _both_sides(row.before or (), row.after or ())
            else:
                runs += row.after or row.before or ()
    return tuple(runs)


def _both_sides(before: tuple[Run, ...], after: tuple[Run, ...]) -> list[Run]:
    """One line of both sides as one: what went stands before what came in its place."""
    gone, runs = list(before), []
    for run in after:
        while gone and gone[0].kind == "removed":
            runs.append(gone.pop(0))
        if run.kind == "same" and gone and gone[0].kind == "same":
            gone.pop(0)
        runs.append(run)
    return [*runs, *(run for run in gone if run.kind == "removed")]


def _result(chunks: tuple[MergeChunk, ...]) -> str | None:
    """The whole text as it was chosen; None while something is left to choose."""
    if not any(one.chosen for one in chunks) or any(one.kind == "clash" and not one.chosen for one in chunks):
        return None
    return "".join(
        one.text if one.kind == "agreed" else ended(one.hand, one) if one.chosen == "hand" else one.texts[one.chosen]
        for one in chunks
    )


def ended(text: str, place: MergeChunk | Clash) -> str:
    """What somebody wrote for a place, with the end of line that the texts there have."""
    wants = (place.mine or place.theirs).endswith("\n") and bool(text)
    return text + "\n" if wants and not text.endswith("\n") else text


def chosen_text(visit: Visit, form: EditForm) -> EditForm:
    """The form with the text its author chose in the merge view, against the revision they chose it against.

    Errors: EditConflict when a part is left without a choice, or when they only want to look at what they chose. When
    the page moved on while they chose, saving merges what they made with what is new.
    """
    current = whole_number(visit.request.form.get("current", ""))
    view = find_page(visit.connection, visit.wiki.id, form.path, visit.actor)
    if view is None or current is None or not 0 < current <= view.number:
        return form
    seen = get_by_id(visit.connection, visit.wiki.id, view.id, current, visit.actor)
    if seen.hidden or seen.deleted or view.hidden:
        return form
    outcome = _merge_shown(visit, seen, form)
    texts = _chosen(outcome, visit.request.form)
    if texts is None or visit.request.form.get("action") == "look":
        said = kb_t("Please choose for every part: yours, theirs or both.")
        raise EditConflict(said, view.path, form.base, current, outcome)
    return replace(form, text=filled(outcome, texts), base=current)


def _chosen(outcome: Merge, sent: Mapping[str, str]) -> list[str] | None:
    """The text for each place; None when one has no choice."""
    clashes = [chunk for chunk in outcome.chunks if isinstance(chunk, Clash)]
    found: list[str] = []
    for index, clash in enumerate(clashes):
        choice = sent.get(f"choice-{index}", "")
        options = _texts(clash)
        options["hand"] = ended(plain_ends(sent.get(f"hand-{index}", "")), clash)
        options.setdefault("both", options["mine"])  # said otherwise: both have the same words
        if choice not in options:
            return None
        found.append(options[choice])
    return found


def _merge_shown(visit: Visit, seen: PageView, form: EditForm) -> Merge:
    theirs = text_of(visit.connection, seen)
    if form.base is None:
        return side_by_side(form.text, theirs)
    base = get_by_id(visit.connection, visit.wiki.id, seen.id, form.base, visit.actor)
    if base.hidden:
        return side_by_side(form.text, theirs)
    return merge(load_texts(visit.connection, [base.text_digest])[base.text_digest], form.text, theirs)
