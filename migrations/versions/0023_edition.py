"""Spaces may show the last reviewed revision of their pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """What a space sets, and what holds there after inheritance: the newest text everywhere, as before."""
    op.add_column("kbwiki_space", sa.Column("edition", sa.String(10), nullable=True))
    op.add_column(
        "kbwiki_space", sa.Column("shows_reviewed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
