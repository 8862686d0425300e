"""What is: the reasons moderators choose from, what an author has to be told, and what they were told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Id, UtcDateTime
from ...journal.models import ActorRow, WikiRow
from ...spaces.models import Space
from .reviews import Decision


class Reason(Base):
    """A reason of the catalogue of a space, for verdicts of a kind; a space without its own has those above it.

    `words` is what the moderator chooses and the author reads first; `template` is the message to the author.
    """

    __tablename__ = "kbwiki_reason"
    __table_args__ = (Index("uq_kbwiki_reason_key", "space_id", "key", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id))
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(255))
    template: Mapped[str] = mapped_column(LongText)
    place: Mapped[int] = mapped_column(Integer)
    retired: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)


class Message(Base):
    """What an author was told: one message for everything one group decided about their work within an hour."""

    __tablename__ = "kbwiki_message"
    __table_args__ = (Index("ix_kbwiki_message_recipient", "recipient_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    recipient_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    group: Mapped[str] = mapped_column(String(255))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Notice(Base):
    """One decision an author has to be told about, not before `due_at`; one taken back by then is never told."""

    __tablename__ = "kbwiki_notice"
    __table_args__ = (
        Index("ix_kbwiki_notice_message", "message_id"),
        Index(
            "ix_kbwiki_notice_due",
            "wiki_id",
            "due_at",
            sqlite_where=text("message_id IS NULL AND NOT dropped"),
            postgresql_where=text("message_id IS NULL AND NOT dropped"),
        ),
    )

    decision_id: Mapped[int] = mapped_column(ForeignKey(Decision.id), primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id), primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dropped: Mapped[bool] = mapped_column(Boolean(create_constraint=False), default=False)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id))
