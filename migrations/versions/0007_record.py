"""The record of decisions and looks, read from the journal in order, however many changes lie between."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

RECORDED = sa.text("kind IN ('decide', 'look', 'take', 'second-look', 'export')")


def upgrade() -> None:
    """One partial index; no row is touched."""
    op.create_index(
        "ix_kbwiki_entry_record",
        "kbwiki_entry",
        ["wiki_id", "position"],
        unique=False,
        sqlite_where=RECORDED,
        postgresql_where=RECORDED,
    )
