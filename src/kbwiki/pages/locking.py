"""Pages locked for a change: whoever holds one of these is the only one who changes that page until the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, bindparam, select

from ..db import Transaction
from ..errors import Forbidden, NotFound
from ..spaces.policy import Right
from ..spaces.queries import has_right
from ..spaces.restraining import require_unrestrained, writable, writing
from ..wording import kb_t
from .models import Page, Redirect, Revision
from .policy import PageState


@dataclass(frozen=True, slots=True)
class CurrentPage:
    """A page as it is now, locked for the rest of the transaction; `writable` says whether its actor may change it."""

    id: int
    space_id: int
    number: int
    state: PageState
    writable: bool


_COLUMNS = (
    Page.id,
    Page.space_id,
    Page.number,
    Revision.path,
    Revision.title,
    Revision.tags,
    Revision.deleted,
    Revision.text_digest,
    Revision.size,
    writable(Page.wiki_id, Page.space_id, Page.path).label("writable"),
)
_CURRENT = select(*_COLUMNS).join(Revision, (Revision.page_id == Page.id) & (Revision.number == Page.number))
# Only the page row is locked: revisions never change, and locking a join would lock both.
_LOCKED = _CURRENT.with_for_update(of=Page)
_BY_PATH = _LOCKED.where(
    Page.wiki_id == bindparam("wiki_id"), Page.path == bindparam("path"), ~Page.deleted
)
_DELETED_BY_PATH = (
    _LOCKED.where(Page.wiki_id == bindparam("wiki_id"), Page.path == bindparam("path"), Page.deleted)
    .order_by(Page.updated_at.desc(), Page.id.desc())
    .limit(1)
)
_BY_REDIRECT = _LOCKED.join(Redirect, Redirect.page_id == Page.id).where(
    Redirect.wiki_id == bindparam("wiki_id"), Redirect.path == bindparam("path"), ~Page.deleted
)
_BY_ID = _LOCKED.where(Page.wiki_id == bindparam("wiki_id"), Page.id == bindparam("page_id"))


def _current(row: Any) -> CurrentPage:
    state = PageState(row.path, row.title, tuple(row.tags), row.deleted, row.text_digest, row.size)
    return CurrentPage(row.id, row.space_id, row.number, state, bool(row.writable))


def _lock(tx: Transaction, statement: Executable, key: Mapping[str, Any]) -> CurrentPage | None:
    key = {"wiki_id": tx.wiki_id, **key, **writing(tx)}
    row = tx.connection.execute(statement, key).first()
    if row is None and tx.connection.dialect.name == "postgresql":
        # Whoever we waited for gave the page a newer revision than this statement's snapshot has, so the row dropped
        # out of the join. The lock is ours by now: asking once more finds what they left.
        row = tx.connection.execute(statement, key).first()
    return _current(row) if row is not None else None


def find_locked(tx: Transaction, path: str, *, follow: bool = True) -> CurrentPage | None:
    """The live page at `path` (or, with `follow`, the one that moved away from there), locked, if there is one."""
    key = {"path": path}
    page = _lock(tx, _BY_PATH, key)
    return _lock(tx, _BY_REDIRECT, key) if page is None and follow else page


def find_deleted_locked(tx: Transaction, path: str) -> CurrentPage | None:
    """The page last deleted at `path`, locked; None when there is none."""
    return _lock(tx, _DELETED_BY_PATH, {"path": path})


def get_locked(tx: Transaction, page_id: int) -> CurrentPage:
    """The page with this id, deleted or not, locked. Errors: NotFound."""
    page = _lock(tx, _BY_ID, {"page_id": page_id})
    if page is None:
        raise NotFound("page", str(page_id))
    return page


def get_writable(tx: Transaction, path: str) -> CurrentPage:
    """The live page at `path`, locked, that the actor may change. Errors: NotFound, Forbidden."""
    page = find_locked(tx, path)
    if page is None:
        raise NotFound("page", path)
    require_writable(tx, page, path)
    return page


def require_writable(tx: Transaction, page: CurrentPage, path: str) -> None:
    """Errors: those of `require_write`, for a page that was read with what its actor may do."""
    if not page.writable:
        require_write(tx, page.space_id, path, at=page.state.path)


def require_write(tx: Transaction, space_id: int, path: str, *, at: str | None = None) -> None:
    """Errors: NotFound when the actor may not even read there, Forbidden when reading is all they may, or when the
    place (`at`, where it is not `path` itself) is locked or the actor restricted for a time."""
    if has_right(tx.connection, space_id, Right.WRITE, tx.actor):
        require_unrestrained(tx, space_id, path if at is None else at)
        return
    if not has_right(tx.connection, space_id, Right.READ, tx.actor):
        raise NotFound("page", path)
    if tx.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to change this [page]."))
    raise Forbidden(kb_t("You can read this [page], but changing it is for other [groups]."))
