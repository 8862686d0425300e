"""Which authors of a review may be named, as SQL."""

from __future__ import annotations

from sqlalchemy import case, exists

from ...journal.models import ActorRow
from ...pages.models import Revision
from ..models import Decision, Evidence, Review, ReviewAuthor

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

_OF_THE_OBJECTOR = (
    (Decision.id == Evidence.decision_id)
    & (Decision.subject_kind == "page")
    & (Revision.page_id == Decision.subject_id)
    & (Revision.number <= Decision.head)
    & (Revision.actor_id == Evidence.actor_id)
)
_OBJECTOR_IS_HIDDEN = exists().where(
    _OF_THE_OBJECTOR, Revision.number >= Decision.base, Revision.author_hidden
) & ~exists().where(_OF_THE_OBJECTOR, Revision.number > Decision.base, ~Revision.author_hidden)

SAID_BY = case(
    ((Evidence.kind == "answer") & AUTHOR_IS_HIDDEN, ""),
    ((Evidence.kind == "appeal") & _OBJECTOR_IS_HIDDEN, ""),
    else_=ActorRow.name,
).label("said_by")
"""Who said something about a review, '' where the name would say who wrote what hides its author: only authors answer
concerns and object.

Use it where `Evidence` is joined with its `Review`, its `ActorRow` and, from outside, with its `ReviewAuthor`.
"""
