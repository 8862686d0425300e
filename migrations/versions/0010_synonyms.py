"""Words that mean the same, as moderators say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table; nobody has said anything yet."""
    op.create_table(
        "kbwiki_synonym_set",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("one_way", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("removed", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_synonym_set_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_synonym_set"),
    )
    op.create_index("ix_kbwiki_synonym_set_wiki", "kbwiki_synonym_set", ["wiki_id", "id"], unique=False)
