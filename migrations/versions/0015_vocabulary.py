"""What things are called, as administrators say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table; nobody has said anything yet."""
    op.create_table(
        "kbwiki_vocabulary",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_vocabulary_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_vocabulary"),
        sa.UniqueConstraint("wiki_id", name="uq_kbwiki_vocabulary_wiki_id"),
    )
