"""The table of what has to be sent."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

ID = BigInteger().with_variant(Integer(), "sqlite")
metadata = MetaData()

WAITING = Table(
    "kbwiki_x_mail_waiting",
    metadata,
    Column("id", ID, primary_key=True),
    Column("wiki_id", ID, nullable=False),
    Column("notice_id", ID, nullable=False),
    Column("message_id", ID, nullable=False),
    Column("recipient_id", String(255), nullable=False),
    Column("recipient_name", String(255), nullable=False),
    Column("begun", Boolean, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("said", Text, nullable=False),
    UniqueConstraint("wiki_id", "notice_id", name="uq_kbwiki_x_mail_waiting_notice"),
    Index("ix_kbwiki_x_mail_waiting_due", "wiki_id", "state", "due_at"),
)
"""A notice for somebody. `state` is waiting, sent, no-address or given-up; the text goes when it was sent."""
