"""Files locked for a change: whoever holds one of these is the only one who changes that file until the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, bindparam, select

from ..db import Transaction
from ..errors import Forbidden, NotFound
from ..pages.paths import look_alike
from ..spaces.policy import Right
from ..spaces.queries import has_right
from ..spaces.restraining import require_unrestrained
from ..wording import kb_t
from .models import File, FileVersion
from .policy import FileState

STATE_COLUMNS = (
    FileVersion.path,
    FileVersion.deleted,
    FileVersion.alt,
    FileVersion.digest,
    FileVersion.size,
    FileVersion.media_type,
    FileVersion.width,
    FileVersion.height,
    FileVersion.text,
)
"""What a state is made of, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class CurrentFile:
    """A file as it is now, locked for the rest of the transaction."""

    id: int
    space_id: int
    number: int
    state: FileState


_CURRENT = select(File.id, File.space_id, File.number, *STATE_COLUMNS).join(
    FileVersion, (FileVersion.file_id == File.id) & (FileVersion.number == File.number)
)
# Only the file's row is locked: versions never change.
_LOCKED = _CURRENT.with_for_update(of=File).where(File.wiki_id == bindparam("wiki_id"))
_BY_PATH = _LOCKED.where(File.path == bindparam("path"), ~File.deleted)
_BY_NAME = _LOCKED.where(File.look_alike == bindparam("key"), ~File.deleted).order_by(File.id).limit(1)
_DELETED = (
    _LOCKED.where(File.path == bindparam("path"), File.deleted)
    .order_by(File.updated_at.desc(), File.id.desc())
    .limit(1)
)
_BY_ID = _LOCKED.where(File.id == bindparam("file_id"))


def _lock(tx: Transaction, statement: Executable, key: Mapping[str, Any]) -> CurrentFile | None:
    key = {"wiki_id": tx.wiki_id, **key}
    row = tx.connection.execute(statement, key).first()
    if row is None and tx.connection.dialect.name == "postgresql":
        row = tx.connection.execute(statement, key).first()  # see pages.locking: the lock is ours by now
    return CurrentFile(row[0], row[1], row[2], FileState(*row[3:])) if row is not None else None


def find_locked(tx: Transaction, path: str) -> CurrentFile | None:
    """The live file at exactly `path`, locked, if there is one."""
    return _lock(tx, _BY_PATH, {"path": path})


def find_of_that_name(tx: Transaction, path: str) -> CurrentFile | None:
    """The live file at `path`, or at one that people could mistake for it (other case, other hyphens), locked."""
    return find_locked(tx, path) or _lock(tx, _BY_NAME, {"key": look_alike(path)})


def find_deleted_locked(tx: Transaction, path: str) -> CurrentFile | None:
    """The file last deleted at `path`, locked; None when there is none."""
    return _lock(tx, _DELETED, {"path": path})


def get_locked(tx: Transaction, file_id: int) -> CurrentFile:
    """The file with this id, deleted or not, locked. Errors: NotFound."""
    file = _lock(tx, _BY_ID, {"file_id": file_id})
    if file is None:
        raise NotFound("file", str(file_id))
    return file


def get_writable(tx: Transaction, path: str) -> CurrentFile:
    """The live file at `path`, locked, that the actor may change. Errors: NotFound, Forbidden."""
    file = find_locked(tx, path)
    if file is None:
        raise NotFound("file", path)
    require_write(tx, file.space_id, path)
    return file


def require_write(tx: Transaction, space_id: int, path: str) -> None:
    """Errors: NotFound when the actor may not even read there; Forbidden when reading is all they may, or when the
    place is locked or the actor restricted for a time."""
    if has_right(tx.connection, space_id, Right.WRITE, tx.actor):
        require_unrestrained(tx, space_id, path)
        return
    if not has_right(tx.connection, space_id, Right.READ, tx.actor):
        raise NotFound("file", path)
    if tx.actor.is_anonymous:
        raise Forbidden(kb_t("Please sign in to add or change files."))
    raise Forbidden(kb_t("You can read here, but adding and changing files is for other [groups]."))
