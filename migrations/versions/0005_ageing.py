"""When a review that nobody looks at is escalated, and when it lapses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
INDEXES = (
    (
        "ix_kbwiki_review_escalates",
        ["wiki_id", "escalate_at", "id"],
        "escalate_at IS NOT NULL AND state IN ('open', 'verify')",
    ),
    ("ix_kbwiki_review_lapses", ["wiki_id", "lapse_at", "id"], "lapse_at IS NOT NULL AND state = 'open'"),
    ("ix_kbwiki_review_lapsed", ["wiki_id", "updated_at", "id"], "state = 'lapsed'"),
    ("ix_kbwiki_review_lapsed_subject", ["subject_id", "subject_kind"], "state = 'lapsed'"),
    ("ix_kbwiki_review_escalated", ["wiki_id", "escalated_at", "id"], "escalated_at IS NOT NULL"),
)


def upgrade() -> None:
    """What waits already stays until somebody decides it: no rule said otherwise when it was opened."""
    op.add_column("kbwiki_review", sa.Column("escalate_at", MOMENT, nullable=True))
    op.add_column("kbwiki_review", sa.Column("escalate_to", sa.String(length=255), nullable=True))
    op.add_column("kbwiki_review", sa.Column("escalated_at", MOMENT, nullable=True))
    op.add_column("kbwiki_review", sa.Column("lapse_at", MOMENT, nullable=True))
    op.add_column("kbwiki_review", sa.Column("lapse_policy", sa.String(length=100), nullable=True))
    for name, columns, where in INDEXES:
        op.create_index(
            name,
            "kbwiki_review",
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
