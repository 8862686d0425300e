"""What is: one act on many reviews, item by item, so that it can be stopped, resumed and taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Digest, Id, Json, UtcDateTime
from ...journal.models import ActorRow, WikiRow
from .reviews import Decision, Review


class Batch(Base):
    """What a moderator wanted done with many reviews at once; `id` is in every decision it made.

    `kind` says what its items are: 'reviews', or 'runs' (what one author did to pages last, uninterrupted).
    `selection` is how they were found, `details` what the verdict needs besides.
    """

    __tablename__ = "kbwiki_batch"
    __table_args__ = (
        Index("ix_kbwiki_batch_wiki", "wiki_id", "at"),
        CheckConstraint("kind IN ('reviews', 'runs')", name="kind"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    kind: Mapped[str] = mapped_column(String(12))
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(LongText)
    selection: Mapped[dict[str, Any]] = mapped_column(Json)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class BatchItem(Base):
    """One item of a batch: what was shown of it when the batch was planned, and what became of it.

    `place` is its turn. `review_id` is None for a run that no review was waiting for. `forecast` is why the dry run
    expects it to be refused, '' when it expects it to be done; `why` is why it was refused in earnest.
    """

    __tablename__ = "kbwiki_batch_item"
    __table_args__ = (
        CheckConstraint("outcome IN ('planned', 'done', 'refused', 'taken-back')", name="outcome"),
    )

    batch_id: Mapped[str] = mapped_column(ForeignKey(Batch.id), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey(Review.id))
    group: Mapped[str] = mapped_column(String(255))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    base: Mapped[int] = mapped_column(Id)
    head: Mapped[int] = mapped_column(Id)
    digest: Mapped[bytes] = mapped_column(Digest)
    forecast: Mapped[str] = mapped_column(LongText)
    outcome: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(LongText)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey(Decision.id))
