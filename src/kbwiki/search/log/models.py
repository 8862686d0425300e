"""What is: questions as they were asked, by nobody in particular, and those that need no answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from ...db import Base, Id, UtcDateTime
from ...journal.models import ActorRow, WikiRow
from ...spaces.models import Space

LONGEST = 300
"""Characters of a question that are kept."""


class AskedRow(Base):
    """One question. There is no actor, no address and no session in it, and nothing that leads to one.

    `folded` is the text without case and accents, by which questions are the same. `token` ties what is typed in one
    view of a page together, and its click to it; it is forgotten an hour later. `rank` is the place of the result that
    was clicked, from 1.
    """

    __tablename__ = "kbwiki_asked"
    __table_args__ = (
        Index("uq_kbwiki_asked_token", "wiki_id", "token", unique=True),
        Index("ix_kbwiki_asked_folded", "wiki_id", "folded", "at"),
        Index("ix_kbwiki_asked_at", "wiki_id", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id))
    folded: Mapped[str] = mapped_column(String(LONGEST))
    typed: Mapped[str] = mapped_column(String(LONGEST))
    found: Mapped[int] = mapped_column(Integer)
    rank: Mapped[int | None] = mapped_column(Integer)
    screen: Mapped[str] = mapped_column(String(10))
    token: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClosedRow(Base):
    """A question that, as a moderator said, needs no page in a space; it can be taken back."""

    __tablename__ = "kbwiki_asked_closed"
    __table_args__ = (Index("uq_kbwiki_asked_closed_folded", "space_id", "folded", unique=True),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    space_id: Mapped[int] = mapped_column(ForeignKey(Space.id))
    folded: Mapped[str] = mapped_column(String(LONGEST))
    typed: Mapped[str] = mapped_column(String(LONGEST))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
