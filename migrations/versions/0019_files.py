"""Files and their versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(1024).with_variant(sa.String(1024, collation="C"), "postgresql")


def upgrade() -> None:
    """Two tables; there are no files yet."""
    op.create_table(
        "kbwiki_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("space_id", ID, nullable=False),
        *_state(),
        sa.Column("parent", PATH, nullable=False),
        sa.Column("look_alike", PATH, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_file_wiki_id"),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_file_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_file"),
    )
    live = {"sqlite_where": sa.text("deleted = 0"), "postgresql_where": sa.text("NOT deleted")}
    op.create_index("uq_kbwiki_file_live_path", "kbwiki_file", ["wiki_id", "path"], unique=True, **live)
    op.create_index("ix_kbwiki_file_path", "kbwiki_file", ["wiki_id", "path"])
    op.create_index("ix_kbwiki_file_parent", "kbwiki_file", ["wiki_id", "parent", "path"])
    op.create_index("ix_kbwiki_file_look_alike", "kbwiki_file", ["wiki_id", "look_alike"])
    op.create_index("ix_kbwiki_file_digest", "kbwiki_file", ["wiki_id", "digest"])
    op.create_index("ix_kbwiki_file_space", "kbwiki_file", ["space_id"])
    op.create_table(
        "kbwiki_file_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("file_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
        *_state(),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hidden", sa.Boolean(create_constraint=False), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["kbwiki_file.id"], name="fk_kbwiki_file_version_file_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_file_version_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_file_version"),
        sa.UniqueConstraint("file_id", "number", name="uq_kbwiki_file_version_file_id_number"),
    )
    op.create_index("ix_kbwiki_file_version_digest", "kbwiki_file_version", ["digest"])
    op.create_index("ix_kbwiki_file_version_path", "kbwiki_file_version", ["path"])
    op.create_index("ix_kbwiki_file_version_actor", "kbwiki_file_version", ["actor_id", "id"])


def _state() -> tuple[sa.Column, ...]:
    """What a file's row repeats of its newest version."""
    return (
        sa.Column("path", PATH, nullable=False),
        sa.Column("deleted", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("alt", sa.String(1000), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
    )
