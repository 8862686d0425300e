"""How far somebody got on their practice page: what they did there is all that is kept of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from ..models import Page, Revision
from ..policy import Kind

_KINDS = (
    select(Revision.kind)
    .join(Page, Page.id == Revision.page_id)
    .where(Page.wiki_id == bindparam("wiki_id"), Page.path == bindparam("path"), ~Page.deleted)
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Practised:
    """Whether the page is there, whether it was changed, and whether a change was taken back."""

    begun: bool
    changed: bool
    undone: bool


def practised(connection: Connection, wiki_id: int, path: str) -> Practised:
    """What has been done on the practice page at `path`; one query."""
    kinds = set(connection.execute(_KINDS, {"wiki_id": wiki_id, "path": path}).scalars())
    return Practised(bool(kinds), Kind.EDIT in kinds, not kinds.isdisjoint({Kind.UNDO, Kind.RESTORE}))
