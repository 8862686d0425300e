"""What is: wikis, actors as the host named them, journal entries, and how far each consumer has read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, Digest, Id, Json, UtcDateTime

RECORDED = "kind IN ('decide', 'look', 'take', 'second-look', 'export')"
"""SQL: the entry tells of a moderator who decided or looked. The partial index is made with these very words."""


class WikiRow(Base):
    """One wiki; a database can hold several, and every other row belongs to exactly one.

    `rules_number` goes up with every change of its rules, so that what was read of them is known to be still right.
    """

    __tablename__ = "kbwiki_wiki"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rules_number: Mapped[int] = mapped_column(Integer, default=0)


class ActorRow(Base):
    """An actor as last named by the host. `external_id` is the host's id; nothing refers to the host's tables."""

    __tablename__ = "kbwiki_actor"
    __table_args__ = (UniqueConstraint("wiki_id", "external_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    external_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(255))


class Entry(Base):
    """One fact. `position` and `chain` are given once, when the entry is sealed, and never change."""

    __tablename__ = "kbwiki_entry"
    __table_args__ = (
        Index("ix_kbwiki_entry_subject", "subject_id", "subject_kind", "number"),
        Index("uq_kbwiki_entry_position", "wiki_id", "position", unique=True),
        Index(
            "ix_kbwiki_entry_unsealed",
            "wiki_id",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
        Index("ix_kbwiki_entry_actor", "actor_id", "id"),
        Index(
            "ix_kbwiki_entry_record",
            "wiki_id",
            "position",
            sqlite_where=text(RECORDED),
            postgresql_where=text(RECORDED),
        ),
        Index("ix_kbwiki_entry_at", "wiki_id", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id))
    position: Mapped[int | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int] = mapped_column(ForeignKey(ActorRow.id))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    batch: Mapped[str] = mapped_column(String(32))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Id)
    exempt: Mapped[str | None] = mapped_column(String(100))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[bytes] = mapped_column(Digest)
    chain: Mapped[bytes | None] = mapped_column(Digest)


class Cursor(Base):
    """The position up to which one durable consumer has read the journal of one wiki."""

    __tablename__ = "kbwiki_cursor"

    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    position: Mapped[int] = mapped_column(Id)
