"""What a moderator is shown of a review, computed the same way for the screen and for the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ..errors import NotFound
from ..pages.hiding import HideParts, Hiding
from ..wording import Wording, speaking
from .models import Decision, Evidence, Review
from .policy import Shown, Verdict
from .subjects import Subjects

_IN_NO_LANGUAGE = Wording()
"""What is digested says the same to a colleague who reads it in another language, or after a term was changed."""


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
    with speaking(_IN_NO_LANGUAGE):
        facts = subject.facts(connection, review.subject_id, review.base, upto)
    return Shown(
        review_id=review.id,
        base=review.base,
        head=upto,
        version=review.version,
        state=review.state,
        number=place.number,
        path=place.path,
        deleted=place.deleted,
        facts=_with_evidence(connection, review.id, upto, facts),
    )


def _with_evidence(connection: Connection, review_id: int, upto: int, facts: Any) -> Any:
    """The facts, and what was said about the range: who decides about a part of it must have read that, too."""
    said = select(Evidence.id).where(Evidence.review_id == review_id, Evidence.number <= upto).order_by(Evidence.id)
    ids = list(connection.execute(said).scalars())
    return [facts, ids] if ids else facts


@dataclass(frozen=True, slots=True)
class StandingHide:
    """A decision that hid something in the name of `group`, and what it keeps hidden of the page's revisions."""

    id: int
    group: str
    hiding: Hiding


def standing_hides(connection: Connection, page_id: int) -> list[StandingHide]:
    """The decisions that hide something of the page now: those nobody has taken back, oldest first."""
    later = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
    rows = connection.execute(
        select(Decision.id, Decision.group, Decision.base, Decision.head, Decision.result, Decision.facts)
        .where(
            Decision.subject_kind == "page",
            Decision.subject_id == page_id,
            Decision.verdict == Verdict.HIDE.value,
            Decision.id.not_in(later),
        )
        .order_by(Decision.id)
    )
    return [StandingHide(row.id, row.group, _hiding_of(row)) for row in rows]


def hidden_by_others(connection: Connection, decision: Any) -> set[int]:
    """The states of what the decision is about that other decisions, which nobody has taken back, keep hidden."""
    later = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
    rows = connection.execute(
        select(Decision.facts).where(
            Decision.subject_kind == decision.subject_kind,
            Decision.subject_id == decision.subject_id,
            Decision.verdict == Verdict.HIDE.value,
            Decision.id != decision.id,
            Decision.id.not_in(later),
        )
    )
    return {number for row in rows for number in row.facts.get("hidden", ())}


def _hiding_of(row: Any) -> Hiding:
    """What a decision hid; decisions from before the parts came hid words, over their own range."""
    facts = row.facts or {}
    parts = facts.get("parts", ("words",))
    return Hiding(
        facts.get("base", row.base),
        facts.get("head", row.head),
        row.result,
        HideParts("words" in parts, "comment" in parts, "author" in parts, facts.get("only_group")),
    )
