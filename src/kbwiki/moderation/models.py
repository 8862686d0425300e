"""What is: reviews (the open duty of one group to look at one subject) and the decisions that answer them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, literal_column, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Digest, Id, UtcDateTime
from ..journal.models import ActorRow, WikiRow


class Review(Base):
    """One group's duty to look at one subject's changes after `base` up to and including `head`.

    `state` is `open`, `decided`, or `handed-over` to other groups; at most one review of a group and subject is open,
    which the database holds.
    """

    __tablename__ = "kbwiki_review"
    __table_args__ = (
        Index(
            "uq_kbwiki_review_open",
            "subject_id",
            "subject_kind",
            "group",
            "wiki_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_kbwiki_review_queue",
            "wiki_id",
            "group",
            "updated_at",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_kbwiki_review_subject", "subject_id", "subject_kind", "id"),
        CheckConstraint("state IN ('open', 'decided', 'handed-over')", name="state"),
        CheckConstraint("base < head", name="range"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    group: Mapped[str] = mapped_column(String(255))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    base: Mapped[int] = mapped_column(Id)
    head: Mapped[int] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(12))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


IS_OPEN = Review.state == literal_column("'open'")
"""SQL: the review is open. Spelled out, not a parameter, so that the partial indexes of open reviews serve it."""


class ReviewAuthor(Base):
    """An author of a change in a review's range; none of them may decide it."""

    __tablename__ = "kbwiki_review_author"
    __table_args__ = (Index("ix_kbwiki_review_author_actor", "actor_id", "review_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)


class Decision(Base):
    """The immutable answer to a review; the unique review id makes a second one impossible."""

    __tablename__ = "kbwiki_decision"
    __table_args__ = (
        Index("ix_kbwiki_decision_actor", "actor_id", "id"),
        CheckConstraint("verdict IN ('approve', 'revert', 'hide', 'restore')", name="verdict"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id), unique=True)
    verdict: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(LongText)
    base: Mapped[int] = mapped_column(Id)
    head: Mapped[int] = mapped_column(Id)
    digest: Mapped[bytes] = mapped_column(Digest)
    result: Mapped[int] = mapped_column(Id)
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
