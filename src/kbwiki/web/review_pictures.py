"""The pictures that a review is about, beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from ..file_subject import KIND
from ..files.queries import FileView, get_version
from ..moderation.queries.review import ReviewView
from .evidence import range_shown
from .visit import Visit
from .words import kb_t


@dataclass(frozen=True, slots=True)
class Side:
    """A file as it was or is. `url` shows its bytes; it is a picture, or something to open."""

    label: str
    url: str
    alt: str
    is_picture: bool
    width: int
    height: int


def pictures_of(visit: Visit, view: ReviewView, part: int | None) -> tuple[Side, ...]:
    """The file before (where there was one) and after, where its bytes changed; none of what is hidden or deleted."""
    if view.subject_kind != KIND:
        return ()
    base, head = range_shown(visit, view)
    base = base if part is None else part
    versions = {number: get_version(visit.connection, visit.wiki.id, view.subject_id, number, visit.actor)
                for number in {base, head} if number}  # fmt: skip
    after, before = versions.get(head), versions.get(base) if base != head else None
    if after is not None and before is not None and before.digest == after.digest:
        before = None
    sides = ((before, kb_t("Before")), (after, kb_t("After") if before is not None else kb_t("The file")))
    return tuple(_side(visit, file, label) for file, label in sides if file and file.digest and not file.deleted)


def _side(visit: Visit, file: FileView, label: str) -> Side:
    url = visit.url.raw(file.path, v=file.number)
    return Side(label, url, file.alt or file.name, file.is_picture, file.width, file.height)
