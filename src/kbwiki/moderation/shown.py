"""What a moderator is shown of a review, computed the same way for the screen and for the decision."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ..errors import NotFound
from ..pages.models import Page, Revision
from .models import Decision, Review
from .policy import Shown, Verdict


def what_is_shown(connection: Connection, wiki_id: int, review_id: int) -> Shown:
    """The facts a decision on this review speaks about, as they are now. Errors: NotFound."""
    row = connection.execute(
        select(Review.base, Review.head, Page.id, Page.number, Page.path, Page.deleted)
        .join(Page, Page.id == Review.subject_id)
        .where(Review.id == review_id, Review.wiki_id == wiki_id, Review.subject_kind == "page")
    ).first()
    if row is None:
        raise NotFound("review", str(review_id))
    texts: dict[int, str] = {}
    hidden: list[int] = []
    revisions = connection.execute(
        select(Revision.number, Revision.text_digest, Revision.hidden).where(
            Revision.page_id == row.id,
            Revision.number >= row.base,
            Revision.number <= row.head,
        )
    )
    for revision in revisions:
        texts[revision.number] = revision.text_digest.hex()
        if revision.hidden:
            hidden.append(revision.number)
    return Shown(
        review_id=review_id,
        base=row.base,
        head=row.head,
        number=row.number,
        path=row.path,
        deleted=row.deleted,
        base_text=texts.get(row.base, ""),
        head_text=texts.get(row.head, ""),
        hidden=tuple(sorted(hidden)),
    )


@dataclass(frozen=True, slots=True)
class StandingHide:
    """A decision that hid something, and the numbers of the page's revisions it keeps hidden."""

    id: int
    hidden: range


def standing_hides(connection: Connection, page_id: int) -> list[StandingHide]:
    """The decisions that hide something of the page now: those nobody has taken back, oldest first."""
    rows = connection.execute(
        select(Decision.id, Decision.verdict, Decision.base, Decision.head, Decision.result, Review.group)
        .join(Review, Review.id == Decision.review_id)
        .where(
            Review.subject_kind == "page",
            Review.subject_id == page_id,
            Decision.verdict.in_([Verdict.HIDE.value, Verdict.RESTORE.value]),
        )
        .order_by(Decision.id)
    )
    standing: dict[tuple[int, int, str], StandingHide] = {}
    for row in rows:
        # A group never gets the same range for review twice, so the range says which hiding was taken back.
        about = (row.base, row.head, row.group)
        if row.verdict == Verdict.HIDE:
            standing[about] = StandingHide(row.id, range(row.base + 1, row.result))
        else:
            standing.pop(about, None)
    return list(standing.values())
