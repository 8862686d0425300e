"""Say of a live review that it is not closed, so that the planner never goes through its three states one by one.

With "state IN (…)" SQLite may look up each live state in an index, though a statement asks for one of them: a group
with ten thousand open reviews and no concern had all of them read to find no concern. "NOT IN" cannot be looked up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

LIVE = sa.text("state NOT IN ('decided', 'handed-over', 'lapsed', 'superseded')")
LIVE_AND_DUE = sa.text("due_at IS NOT NULL AND state NOT IN ('decided', 'handed-over', 'lapsed', 'superseded')")

INDEXES = (
    ("uq_kbwiki_review_live", ["subject_id", "subject_kind", "group", "wiki_id"], LIVE),
    ("ix_kbwiki_review_queue", ["wiki_id", "group", "state", "queue_at", "id"], LIVE),
    ("ix_kbwiki_review_risk", ["wiki_id", "group", "state", sa.text("risk DESC"), "queue_at", "id"], LIVE),
    ("ix_kbwiki_review_due", ["wiki_id", "group", "state", "due_at", "id"], LIVE_AND_DUE),
)


def upgrade() -> None:
    """Four indexes made anew; no row changes. What has no due time is not in the index of due times any more."""
    for name, columns, where in INDEXES:
        op.drop_index(name, "kbwiki_review")
        op.create_index(
            name,
            "kbwiki_review",
            columns,
            unique=name.startswith("uq_"),
            sqlite_where=where,
            postgresql_where=where,
        )
