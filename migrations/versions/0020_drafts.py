"""Texts that were begun and not saved yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(1024).with_variant(sa.String(1024, collation="C"), "postgresql")


def upgrade() -> None:
    """One table; nothing was kept before."""
    op.create_table(
        "kbwiki_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("page_id", ID, nullable=True),
        sa.Column("path", PATH, nullable=False),
        sa.Column("tab", sa.String(40), nullable=False),
        sa.Column("counter", ID, nullable=False),
        sa.Column("base", ID, nullable=True),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_draft_wiki_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_draft_actor_id"),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_draft_page_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_draft"),
        sa.UniqueConstraint("wiki_id", "actor_id", "tab", name="uq_kbwiki_draft_wiki_id_actor_id_tab"),
    )
    op.create_index("ix_kbwiki_draft_page_id", "kbwiki_draft", ["page_id"])
