"""Whose turn it is to hand facts to plugins, notices for their channels, and subjects of kinds of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(1024).with_variant(sa.String(1024, collation="C"), "postgresql")


def upgrade() -> None:
    """Three tables; nobody has subscribed, waits, or has submitted anything."""
    op.create_table(
        "kbwiki_plugin_subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("held_by", sa.String(40), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_plugin_subscription_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_plugin_subscription"),
        sa.UniqueConstraint("wiki_id", "name", name="uq_kbwiki_plugin_subscription_name"),
    )
    op.create_table(
        "kbwiki_plugin_notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_plugin_notice_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_plugin_notice"),
    )
    op.create_index("ix_kbwiki_plugin_notice_channel", "kbwiki_plugin_notice", ["wiki_id", "channel", "id"])
    op.create_table(
        "kbwiki_plugin_subject",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("own_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_plugin_subject_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_plugin_subject"),
        sa.UniqueConstraint("wiki_id", "kind", "own_id", name="uq_kbwiki_plugin_subject_own_id"),
    )
