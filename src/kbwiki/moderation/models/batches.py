"""What is: one act on many reviews, item by item, so that it can be stopped, resumed and taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Digest, Id, Json, UtcDateTime
from ...journal.models import ActorRow, WikiRow
from .reviews import Decision, Review


class Batch(Base):
    """What a moderator wanted done with many reviews at once; `id` is in every decision it made."""

    __tablename__ = "kbwiki_batch"
    __table_args__ = (Index("ix_kbwiki_batch_wiki", "wiki_id", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(LongText)
    selection: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class BatchItem(Base):
    """One review of a batch: what was shown of it when the batch was planned, and what became of it."""

    __tablename__ = "kbwiki_batch_item"
    __table_args__ = (
        CheckConstraint("outcome IN ('planned', 'done', 'refused', 'taken-back')", name="outcome"),
    )

    batch_id: Mapped[str] = mapped_column(ForeignKey(Batch.id), primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), primary_key=True)
    base: Mapped[int] = mapped_column(Id)
    head: Mapped[int] = mapped_column(Id)
    digest: Mapped[bytes] = mapped_column(Digest)
    outcome: Mapped[str] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(LongText)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey(Decision.id))
