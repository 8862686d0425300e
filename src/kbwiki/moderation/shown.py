"""What a moderator is shown of a review, computed the same way for the screen and for the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ..errors import NotFound
from .models import Decision, Review
from .policy import Shown, Verdict
from .subjects import Subjects


def what_is_shown(
    connection: Connection, wiki_id: int, review_id: int, subjects: Subjects, *, head: int | None = None
) -> Shown:
    """The facts a decision on this review speaks about, as they are now. Errors: NotFound.

    With `head`, of the part up to there only: what somebody saw before the rest came.
    """
    review = connection.execute(select(Review).where(Review.id == review_id, Review.wiki_id == wiki_id)).first()
    if review is None:
        raise NotFound("review", str(review_id))
    return shown_of(connection, review, subjects, head=head)


def shown_of(connection: Connection, review: Any, subjects: Subjects, *, head: int | None = None) -> Shown:
    """The same, of a review row."""
    subject = subjects[review.subject_kind]
    place = subject.place(connection, review.subject_id)
    upto = review.head if head is None else head
    return Shown(
        review_id=review.id,
        base=review.base,
        head=upto,
        version=review.version,
        state=review.state,
        number=place.number,
        path=place.path,
        deleted=place.deleted,
        facts=subject.facts(connection, review.subject_id, review.base, upto),
    )


@dataclass(frozen=True, slots=True)
class StandingHide:
    """A decision that hid something, and the numbers of the page's revisions it keeps hidden."""

    id: int
    hidden: range


def standing_hides(connection: Connection, page_id: int) -> list[StandingHide]:
    """The decisions that hide words of the page now: those nobody has taken back, oldest first."""
    later = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
    rows = connection.execute(
        select(Decision.id, Decision.base, Decision.result)
        .where(
            Decision.subject_kind == "page",
            Decision.subject_id == page_id,
            Decision.verdict == Verdict.HIDE.value,
            Decision.id.not_in(later),
        )
        .order_by(Decision.id)
    )
    return [StandingHide(row.id, range(row.base + 1, row.result)) for row in rows]
