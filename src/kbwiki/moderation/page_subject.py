"""Pages as a subject of review."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..db import Transaction
from ..errors import NotFound
from ..pages.actions import merge_out
from ..pages.locking import get_locked
from ..pages.models import Page, Revision
from ..pages.policy import Kind
from ..pages.texts import load_texts
from .policy import acted_on
from .subjects import Place

KIND = "page"

_PLACE = select(Page.title, Page.path, Page.space_id, Page.number, Page.deleted).where(
    Page.id == bindparam("page_id")
)
_RANGE = (
    select(
        Revision.number,
        Revision.kind,
        Revision.path,
        Revision.title,
        Revision.tags,
        Revision.deleted,
        Revision.text_digest,
        Revision.hidden,
        Revision.comment_hidden,
        Revision.author_hidden,
        Revision.hidden_for,
    )
    .where(
        Revision.page_id == bindparam("page_id"),
        Revision.number >= bindparam("base"),
        Revision.number <= bindparam("head"),
    )
    .order_by(Revision.number)
)
_STATE = ("path", "title", "tags", "deleted", "text_digest")


class PageSubject:
    """Pages: their revisions are their states, and undoing merges a range out."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """Where the page is now. Errors: NotFound."""
        row = connection.execute(_PLACE, {"page_id": subject_id}).first()
        if row is None:
            raise NotFound("page", str(subject_id))
        return Place(row.title, row.path, row.space_id, row.number, row.deleted)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the page's row."""
        get_locked(tx, subject_id)

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """All that the revisions from `base` to `head` say, texts by digest, and what is hidden of them.

        Where there is only a report to look at, of the newest change: that is what is shown and acted on.
        """
        base, head = acted_on(base, head)
        return [
            [
                row.number,
                row.kind,
                row.path,
                row.title,
                list(row.tags),
                row.deleted,
                row.text_digest.hex(),
                row.hidden,
                row.comment_hidden,
                row.author_hidden,
                row.hidden_for,
            ]
            for row in self._rows(connection, subject_id, base, head)
        ]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The texts before and after; None when either is hidden, for looking at that is an act of its own."""
        base, head = acted_on(base, head)
        rows = {row.number: row for row in self._rows(connection, subject_id, base, head)}
        ends = [rows[number] for number in (base, head) if number in rows]
        if any(row.hidden for row in ends):
            return None
        texts = load_texts(connection, [row.text_digest for row in ends])
        before = texts[rows[base].text_digest] if base in rows else ""
        after = "" if rows[head].deleted else texts[rows[head].text_digest]
        return before, after

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether text, title, tags, address and presence at `head` are what they were at `base`."""
        rows = {row.number: row for row in self._rows(connection, subject_id, base, head)}
        if base not in rows or head not in rows:
            return False
        return all(getattr(rows[base], name) == getattr(rows[head], name) for name in _STATE)

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Merge the range out of the page. Errors: EditConflict when later changes build on the same words."""
        page = get_locked(tx, subject_id)
        undone = merge_out(tx, page, base, head, kind=Kind.REVERT, comment=comment, decided_by=group)
        return undone.number if undone is not None else page.number

    @staticmethod
    def _rows(connection: Connection, page_id: int, base: int, head: int) -> list[Any]:
        return list(connection.execute(_RANGE, {"page_id": page_id, "base": base, "head": head}))
