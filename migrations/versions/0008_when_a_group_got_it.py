"""When a group got a review that had waited elsewhere before, and entries by time: for the numbers of any period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of what was handed over before, nobody knows it: it counts from when it began to wait."""
    op.add_column("kbwiki_review", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_kbwiki_entry_at", "kbwiki_entry", ["wiki_id", "at"], unique=False)
