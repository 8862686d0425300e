"""What screens say of practice pages."""

from __future__ import annotations

from ..moderation.queries.state import was_ever_reviewed
from ..pages.practice import is_practice, practice_path
from .visit import Visit
from .words import kb_t


def is_own(visit: Visit, path: str) -> bool:
    """Whether it is the visitor's own practice page."""
    return bool(path) and practice_path(visit.settings, visit.actor) == path


def is_unwatched(visit: Visit, path: str) -> bool:
    """Whether nobody has to look at what the visitor does there: it is theirs, and no group ever had to look."""
    return is_own(visit, path) and not was_ever_reviewed(visit.connection, visit.wiki.id, path)


def practice_line(visit: Visit, path: str) -> tuple[str, str, str | None, str] | None:
    """The line under the title of a practice page: text, kind, and a way on; None for any other page."""
    if is_own(visit, path):
        said = kb_t("Your practice [page]: nobody has to look at what you do here")
        return said, "none", visit.url("first_steps"), kb_t("Back to the first steps")
    if is_practice(visit.settings, path):
        return kb_t("Somebody's practice [page]: nobody looks after what it says"), "none", None, ""
    return None
