"""What can be suggested while somebody types."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.String(length=48).with_variant(sa.String(length=48, collation="C"), "postgresql")


def upgrade() -> None:
    """Empty: the consumer that fills it begins at the start of the journal."""
    op.create_table(
        "kbwiki_suggestion",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("page_id", ID, nullable=True),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.Column("anchor", sa.String(length=255), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_suggestion_wiki_id"),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_suggestion_page_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_suggestion"),
    )
    op.create_index("ix_kbwiki_suggestion_key", "kbwiki_suggestion", ["wiki_id", "rank", "key"], unique=False)
    op.create_index("ix_kbwiki_suggestion_page", "kbwiki_suggestion", ["page_id"], unique=False)
