"""Entries lead to pages, and which page uses which term is known. What was in the glossary before stays in it."""

import sqlalchemy as sa
from alembic import op

revision = "g2"
down_revision = "g1"


def upgrade() -> None:
    """One column, one table."""
    op.add_column("kbwiki_x_glossary_entry", sa.Column("page", sa.String(500), nullable=False, server_default=""))
    op.create_table(
        "kbwiki_x_glossary_use",
        sa.Column("wiki_id", sa.Integer(), primary_key=True),
        sa.Column("page_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(200), primary_key=True),
    )
    op.create_index("ix_kbwiki_x_glossary_use_key", "kbwiki_x_glossary_use", ["wiki_id", "key"])
