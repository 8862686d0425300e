"""What moderators keep for reading their queues: filters with a name, and the secrets of feed addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Digest, Id, Json, UtcDateTime
from ...journal.models import ActorRow, WikiRow


class SavedFilter(Base):
    """A list that one moderator wants to come back to: `said` is what `Wanted.said` gives.

    A removed one stays for its owner to bring back, until they remove another.
    """

    __tablename__ = "kbwiki_saved_filter"
    __table_args__ = (
        Index(
            "uq_kbwiki_saved_filter_name",
            "actor_id",
            "name",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    name: Mapped[str] = mapped_column(String(100))
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FeedSecret(Base):
    """A feed's address, of which only the digest of its secret is kept; it shows a saved filter or a group's queue.

    `groups` are its owner's, as the host named them when the owner was last here, at `seen_at`; `groups_key` is their
    digest, so that one comparison tells whether they are still right.
    """

    __tablename__ = "kbwiki_feed_secret"
    __table_args__ = (
        Index("ix_kbwiki_feed_secret_actor", "actor_id"),
        CheckConstraint('(filter_id IS NULL) <> ("group" IS NULL)', name="one_list"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    filter_id: Mapped[int | None] = mapped_column(ForeignKey(SavedFilter.id))
    group: Mapped[str | None] = mapped_column(String(255))
    digest: Mapped[bytes] = mapped_column(Digest)
    groups: Mapped[list[str]] = mapped_column(Json)
    groups_key: Mapped[bytes] = mapped_column(Digest)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
