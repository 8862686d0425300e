"""The history of a page: its revisions, an old revision, going back to it, and undoing one change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response
from markupsafe import Markup

from ..errors import NotFound
from ..moderation.looks import groups_that_may_look, may_look
from ..moderation.queries.around import waiting_for
from ..moderation.queries.outcomes import Outcome, outcome_of, outcomes
from ..pages.actions import EditConflict, restore_revision, undo_change
from ..pages.diff import Difference, difference
from ..pages.merge import merge
from ..pages.queries.history import RevisionLine
from ..pages.queries.history import history as revisions
from ..pages.queries.view import PageView, get_any_page, get_by_id, titles_above
from ..pages.texts import load_texts
from ..wording.kept import keep
from .forms import number
from .merging import MergeChunk, chunks_of
from .reading import crumbs, show_page
from .restraints import as_restrained
from .visit import Visit
from .words import N_, did, kb_t, when, who

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One revision in the history."""

    number: int
    kind: str
    author: str
    at: datetime
    when: Markup
    comment: str
    size: int
    delta: int
    hidden: bool
    hidden_parts: tuple[str, ...]
    state: str
    url: str
    diff_url: str
    undo_url: str | None
    restore_url: str | None
    look_url: str | None
    describe: str


def history(visit: Visit, path: str) -> Response:
    """Every revision of the page, newest first."""
    view = as_restrained(visit, get_any_page(visit.connection, visit.wiki.id, path, visit.actor))
    newest = min(visit.request.args.get("from", view.current, type=number), view.current)
    lines = revisions(visit.connection, view.id, newest, PER_PAGE)
    reviews = outcomes(visit.connection, [view.id]).get(view.id, [])
    lookers = lookers_of(visit, view) if any(_hidden_parts(line) for line in lines) else frozenset()
    older = newest - PER_PAGE
    return visit.show(
        "kbwiki/history.html",
        title=kb_t("[History] of {title}", title=view.title),
        section="history",
        page=view_of(visit, view),
        entries=tuple(_entry(visit, view, line, reviews, lookers) for line in lines),
        older_url=visit.url("history", path=path, **{"from": older}) if older > 0 else None,
        newer_url=_newer(visit, path, newest, view.current),
        can_write=view.can_write,
    )


def _newer(visit: Visit, path: str, newest: int, current: int) -> str | None:
    if newest >= current:
        return None
    return visit.url("history", path=path, **{"from": min(newest + PER_PAGE, current)})


@dataclass(frozen=True, slots=True)
class PageHead:
    """The page above a screen about it."""

    path: str
    title: str
    url: str
    number: int
    deleted: bool
    crumbs: tuple[object, ...]
    hidden: bool = False


def view_of(visit: Visit, view: PageView) -> PageHead:
    """The page as screens about it name it."""
    return PageHead(
        view.path,
        view.title,
        visit.url.page(view.path),
        view.number,
        view.deleted,
        crumbs(visit, view.path, titles_above(visit.connection, visit.wiki.id, view.path, visit.actor)),
        view.hidden,
    )


def _entry(
    visit: Visit, view: PageView, line: RevisionLine, reviews: list[Outcome], lookers: frozenset[str] = frozenset()
) -> HistoryEntry:
    url, number = visit.url, line.number
    may_undo = view.can_write and not line.hidden
    return HistoryEntry(
        number=number,
        kind=line.kind,
        author=who(line.author),
        at=line.at,
        when=when(line.at, visit.now),
        comment=line.comment,
        size=line.size,
        delta=line.delta,
        hidden=line.hidden,
        hidden_parts=_hidden_parts(line),
        state=state_of(line, outcome_of(reviews, number)),
        url=url("revision", number=number, path=view.path),
        diff_url=url("diff", path=view.path, a=number - 1, b=number) if number > 1 else "",
        undo_url=url("undo", number=number, path=view.path) if may_undo and not line.deleted else None,
        restore_url=url("restore", number=number, path=view.path) if may_undo and number != view.current else None,
        look_url=look_url(visit, view.path, number, line.hidden_for, lookers) if _hidden_parts(line) else None,
        describe=did(line.kind, small=line.small),
    )


def _hidden_parts(line: RevisionLine) -> tuple[str, ...]:
    """What is hidden of a revision, in words."""
    flags = {
        N_("hidden"): line.hidden,
        N_("[comment] hidden"): line.comment_hidden,
        N_("author hidden"): line.author_hidden,
    }
    return tuple(kb_t(words) for words, is_set in flags.items() if is_set)


def lookers_of(visit: Visit, view: PageView) -> frozenset[str]:
    """The groups whose members may look at what is hidden of the page, where no single group kept it to itself."""
    return groups_that_may_look(visit.connection, view.id, view.space_id)


def look_url(visit: Visit, path: str, number: int, hidden_for: str | None, lookers: frozenset[str]) -> str | None:
    """Where to look at what is hidden of a revision (a POST: it is recorded); None for those who may not."""
    return visit.url("look", number=number, path=path) if may_look(visit.actor, hidden_for, lookers) else None


