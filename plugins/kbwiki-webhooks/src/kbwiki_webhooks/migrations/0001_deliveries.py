"""The table of deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "webhooks_0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table; nothing has to be sent yet."""
    op.create_table(
        "kbwiki_x_webhooks_delivery",
        sa.Column("id", ID, primary_key=True),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.Column("url_key", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.UniqueConstraint("wiki_id", "position", "url_key", name="uq_kbwiki_x_webhooks_delivery_position"),
    )
    op.create_index("ix_kbwiki_x_webhooks_delivery_next", "kbwiki_x_webhooks_delivery", ["wiki_id", "state", "next_at"])
