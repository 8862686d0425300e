"""What the risk of reviews is made of, for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ...actors import Actor
from ...db import in_list
from ...spaces.queries import bound, readable
from ..models import Review
from ..risk import Reason

_RISKS = select(Review.id, Review.risk, Review.risk_reasons).where(
    Review.wiki_id == bindparam("wiki_id"),
    in_list(Review.id, "reviews"),
    in_list(Review.group, "actor_groups"),
    readable(Review.space_id),
)


@dataclass(frozen=True, slots=True)
class Risk:
    """A review's risk and its reasons, heaviest first; they add up to it. No reasons: nothing was assessed yet, or
    nothing is to be said."""

    total: float
    reasons: tuple[Reason, ...]


def risks_of(connection: Connection, wiki_id: int, reviews: Sequence[int], actor: Actor) -> dict[int, Risk]:
    """The risk of each of these reviews that is the actor's groups' and that they may read, by id."""
    if not reviews:
        return {}
    key = {"wiki_id": wiki_id, "reviews": list(reviews), **bound(actor)}
    return {row.id: Risk(row.risk, reasons_of(row.risk_reasons)) for row in connection.execute(_RISKS, key)}


def reasons_of(stored: Sequence[Sequence[Any]]) -> tuple[Reason, ...]:
    """The reasons as they stand in a review's row."""
    return tuple(Reason(str(name), float(weight)) for name, weight in stored)
