"""The tables of links and of where they stand."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
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

LINK = Table(
    "kbwiki_x_linkcheck_link",
    metadata,
    Column("id", ID, primary_key=True),
    Column("wiki_id", ID, nullable=False),
    Column("url_key", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("said", Text, nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("wiki_id", "url_key", name="uq_kbwiki_x_linkcheck_link_url"),
    Index("ix_kbwiki_x_linkcheck_link_next", "wiki_id", "next_at"),
)
"""A link to another site. `failed` counts how often in a row it was dead, `said` is what came of it."""

USE = Table(
    "kbwiki_x_linkcheck_use",
    metadata,
    Column("id", ID, primary_key=True),
    Column("wiki_id", ID, nullable=False),
    Column("link_id", ID, ForeignKey("kbwiki_x_linkcheck_link.id"), nullable=False),
    Column("path", String(1024), nullable=False),
    Column("reported", Integer, nullable=False),
    Index("ix_kbwiki_x_linkcheck_use_link", "link_id"),
    Index("ix_kbwiki_x_linkcheck_use_path", "wiki_id", "path"),
)
"""A page with the link in it. `reported` is 1 once its group was told, until the link works again."""

PLACE = Table(
    "kbwiki_x_linkcheck_place",
    metadata,
    Column("wiki_id", ID, primary_key=True, autoincrement=False),
    Column("path", String(1024), nullable=False),
)
"""Up to which page links were looked for in the present round."""
