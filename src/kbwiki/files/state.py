"""The state of a file, and the one function through which every change of a file is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from ..db import Change, Transaction, insert_or_ignore, table_of
from ..errors import Conflict, NotFound
from ..pages.paths import look_alike, parent_of
from ..spaces.queries import find_space, hold_spaces
from ..wording import kb_t
from .locking import STATE_COLUMNS, CurrentFile, require_write
from .models import File, FileVersion
from .policy import FileState, Kind, found_by, words_digest

KIND = "file"
"""Files, as the journal names them."""

_AT_NUMBER = select(*STATE_COLUMNS, FileVersion.hidden).where(
    FileVersion.file_id == bindparam("file_id"), FileVersion.number == bindparam("number")
)
_REPEATED = ("digest", "size", "media_type", "width", "height", "alt")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What became of a change: it is live as version `number` of the file at `path`."""

    file_id: int
    path: str
    number: int
    created: bool = False
    changed: bool = True


def state_at(connection: Connection, file_id: int, number: int) -> tuple[FileState, bool]:
    """The state a version holds, and whether it is hidden. Errors: NotFound."""
    row = connection.execute(_AT_NUMBER, {"file_id": file_id, "number": number}).first()
    if row is None:
        raise NotFound("version of a file", str(number))
    values: list[Any] = list(row)
    return FileState(*values[:-1]), row.hidden


def create_file(tx: Transaction, state: FileState, *, comment: str) -> StoredFile | None:
    """Make a file with its first version; None when a live file took the path at the same moment."""
    hold_spaces(tx.connection, tx.wiki_id)
    space_id = find_space(tx.connection, tx.wiki_id, state.path)
    require_write(tx, space_id, state.path)
    row = {
        "wiki_id": tx.wiki_id,
        "space_id": space_id,
        "number": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        **_repeated(state),
    }
    file_id = tx.connection.execute(insert_or_ignore(tx.connection, File, File.id), row).scalar()
    if file_id is None:
        return None
    _insert_version(tx, int(file_id), 1, state, Kind.UPLOAD, comment)
    _record(tx, int(file_id), 1, (space_id,), state, Kind.UPLOAD, comment, None, {})
    return StoredFile(int(file_id), state.path, 1, created=True)


def write_state(
    tx: Transaction,
    file: CurrentFile,
    state: FileState,
    *,
    kind: Kind,
    comment: str,
    decided_by: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> StoredFile:
    """Give `file` a new version with `state` and record the change.

    The one road for every change of a file. Errors: Conflict when the path is taken, or when somebody was quicker.
    """
    number = file.number + 1
    moved = state.path != file.state.path
    if moved:
        hold_spaces(tx.connection, tx.wiki_id)
    space_id = find_space(tx.connection, tx.wiki_id, state.path) if moved else file.space_id
    if not state.deleted and (moved or file.state.deleted):
        _require_free(tx, file.id, state.path)
    _insert_version(tx, file.id, number, state, kind, comment)
    row = {"space_id": space_id, "number": number, "updated_at": tx.now, **_repeated(state)}
    stepped = update(table_of(File)).where(File.id == file.id, File.number == file.number)
    if tx.connection.execute(stepped.values(row)).rowcount != 1:
        raise Conflict(kb_t("Somebody else changed this file at the same moment. Please try again."))
    spaces = (space_id,) if space_id == file.space_id else (file.space_id, space_id)
    _record(tx, file.id, number, spaces, state, kind, comment, decided_by, facts or {})
    return StoredFile(file.id, state.path, number)


def _require_free(tx: Transaction, file_id: int, path: str) -> None:
    taken = select(File.id).where(File.wiki_id == tx.wiki_id, File.path == path, ~File.deleted, File.id != file_id)
    if tx.connection.execute(taken).first() is not None:
        raise Conflict(kb_t("There is already a file at “{path}”. Please choose another name.", path=path))


def _repeated(state: FileState) -> dict[str, Any]:
    return {
        "path": state.path,
        "parent": parent_of(state.path),
        "look_alike": look_alike(state.path),
        "deleted": state.deleted,
        "words": found_by(state),
        **{name: getattr(state, name) for name in _REPEATED},
    }


def _insert_version(tx: Transaction, file_id: int, number: int, state: FileState, kind: Kind, comment: str) -> None:
    tx.connection.execute(
        insert(table_of(FileVersion)),
        {
            "file_id": file_id,
            "number": number,
            "kind": kind.value,
            "actor_id": tx.actor_id,
            "at": tx.now,
            "comment": comment,
            "path": state.path,
            "deleted": state.deleted,
            "text": state.text,
            "hidden": False,
            **{name: getattr(state, name) for name in _REPEATED},
        },
    )


def _record(
    tx: Transaction,
    file_id: int,
    number: int,
    spaces: tuple[int, ...],
    state: FileState,
    kind: Kind,
    comment: str,
    decided_by: str | None,
    facts: Mapping[str, Any],
) -> None:
    tx.record(
        Change(
            kind=kind.value,
            subject_kind=KIND,
            subject_id=file_id,
            number=number,
            spaces=spaces,
            payload={
                "path": state.path,
                "bytes": state.digest.hex(),
                "size": state.size,
                "words": words_digest(state.alt, comment),
                "deleted": state.deleted,
                **facts,
            },
            decided_by=decided_by,
        )
    )
