"""The log of decisions: what was decided, by whom, about what, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, or_, select

from ...actors import Actor
from ...db import in_list
from ...journal.models import ActorRow
from ...pages.models import Page
from ...spaces.queries import bound, readable
from ..models import Decision, Review
from .review import PastDecision

NEWEST = 2**62

_LATER = select(Decision.takes_back).where(Decision.takes_back.is_not(None))
_LOG = (
    select(
        Decision.id,
        Decision.review_id,
        Decision.verdict,
        Decision.group,
        ActorRow.name,
        Decision.at,
        Decision.reason,
        Decision.note,
        Decision.base,
        Decision.head,
        Decision.final,
        Decision.id.in_(_LATER),
        Page.title,
        Page.path,
    )
    .join(ActorRow, ActorRow.id == Decision.actor_id)
    .outerjoin(Review, Review.id == Decision.review_id)
    .outerjoin(Page, (Page.id == Decision.subject_id) & (Decision.subject_kind == "page"))
    .where(
        Decision.wiki_id == bindparam("wiki_id"),
        in_list(Decision.group, "actor_groups"),
        Decision.id < bindparam("before"),
        or_(Page.id.is_(None), readable(Page.space_id)),
        or_(Review.id.is_(None), readable(Review.space_id)),
    )
    .order_by(Decision.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A decision and what it was about; title and path are empty for what is no page."""

    decision: PastDecision
    title: str
    path: str


def decisions_of_groups(
    connection: Connection, wiki_id: int, actor: Actor, *, before: int = NEWEST, count: int = 50
) -> list[LogLine]:
    """The decisions of the actor's groups that are older than decision `before`, newest first."""
    rows = connection.execute(_LOG, {"wiki_id": wiki_id, "before": before, "count": count, **bound(actor)})
    return [LogLine(PastDecision(*tuple(row)[:12]), row.title or "", row.path or "") for row in rows]
