"""Moving, deleting and bringing back pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from ..errors import Conflict, Invalid
from ..pages.actions import bring_back, delete_page, move_page
from ..pages.paths import normalise_path
from ..pages.queries.lists import PageLine, backlinks, pages_below
from ..pages.queries.view import PageView, get_page
from .forms import FieldError
from .frame import TreeNode
from .histories import view_of
from .restraints import as_restrained, restraint_line
from .visit import Visit
from .words import kb_t


@dataclass(frozen=True, slots=True)
class BelowLine:
    """A page that moves along, and where to."""

    title: str
    path: str
    new_path: str


def move(visit: Visit, path: str) -> Response:
    """Show what a move takes along; on POST, move."""
    if visit.request.method != "POST":
        return _move_form(visit, path, path, ())
    target = visit.request.form.get("path", "")
    if visit.request.form.get("action") == "preview":
        return _move_form(visit, path, target, ())
    try:
        with visit.change() as tx:
            moved = move_page(tx, path, target, comment=visit.request.form.get("comment", ""))
    except Invalid as error:
        return _move_form(visit, path, target, (FieldError(error.field, error.why),), status=422)
    except Conflict as error:
        return _move_form(visit, path, target, (FieldError("path", str(error)),), status=409)
    return visit.go(f"{visit.url.page(next(iter(moved.pages.values())))}?done=moved")


def _move_form(
    visit: Visit, path: str, target: str, errors: tuple[FieldError, ...], *, status: int = 200
) -> Response:
    view = as_restrained(visit, get_page(visit.connection, visit.wiki.id, path, visit.actor))
    below = pages_below(visit.connection, visit.wiki.id, path, visit.actor)
    try:
        new = normalise_path(target)
    except Invalid:
        new = path
    return visit.show(
        "kbwiki/move.html",
        title=kb_t("Move {title}", title=view.title),
        section="edit",
        status=status,
        page=view_of(visit, view),
        form={"path": target, "comment": visit.request.form.get("comment", "")},
        below=tuple(BelowLine(one.title, one.path, new + one.path[len(path) :]) for one in below),
        links_count=len(_linking(visit, view)),
        errors=errors,
        restraint=restraint_line(visit, view),
        can_write=view.can_write,
        cancel_url=visit.url.page(path),
    )


def _linking(visit: Visit, view: PageView) -> list[PageLine]:
    visit.catch_up_links()
    return backlinks(visit.connection, visit.wiki.id, view.path, visit.actor)


def delete(visit: Visit, path: str) -> Response:
    """Show what links to the page; on POST, delete it."""
    if visit.request.method == "POST":
        with visit.change() as tx:
            deleted = delete_page(tx, path, comment=visit.request.form.get("comment", ""))
        return visit.go(visit.url.page(deleted.path))
    view = as_restrained(visit, get_page(visit.connection, visit.wiki.id, path, visit.actor))
    return visit.show(
        "kbwiki/delete.html",
        title=kb_t("Delete {title}", title=view.title),
        section="edit",
        page=view_of(visit, view),
        backlinks=tuple(
            TreeNode(one.path, one.title, visit.url.page(one.path), False, 0) for one in _linking(visit, view)
        ),
        below=len(pages_below(visit.connection, visit.wiki.id, path, visit.actor)),
        comment="",
        restraint=restraint_line(visit, view),
        can_write=view.can_write,
        cancel_url=visit.url.page(path),
    )


def bring_back_page(visit: Visit, path: str) -> Response:
    """Return a deleted page."""
    with visit.change() as tx:
        back = bring_back(tx, path, comment=visit.request.form.get("comment", ""))
    return visit.go(f"{visit.url.page(back.path)}?done=back")
