"""Which plugins and hooks are switched off, and when scheduled work of plugins was last done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables; every plugin is on, and nothing was done yet."""
    op.create_table(
        "kbwiki_plugin_switch",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("plugin", sa.String(40), nullable=False),
        sa.Column("hook", sa.String(40), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_plugin_switch_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_plugin_switch"),
        sa.UniqueConstraint("wiki_id", "plugin", "hook", name="uq_kbwiki_plugin_switch_hook"),
    )
    op.create_table(
        "kbwiki_plugin_work",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("plugin", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_plugin_work_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_plugin_work"),
        sa.UniqueConstraint("wiki_id", "plugin", "name", name="uq_kbwiki_plugin_work_name"),
    )
