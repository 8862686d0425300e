"""The table of what has to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mail_0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One table; nothing has to be sent yet."""
    op.create_table(
        "kbwiki_x_mail_waiting",
        sa.Column("id", ID, primary_key=True),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("notice_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("recipient_id", sa.String(255), nullable=False),
        sa.Column("recipient_name", sa.String(255), nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.UniqueConstraint("wiki_id", "notice_id", name="uq_kbwiki_x_mail_waiting_notice"),
    )
    op.create_index("ix_kbwiki_x_mail_waiting_due", "kbwiki_x_mail_waiting", ["wiki_id", "state", "due_at"])
