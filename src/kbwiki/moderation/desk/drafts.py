"""What a moderator had begun to write about a review: kept apart from the lease, so that nothing takes it away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, Insert, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ...actors import Actor
from ...db import Transaction, table_of
from ...errors import Invalid
from ...wording import kb_t
from ..models import DraftNote
from ..policy import MAX_NOTE, Verdict
from .access import ME, get_shown, hold, who_asks

MAX_REASON = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision as far as it was thought of. Each part may be empty."""

    verdict: str
    reason: str
    note: str
    at: datetime


def keep_draft(tx: Transaction, review_id: int, verdict: str = "", reason: str = "", note: str = "") -> None:
    """Keep what the actor has written so far, until they decide; an empty one is forgotten.

    It outlives the lease and whatever becomes of the review, and nobody else sees it. Errors: NotFound, Invalid.
    """
    hold(tx, review_id)
    review = get_shown(tx, review_id)
    if verdict and verdict not in set(Verdict):
        raise Invalid("verdict", kb_t("“{verdict}” is nothing that can be decided.", verdict=verdict))
    if len(note) > MAX_NOTE or len(reason) > MAX_REASON:
        raise Invalid(
            "note", kb_t("The note is too long: at most {most} characters are possible.", most=MAX_NOTE)
        )
    if not (verdict or reason or note.strip()):
        forget_draft(tx, review.id)
        return
    tx.connection.execute(
        _upsert(tx.connection.dialect.name),
        {
            "review_id": review.id,
            "actor_id": tx.actor_id,
            "verdict": verdict,
            "reason": reason,
            "note": note,
            "at": tx.now,
        },
    )


@lru_cache(maxsize=2)
def _upsert(dialect: str) -> Insert:
    table = table_of(DraftNote)
    upsert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    new = upsert.excluded
    return upsert.on_conflict_do_update(
        index_elements=[table.c.review_id, table.c.actor_id],
        set_={"verdict": new.verdict, "reason": new.reason, "note": new.note, "at": new.at},
    )


def forget_draft(tx: Transaction, review_id: int) -> None:
    """Let the actor's own draft go: it has become a decision, or was emptied."""
    tx.connection.execute(
        delete(table_of(DraftNote)).where(DraftNote.review_id == review_id, DraftNote.actor_id == tx.actor_id)
    )


def draft_of(connection: Connection, wiki_id: int, review_id: int, actor: Actor) -> Draft | None:
    """What the actor had begun to write about the review."""
    row = connection.execute(
        select(DraftNote.verdict, DraftNote.reason, DraftNote.note, DraftNote.at).where(
            DraftNote.review_id == review_id, DraftNote.actor_id == ME
        ),
        who_asks(wiki_id, actor),
    ).first()
    return Draft(*row) if row is not None else None
