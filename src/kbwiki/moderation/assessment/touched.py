"""Which live reviews journal entries have to do with: those of what was changed, decided, handed over or reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import aliased

from ...db import in_list
from ...journal.models import ActorRow
from ...journal.tail import Sealed
from ..models import IS_LIVE, Decision, Review, ReviewAuthor
from ..policy import Verdict
from ..rules.trust import LOSES

MOST_OF_AN_AUTHOR = 200
"""Among so many newest reviews of an author the live ones are assessed anew when one of their changes was taken out."""

_LIVE = select(Review.id, Review.subject_kind, Review.subject_id).where(
    Review.wiki_id == bindparam("wiki_id"), in_list(Review.subject_id, "ids"), IS_LIVE
)
_REVIEWS = select(Review.id, Review.subject_kind, Review.subject_id).where(in_list(Review.id, "ids"))
_TAKEN_BACK = aliased(Decision)
_DECISIONS = (
    select(
        Decision.id,
        Decision.subject_kind,
        Decision.subject_id,
        Decision.verdict,
        Decision.review_id,
        Decision.takes_back,
        _TAKEN_BACK.review_id.label("answered"),
    )
    .outerjoin(_TAKEN_BACK, _TAKEN_BACK.id == Decision.takes_back)
    .where(in_list(Decision.id, "ids"))
)
_AUTHORS = (
    select(ReviewAuthor.actor_id)
    .join(ActorRow, ActorRow.id == ReviewAuthor.actor_id)
    .where(ReviewAuthor.review_id == bindparam("review_id"), ActorRow.external_id != "")
)
_NEWEST = (
    select(ReviewAuthor.review_id)
    .where(ReviewAuthor.actor_id == bindparam("actor_id"))
    .order_by(ReviewAuthor.review_id.desc())
    .limit(MOST_OF_AN_AUTHOR)
    .subquery()
)
_OF_AUTHOR = select(Review.id).join(_NEWEST, _NEWEST.c.review_id == Review.id).where(IS_LIVE)

Subject = tuple[str, int]


def touched_reviews(connection: Connection, wiki_id: int, entries: Sequence[Sealed]) -> list[list[int]]:
    """For each entry, the ids of the live reviews whose risk it may have changed.

    These are the reviews of its subject, whoever has them now: after a hand-over the other group's, after a decision
    about a part its successor. A decision that took something out, or that one taken back, also tells on what else its
    authors have waiting.
    """
    decisions = _rows(connection, _DECISIONS, (one.payload.get("decision") for one in entries if one.kind == "decide"))
    reviews = _rows(connection, _REVIEWS, (one.subject_id for one in entries if one.subject_kind == "review"))
    subjects = [_subject(entry, decisions, reviews) for entry in entries]
    live: dict[Subject, list[int]] = defaultdict(list)
    ids = sorted({subject_id for _, subject_id in subjects})
    for row in connection.execute(_LIVE, {"wiki_id": wiki_id, "ids": ids}):
        live[row.subject_kind, row.subject_id].append(row.id)
    others = {one.id: _others(connection, one) for one in decisions.values()}
    return [
        live[subject] + others.get(entry.payload.get("decision"), [])
        for entry, subject in zip(entries, subjects, strict=True)
    ]


def _rows(connection: Connection, statement: Any, ids: Iterable[Any]) -> dict[Any, Any]:
    wanted = sorted({one for one in ids if isinstance(one, int)})
    return {row.id: row for row in connection.execute(statement, {"ids": wanted})} if wanted else {}


def _subject(entry: Sealed, decisions: dict[int, Any], reviews: dict[int, Any]) -> Subject:
    """What the entry is about in the end: a decision or a review is about something, too."""
    about = decisions.get(entry.payload.get("decision", 0)) if entry.kind == "decide" else None
    if about is None and entry.subject_kind == "review":
        about = reviews.get(entry.subject_id)
    return (about.subject_kind, about.subject_id) if about is not None else (entry.subject_kind, entry.subject_id)


def _others(connection: Connection, decision: Any) -> list[int]:
    """What else waits of those whose work a decision took out."""
    if decision.takes_back is None and Verdict(decision.verdict) not in LOSES:
        return []
    review_id = decision.answered if decision.takes_back is not None else decision.review_id
    if review_id is None:
        return []
    authors = connection.execute(_AUTHORS, {"review_id": review_id}).scalars().all()
    found = [connection.execute(_OF_AUTHOR, {"actor_id": actor_id}).scalars() for actor_id in authors]
    return sorted({one for ids in found for one in ids})
