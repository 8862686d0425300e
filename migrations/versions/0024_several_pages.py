"""What was done to several pages at once, so that it can be gone on with and undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(1024).with_variant(sa.String(1024, collation="C"), "postgresql")


def upgrade() -> None:
    """Two tables, with nothing in them."""
    op.create_table(
        "kbwiki_page_batch",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("act", sa.String(10), nullable=False),
        sa.Column("value", PATH, nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act IN ('move-to', 'move', 'tag', 'untag', 'delete')", name="ck_kbwiki_page_batch_act"),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_page_batch_actor_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_page_batch_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_page_batch"),
    )
    op.create_index("ix_kbwiki_page_batch_actor", "kbwiki_page_batch", ["actor_id", "at"])
    op.create_table(
        "kbwiki_page_batch_item",
        sa.Column("batch_id", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("page_id", ID, nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('planned', 'done', 'refused', 'undone')", name="ck_kbwiki_page_batch_item_outcome"
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["kbwiki_page_batch.id"], name="fk_kbwiki_page_batch_item_batch_id"),
        sa.PrimaryKeyConstraint("batch_id", "place", name="pk_kbwiki_page_batch_item"),
    )
