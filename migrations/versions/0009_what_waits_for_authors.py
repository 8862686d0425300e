"""What waits for authors, and what somebody said: found by who it is about, however much there is of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CONCERN = sa.text("state = 'concern'")


def upgrade() -> None:
    """Two indexes; no row changes."""
    op.create_index(
        "ix_kbwiki_review_concern",
        "kbwiki_review",
        ["wiki_id", "id"],
        unique=False,
        sqlite_where=CONCERN,
        postgresql_where=CONCERN,
    )
    op.create_index("ix_kbwiki_evidence_actor", "kbwiki_evidence", ["actor_id", "id"], unique=False)
