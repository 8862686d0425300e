"""What authors call a small change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """One column; nobody called anything small before."""
    small = sa.Column("small", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false())
    op.add_column("kbwiki_revision", small)