def state_of(line: RevisionLine, outcome: Outcome | None) -> str:
    """Whether people have looked at a change: 'looked at', 'waiting', or 'exempt' when no review is about it."""
    if outcome is None:
        return "exempt"
    return "waiting" if outcome.verdict is None else "looked at"


def revision(visit: Visit, number: int, path: str) -> Response:
    """An old revision, as it read."""
    now = get_any_page(visit.connection, visit.wiki.id, path, visit.actor)
    view = as_restrained(visit, get_by_id(visit.connection, visit.wiki.id, now.id, number, visit.actor))
    if view.hidden:
        raise NotFound("revision (it is hidden)", str(number))
    if "raw" in visit.request.args:
        text = load_texts(visit.connection, [view.text_digest])[view.text_digest]
        return Response(text, mimetype="text/plain")
    url = visit.url
    return show_page(
        visit,
        view,
        "kbwiki/revision.html",
        section="history",
        comment=view.comment,
        describe=did(view.kind),
        older_url=url("revision", number=number - 1, path=path) if number > 1 else None,
        newer_url=url("revision", number=number + 1, path=path) if number < view.current else None,
        current_url=url.page(path),
        diff_url=url("diff", path=path, a=number, b=view.current) if number < view.current else None,
        restore_url=url("restore", number=number, path=path) if view.can_write and number < view.current else None,
    )


def restore(visit: Visit, number: int, path: str) -> Response:
    """Go back to revision `number`, as a new revision."""
    comment = visit.request.form.get("comment", "") or keep(N_("Back to [revision] {number}"), number=number)
    with visit.change() as tx:
        saved = restore_revision(tx, path, number, comment=comment)
    return visit.go(f"{visit.url.page(saved.path)}?done=restored")


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """What undoing would do: the difference it makes when clean, else the parts that clash."""

    clean: bool
    difference: Difference | None
    conflicts: tuple[MergeChunk, ...]


def undo(visit: Visit, number: int, path: str) -> Response:
    """Show what undoing one change would do; on POST, do it."""
    if visit.request.method == "POST":
        comment = visit.request.form.get("comment", "") or keep(N_("Undo of [revision] {number}"), number=number)
        try:
            with visit.change() as tx:
                saved = undo_change(tx, path, number, comment=comment)
        except EditConflict:
            return _undo_preview(visit, number, path, status=409)
        gone = saved.number and _is_deleted(visit, saved.path)
        return visit.go(visit.url("history", path=saved.path) if gone else f"{visit.url.page(saved.path)}?done=undone")
    return _undo_preview(visit, number, path)


def _is_deleted(visit: Visit, path: str) -> bool:
    return get_any_page(visit.connection, visit.wiki.id, path, visit.actor).deleted


def _undo_preview(visit: Visit, number: int, path: str, *, status: int = 200) -> Response:
    now = as_restrained(visit, get_any_page(visit.connection, visit.wiki.id, path, visit.actor))
    about = get_by_id(visit.connection, visit.wiki.id, now.id, number, visit.actor)
    if about.hidden:
        raise NotFound("revision (it is hidden)", str(number))
    line = revisions(visit.connection, now.id, number, 1)[0]
    outcome = _undo_outcome(visit, now, about)
    return visit.show(
        "kbwiki/undo.html",
        title=kb_t("Undo a change of {title}", title=now.title),
        section="history",
        status=status,
        page=view_of(visit, now),
        entry=_entry(visit, now, line, []),
        outcome=outcome,
        pieces_url=None if outcome.clean else _pieces_url(visit, now, number),
        creates=number == 1,
        form={"comment": ""},
        can_write=now.can_write,
        cancel_url=visit.url("history", path=path),
    )


def _pieces_url(visit: Visit, page: PageView, number: int) -> str | None:
    """Where a moderator can take out pieces of the change, while a review of it waits for them."""
    waiting = waiting_for(visit.connection, visit.wiki.id, visit.actor, page.id, number)
    return visit.url("review_pieces", id=waiting) if waiting is not None else None


def _undo_outcome(visit: Visit, now: PageView, about: PageView) -> UndoOutcome:
    connection = visit.connection
    if about.number == 1:
        current = load_texts(connection, [now.text_digest])[now.text_digest]
        return UndoOutcome(True, difference(current, ""), ())
    before = get_by_id(connection, visit.wiki.id, now.id, about.number - 1, visit.actor)
    if before.hidden:
        raise NotFound("revision (it is hidden)", str(before.number))
    texts = load_texts(connection, [about.text_digest, before.text_digest, now.text_digest])
    current = texts[now.text_digest]
    outcome = merge(texts[about.text_digest], texts[before.text_digest], current)
    if outcome.clean:
        return UndoOutcome(True, difference(current, outcome.text), ())
    return UndoOutcome(False, None, tuple(one for one in chunks_of(outcome) if one.kind == "clash"))
