"""When somebody last looked at what is new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table; nobody has looked yet."""
    op.create_table(
        "kbwiki_last_visit",
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("here_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_last_visit_wiki_id"),
        sa.PrimaryKeyConstraint("wiki_id", "actor", name="pk_kbwiki_last_visit"),
    )
