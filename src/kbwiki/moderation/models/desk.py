"""What moderators keep beside reviews: who is at one just now, what is put aside, notes begun, what was seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Id, UtcDateTime
from ...journal.models import ActorRow
from .reviews import Review


class Lease(Base):
    """Who is looking at a review just now; it ends by itself, and whoever comes after that may take it."""

    __tablename__ = "kbwiki_lease"
    __table_args__ = (Index("ix_kbwiki_lease_actor", "actor_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Aside(Base):
    """A review one moderator does not want to be given next: until there is something new, or until a time."""

    __tablename__ = "kbwiki_aside"
    __table_args__ = (Index("ix_kbwiki_aside_actor", "actor_id", "review_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DraftNote(Base):
    """What a moderator had begun to write about a review; it outlives the lease."""

    __tablename__ = "kbwiki_draft_note"
    __table_args__ = (Index("ix_kbwiki_draft_note_actor", "actor_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(LongText)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Seen(Base):
    """The newest state of a subject that a moderator had on the screen when they last did something about it."""

    __tablename__ = "kbwiki_seen"

    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject_id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Opinion(Base):
    """A second look somebody was asked for: blind, so it was given before anybody's own view was shown."""

    __tablename__ = "kbwiki_opinion"
    __table_args__ = (
        Index("ix_kbwiki_opinion_review", "review_id"),
        Index("ix_kbwiki_opinion_asked", "asked_id"),
        CheckConstraint("asked_id <> asked_by", name="somebody_else"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id))
    asked_by: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    asked_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    own_verdict: Mapped[str] = mapped_column(String(20))
    verdict: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(LongText)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
