"""Going back in the name of a group: taking versions out again, hiding them, and showing them again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func, select, update

from ..db import Transaction
from ..errors import Conflict
from ..wording import kb_t
from .locking import CurrentFile
from .models import FileVersion
from .policy import FileState, Kind
from .state import state_at, write_state


def take_out(tx: Transaction, file: CurrentFile, base: int, head: int, *, group: str, comment: str) -> int:
    """Give the file what it was before the versions after `base` up to `head`; the number of its newest version.

    What came after `head` stays: where that changed the same things, nothing is done. Errors: Conflict.
    """
    state = _without(tx, file, _visible_from(tx, file.id, base), head)
    if state == file.state:
        return file.number
    facts = {"base": base, "head": head}
    return write_state(tx, file, state, kind=Kind.REVERT, comment=comment, decided_by=group, facts=facts).number


def _visible_from(tx: Transaction, file_id: int, base: int) -> int:
    """The newest version up to `base` that is not hidden: going back never shows what is hidden. 0: there is none."""
    newest = select(func.max(FileVersion.number)).where(
        FileVersion.file_id == file_id, FileVersion.number <= base, ~FileVersion.hidden
    )
    return tx.connection.execute(newest).scalar() or 0


def _without(tx: Transaction, file: CurrentFile, base: int, head: int) -> FileState:
    now = file.state
    if base == 0:
        return replace(now, deleted=True)
    to, _ = state_at(tx.connection, file.id, base)
    was, _ = state_at(tx.connection, file.id, head)
    state = replace(
        now,
        path=to.path if now.path == was.path else now.path,
        deleted=to.deleted if now.deleted == was.deleted else now.deleted,
        alt=to.alt if now.alt == was.alt else now.alt,
    )
    if now.digest == was.digest:
        return _with_bytes_of(state, to)
    if to.digest == was.digest:
        return state
    raise Conflict(kb_t("The file was replaced again since, so this cannot be taken out by itself."))


def _with_bytes_of(state: FileState, other: FileState) -> FileState:
    return replace(
        state,
        digest=other.digest,
        size=other.size,
        media_type=other.media_type,
        width=other.width,
        height=other.height,
        text=other.text,
    )


def hide_versions(
    tx: Transaction, file: CurrentFile, base: int, head: int, *, group: str, comment: str
) -> tuple[int, list[int]]:
    """Hide the versions after `base` up to `head`, and those that go on with the same bytes or words; the file goes
    back to what it was before. The number of the version this makes, and which are hidden by it."""
    newly = _spoiled(tx, file, base, head)
    _flag(tx, file.id, newly, hidden=True)
    visible = _visible_from(tx, file.id, base)
    if file.number not in newly:
        state = file.state
    elif visible:
        to, _ = state_at(tx.connection, file.id, visible)
        state = replace(to, path=file.state.path, deleted=file.state.deleted or to.deleted)
    else:
        state = replace(file.state, deleted=True, alt="", text="")
    facts = {"base": base, "head": head}
    made = write_state(tx, file, state, kind=Kind.HIDE, comment=comment, decided_by=group, facts=facts).number
    if file.number in newly and not visible:
        _flag(tx, file.id, [made], hidden=True)  # its bytes are those that are hidden
        newly.append(made)
    return made, newly


def _spoiled(tx: Transaction, file: CurrentFile, base: int, head: int) -> list[int]:
    rows = tx.connection.execute(
        select(FileVersion.number, FileVersion.digest, FileVersion.alt, FileVersion.hidden)
        .where(FileVersion.file_id == file.id)
        .order_by(FileVersion.number)
    ).all()
    clean = {row.digest for row in rows if row.number <= base and not row.hidden}
    said = {row.alt for row in rows if row.number <= base and not row.hidden} | {""}
    dirty = {row.digest for row in rows if base < row.number <= head} - clean
    words = {row.alt for row in rows if base < row.number <= head} - said
    return [row.number for row in rows if base < row.number <= head or row.digest in dirty or row.alt in words]


def show_versions(
    tx: Transaction, file: CurrentFile, hidden: Iterable[int], made: int, *, group: str, comment: str
) -> int:
    """Show these versions again; where nothing was changed since they were hidden (by making version `made`), the file
    is again what it was. The number of the version this makes."""
    again = sorted(hidden)
    _flag(tx, file.id, again, hidden=False)
    state = state_at(tx.connection, file.id, made - 1)[0] if file.number == made else file.state
    return write_state(tx, file, state, kind=Kind.UNHIDE, comment=comment, decided_by=group).number


def _flag(tx: Transaction, file_id: int, numbers: list[int], *, hidden: bool) -> None:
    for start in range(0, len(numbers), 500):
        tx.connection.execute(
            update(FileVersion)
            .where(FileVersion.file_id == file_id, FileVersion.number.in_(numbers[start : start + 500]))
            .values(hidden=hidden)
        )
