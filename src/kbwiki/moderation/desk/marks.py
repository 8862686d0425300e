"""What one moderator has to do with reviews besides their group's duty, for lists to show on the lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, literal, select, union_all

from ...actors import Actor
from ...db import in_list
from ..models import Aside, Decision, DraftNote, Opinion, Review
from ..policy import Verdict
from ..transitions import State
from .access import ME, who_asks
from .aside import STILL_ASIDE


class Mark(StrEnum):
    """Why a review is on one's own desk."""

    ASIDE = "aside"
    ASKED = "asked"
    DRAFT = "draft"
    CONCERN = "concern"


_MARKS: Any = union_all(
    select(Aside.review_id, literal(Mark.ASIDE.value).label("mark"))
    .join(Review, Review.id == Aside.review_id)
    .where(Aside.actor_id == ME, in_list(Aside.review_id, "reviews"), STILL_ASIDE),
    select(Opinion.review_id, literal(Mark.ASKED.value)).where(
        Opinion.asked_id == ME, in_list(Opinion.review_id, "reviews"), Opinion.given_at.is_(None)
    ),
    select(DraftNote.review_id, literal(Mark.DRAFT.value)).where(
        DraftNote.actor_id == ME, in_list(DraftNote.review_id, "reviews")
    ),
    select(Decision.review_id, literal(Mark.CONCERN.value))
    .join(Review, Review.id == Decision.review_id)
    .where(
        Decision.actor_id == ME,
        in_list(Decision.review_id, "reviews"),
        Decision.verdict == Verdict.CONCERN.value,
        Review.state == State.CONCERN.value,
    ),
)


def marks_of(
    connection: Connection, wiki_id: int, actor: Actor, reviews: Sequence[int], now: datetime
) -> dict[int, frozenset[Mark]]:
    """What the actor has to do with each of these reviews; one query, none without reviews."""
    if not reviews:
        return {}
    found: dict[int, set[Mark]] = defaultdict(set)
    said = {**who_asks(wiki_id, actor), "reviews": list(reviews), "now": now}
    for review_id, mark in connection.execute(_MARKS, said):
        found[review_id].add(Mark(mark))
    return {review_id: frozenset(marks) for review_id, marks in found.items()}
