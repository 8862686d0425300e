"""When a group got a review that had waited elsewhere before: how much waited, and when, can be told for any day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0004"


def upgrade() -> None:
    """Of what was handed over before, nobody knows it: it counts from when it began to wait."""
    op.add_column("kbwiki_review", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
