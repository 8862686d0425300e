"""The tables of links and of where they stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "linkcheck_0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Three tables; no link is known yet."""
    op.create_table(
        "kbwiki_x_linkcheck_link",
        sa.Column("id", ID, primary_key=True),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("url_key", sa.String(64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("wiki_id", "url_key", name="uq_kbwiki_x_linkcheck_link_url"),
    )
    op.create_index("ix_kbwiki_x_linkcheck_link_next", "kbwiki_x_linkcheck_link", ["wiki_id", "next_at"])
    op.create_table(
        "kbwiki_x_linkcheck_use",
        sa.Column("id", ID, primary_key=True),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("link_id", ID, sa.ForeignKey("kbwiki_x_linkcheck_link.id"), nullable=False),
        sa.Column("path", sa.String(1024), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=False),
    )
    op.create_index("ix_kbwiki_x_linkcheck_use_link", "kbwiki_x_linkcheck_use", ["link_id"])
    op.create_index("ix_kbwiki_x_linkcheck_use_path", "kbwiki_x_linkcheck_use", ["wiki_id", "path"])
    op.create_table(
        "kbwiki_x_linkcheck_place",
        sa.Column("wiki_id", ID, primary_key=True, autoincrement=False),
        sa.Column("path", sa.String(1024), nullable=False),
    )
