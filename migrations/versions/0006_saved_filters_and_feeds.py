"""Saved filters and feed addresses, and the indexes for what is overdue and for notes begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DIGEST = sa.LargeBinary(length=32)
LIVE = sa.text("state IN ('open', 'concern', 'verify')")


def upgrade() -> None:
    """Nobody has saved anything yet."""
    op.create_table(
        "kbwiki_saved_filter",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_saved_filter_wiki_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_saved_filter_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_saved_filter"),
    )
    op.create_index(
        "uq_kbwiki_saved_filter_name",
        "kbwiki_saved_filter",
        ["actor_id", "name"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "kbwiki_feed_secret",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("filter_id", ID, nullable=True),
        sa.Column("group", sa.String(length=255), nullable=True),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("groups_key", DIGEST, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            '(filter_id IS NULL) <> ("group" IS NULL)', name=op.f("ck_kbwiki_feed_secret_one_list")
        ),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_feed_secret_wiki_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_feed_secret_actor_id"),
        sa.ForeignKeyConstraint(["filter_id"], ["kbwiki_saved_filter.id"], name="fk_kbwiki_feed_secret_filter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_feed_secret"),
    )
    op.create_index("ix_kbwiki_feed_secret_actor", "kbwiki_feed_secret", ["actor_id"], unique=False)
    op.create_index(
        "ix_kbwiki_review_due",
        "kbwiki_review",
        ["wiki_id", "group", "state", "due_at", "id"],
        unique=False,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index("ix_kbwiki_draft_note_actor", "kbwiki_draft_note", ["actor_id"], unique=False)
