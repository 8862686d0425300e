"""What a moderator is shown of a review, computed the same way for the screen and for the decision."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ..errors import NotFound
from ..pages.models import Page, Revision
from .models import Review
from .policy import Shown


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
