"""What was asked of the search, without who asked, and which of it needs no answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables; nothing has been asked yet."""
    op.create_table(
        "kbwiki_asked",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("space_id", ID, nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("typed", sa.String(length=300), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("screen", sa.String(length=10), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_asked_wiki_id"),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_asked_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_asked"),
    )
    op.create_index("uq_kbwiki_asked_token", "kbwiki_asked", ["wiki_id", "token"], unique=True)
    op.create_index("ix_kbwiki_asked_folded", "kbwiki_asked", ["wiki_id", "folded", "at"], unique=False)
    op.create_index("ix_kbwiki_asked_at", "kbwiki_asked", ["wiki_id", "at"], unique=False)
    op.create_table(
        "kbwiki_asked_closed",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("space_id", ID, nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("typed", sa.String(length=300), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_asked_closed_wiki_id"),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_asked_closed_space_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_asked_closed_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_asked_closed"),
    )
    op.create_index("uq_kbwiki_asked_closed_folded", "kbwiki_asked_closed", ["space_id", "folded"], unique=True)
