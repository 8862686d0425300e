"""The table of deliveries."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

DELIVERY = Table(
    "kbwiki_x_webhooks_delivery",
    metadata,
    Column("id", ID, primary_key=True),
    Column("wiki_id", ID, nullable=False),
    Column("position", ID, nullable=False),
    Column("url_key", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("message_id", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    Column("said", Text, nullable=False),
    UniqueConstraint("wiki_id", "position", "url_key", name="uq_kbwiki_x_webhooks_delivery_position"),
    Index("ix_kbwiki_x_webhooks_delivery_next", "wiki_id", "state", "next_at"),
)
"""One fact for one address. `state` is waiting, delivered or given-up; `said` is the last answer."""
