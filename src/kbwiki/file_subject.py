"""Files as a subject of review: here, since files and moderation do not know each other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from .db import Transaction
from .errors import NotFound
from .files.hiding import hide_versions, show_versions, take_out
from .files.locking import find_locked, get_locked
from .files.models import File, FileVersion
from .files.state import KIND
from .moderation.evidence import Reported, report_about
from .moderation.policy import acted_on
from .moderation.subjects import Place
from .pages.paths import normalise_path
from .spaces.policy import Right
from .spaces.queries import has_right
from .wording import kb_t
from .wording.amounts import file_size

__all__ = ["KIND", "FileSubject", "report_file"]

_PLACE = select(File.path, File.space_id, File.number, File.deleted).where(File.id == bindparam("file_id"))
_RANGE = (
    select(FileVersion)
    .where(
        FileVersion.file_id == bindparam("file_id"),
        FileVersion.number >= bindparam("base"),
        FileVersion.number <= bindparam("head"),
    )
    .order_by(FileVersion.number)
)
_STATE = ("path", "deleted", "alt", "digest")


def report_file(tx: Transaction, path: str, reason: str, text: str) -> list[int]:
    """A reader says that something is wrong with a file; see `evidence.report`. Errors: NotFound, Invalid."""
    file = find_locked(tx, normalise_path(path))
    if file is None or not has_right(tx.connection, file.space_id, Right.READ, tx.actor):
        raise NotFound("file", path)
    last = select(FileVersion.actor_id).where(FileVersion.file_id == file.id, FileVersion.number == file.number)
    author_id = int(tx.connection.execute(last).scalar_one())
    return report_about(tx, Reported(KIND, file.id, file.space_id, file.number, author_id), reason, text)


class FileSubject:
    """Files: their versions are their states. What can be read in them is shown as text, the rest by what is known."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Where the file is now. Errors: NotFound."""
        row = connection.execute(_PLACE, {"file_id": subject_id}).first()
        if row is None:
            raise NotFound("file", str(subject_id))
        return Place(row.path.rpartition("/")[2], row.path, row.space_id, row.number, row.deleted)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the file's row."""
        get_locked(tx, subject_id)

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """All that the versions from `base` to `head` say, bytes by digest, and whether they are hidden."""
        base, head = acted_on(base, head)
        return [
            [row.number, row.kind, row.path, row.deleted, row.alt, row.digest.hex(), row.size, row.hidden]
            for row in self._rows(connection, subject_id, base, head)
        ]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """What is known of the file before and after, and its text where it is one; None when either is hidden."""
        base, head = acted_on(base, head)
        rows = {row.number: row for row in self._rows(connection, subject_id, base, head)}
        if any(rows[number].hidden for number in (base, head) if number in rows):
            return None
        return tuple(_said(rows[number]) if number in rows else "" for number in (base, head))  # type: ignore[return-value]

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether bytes, description, address and presence at `head` are what they were at `base`."""
        rows = {row.number: row for row in self._rows(connection, subject_id, base, head)}
        if base not in rows or head not in rows:
            return False
        return all(getattr(rows[base], name) == getattr(rows[head], name) for name in _STATE)

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Give the file what it was before. Errors: Conflict when it was replaced again since."""
        return take_out(tx, get_locked(tx, subject_id), base, head, group=group, comment=comment)

    def hide(
        self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str
    ) -> tuple[int, list[int]]:
        """Hide the versions of the range, and those that go on with their bytes or words."""
        return hide_versions(tx, get_locked(tx, subject_id), base, head, group=group, comment=comment)

    def show(self, tx: Transaction, subject_id: int, hidden: list[int], made: int, *, group: str, comment: str) -> int:
        """Show these versions again."""
        return show_versions(tx, get_locked(tx, subject_id), hidden, made, group=group, comment=comment)

    @staticmethod
    def _rows(connection: Connection, file_id: int, base: int, head: int) -> list[Any]:
        return list(connection.execute(_RANGE, {"file_id": file_id, "base": base, "head": head}))


def _said(row: Any) -> str:
    """A version as lines of text."""
    if row.deleted:
        return ""
    lines = [
        kb_t("File: {path}", path=row.path),
        kb_t("Kind: {media_type}", media_type=row.media_type),
        kb_t("Size: {size}", size=file_size(row.size)),
    ]
    if row.width:
        lines.append(kb_t("Picture: {width} × {height} dots", width=row.width, height=row.height))
    lines += [kb_t("What it shows: {alt}", alt=row.alt or "–"), f"SHA-256: {row.digest.hex()}"]
    if row.comment:
        lines.append(kb_t("[Comment]: {comment}", comment=row.comment))
    return "\n".join(lines) + "\n" + (f"\n{row.text.rstrip()}\n" if row.text else "")
