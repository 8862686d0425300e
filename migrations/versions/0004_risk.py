"""What a review's changes put at risk, and a queue in that order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LIVE = sa.text("state IN ('open', 'concern', 'verify')")


def upgrade() -> None:
    """Nothing is assessed yet: 0, and assessing goes on from there."""
    op.add_column("kbwiki_review", sa.Column("risk", sa.Float(), nullable=False, server_default=sa.text("0")))
    op.add_column("kbwiki_review", sa.Column("risk_reasons", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.create_index(
        "ix_kbwiki_review_risk",
        "kbwiki_review",
        ["wiki_id", "group", "state", sa.text("risk DESC"), "queue_at", "id"],
        unique=False,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
