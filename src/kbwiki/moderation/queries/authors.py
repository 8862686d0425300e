"""Which authors of a review may be named, as SQL."""

from __future__ import annotations

from sqlalchemy import exists

from ...pages.models import Revision
from ..models import Review, ReviewAuthor

_OF_THEIRS = (
    (Review.subject_kind == "page")
    & (Revision.page_id == Review.subject_id)
    & (Revision.number <= Review.head)
    & (Revision.actor_id == ReviewAuthor.actor_id)
)

AUTHOR_IS_HIDDEN = exists().where(
    _OF_THEIRS, Revision.number >= Review.base, Revision.author_hidden
) & ~exists().where(_OF_THEIRS, Revision.number > Review.base, ~Revision.author_hidden)
"""The author of `ReviewAuthor` is hidden in their review: it has changes that hide them, and none that names them.

Use it where `ReviewAuthor` is joined with its `Review`. (A review of a report alone is about the change at its base.)
"""
