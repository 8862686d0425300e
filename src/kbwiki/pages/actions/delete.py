"""Deleting a page, and bringing it back. Neither loses anything: both are revisions."""

from __future__ import annotations

from dataclasses import replace

from ...db import Transaction
from ...errors import NotFound
from ..locking import find_deleted_locked, get_writable, require_writable
from ..paths import normalise_path
from ..policy import Kind, clean_comment
from ..state import write_state
from .save import Saved


def delete_page(tx: Transaction, path: str, *, comment: str = "") -> Saved:
    """Take the page at `path` out of sight; its history stays, and `bring_back` returns it. Errors: NotFound,
    Forbidden."""
    page = get_writable(tx, normalise_path(path))
    state = replace(page.state, deleted=True)
    number = write_state(tx, page, state, kind=Kind.DELETE, comment=clean_comment(comment))
    return Saved(page.id, state.path, number)


def bring_back(tx: Transaction, path: str, *, comment: str = "") -> Saved:
    """Return the page last deleted at `path`, as it was. Errors: NotFound, Forbidden, Conflict when the path is
    taken."""
    path = normalise_path(path)
    page = find_deleted_locked(tx, path)
    if page is None:
        raise NotFound("deleted page", path)
    require_writable(tx, page, path)
    state = replace(page.state, deleted=False)
    number = write_state(tx, page, state, kind=Kind.BRING_BACK, comment=clean_comment(comment))
    return Saved(page.id, path, number)
