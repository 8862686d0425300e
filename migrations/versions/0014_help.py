"""Pages bound to screens of the host, help that was asked for, and whether pages helped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Four tables; no page is bound yet, and nobody has asked."""
    op.create_table(
        "kbwiki_help_page",
        sa.Column("page_id", ID, autoincrement=False, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_help_page_page_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_help_page_wiki_id"),
        sa.PrimaryKeyConstraint("page_id", name="pk_kbwiki_help_page"),
    )
    op.create_table(
        "kbwiki_help_binding",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("page_id", ID, nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_help_binding_wiki_id"),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_help_binding_page_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_help_binding"),
    )
    op.create_index("ix_kbwiki_help_binding_endpoint", "kbwiki_help_binding", ["wiki_id", "endpoint"], unique=False)
    op.create_index("ix_kbwiki_help_binding_page_id", "kbwiki_help_binding", ["page_id"], unique=False)
    op.create_table(
        "kbwiki_help_wanted",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("error", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_help_wanted_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_help_wanted"),
    )
    op.create_index(
        "uq_kbwiki_help_wanted_endpoint", "kbwiki_help_wanted", ["wiki_id", "endpoint", "error"], unique=True
    )
    op.create_table(
        "kbwiki_help_answered",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("page_id", ID, nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("did_not", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_help_answered_wiki_id"),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_help_answered_page_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_help_answered"),
    )
    op.create_index("uq_kbwiki_help_answered_page_id", "kbwiki_help_answered", ["page_id", "endpoint"], unique=True)
