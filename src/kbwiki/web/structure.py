"""Moving, deleting and bringing back pages."""

from __future__ import annotations

from flask import Response

from ..errors import Conflict, Invalid
from ..pages.actions import bring_back, delete_page
from ..pages.paths import normalise_path
from ..pages.queries.view import get_page
from ..several.acts import move_one
from .consequences import delete_preview, move_preview
from .forms import FieldError
from .histories import view_of
from .restraints import as_restrained, restraint_line
from .visit import Visit
from .words import kb_t


def move(visit: Visit, path: str) -> Response:
    """Show what a move takes along; on POST, move."""
    if visit.request.method != "POST":
        return _move_form(visit, path, path, ())
    target = visit.request.form.get("path", "")
    if visit.request.form.get("action") == "preview":
        return _move_form(visit, path, target, ())
    try:
        with visit.change() as tx:
            batch, new = move_one(tx, path, target, comment=visit.request.form.get("comment", ""))
    except Invalid as error:
        return _move_form(visit, path, target, (FieldError(error.field, error.why),), status=422)
    except Conflict as error:
        return _move_form(visit, path, target, (FieldError("path", str(error)),), status=409)
    return visit.go(f"{visit.url.page(new)}?done=moved&batch={batch}")


def _move_form(
    visit: Visit, path: str, target: str, errors: tuple[FieldError, ...], *, status: int = 200
) -> Response:
    view = as_restrained(visit, get_page(visit.connection, visit.wiki.id, path, visit.actor))
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
        preview=move_preview(visit, view, new),
        is_elsewhere=new != path,
        errors=errors,
        restraint=restraint_line(visit, view),
        can_write=view.can_write,
        cancel_url=visit.url.page(path),
    )


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
        preview=delete_preview(visit, view),
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
