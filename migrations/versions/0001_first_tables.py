"""The first tables: wikis, actors, the journal, spaces, pages, reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Types are spelled out here, not imported: a migration says what a table was on its day.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(length=1024).with_variant(sa.String(length=1024, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DIGEST = sa.LargeBinary(length=32)


def upgrade() -> None:
    """Create them all."""
    op.create_table(
        "kbwiki_parsed_text",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("plain", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "version", name="pk_kbwiki_parsed_text"),
    )
    op.create_table(
        "kbwiki_rendered",
        sa.Column("key", DIGEST, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kbwiki_rendered"),
    )
    op.create_index("ix_kbwiki_rendered_digest", "kbwiki_rendered", ["digest"], unique=False)
    op.create_table(
        "kbwiki_text",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name="pk_kbwiki_text"),
    )
    op.create_table(
        "kbwiki_wiki",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_wiki"),
        sa.UniqueConstraint("name", name="uq_kbwiki_wiki_name"),
    )
    op.create_table(
        "kbwiki_actor",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_actor_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_actor"),
        sa.UniqueConstraint("wiki_id", "external_id", name="uq_kbwiki_actor_wiki_id_external_id"),
    )
    op.create_table(
        "kbwiki_cursor",
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", ID, nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_cursor_wiki_id"),
        sa.PrimaryKeyConstraint("wiki_id", "name", name="pk_kbwiki_cursor"),
    )
    op.create_table(
        "kbwiki_review",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("base", ID, nullable=False),
        sa.Column("head", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'decided', 'handed-over')", name="ck_kbwiki_review_state"),
        sa.CheckConstraint("base < head", name="ck_kbwiki_review_range"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_review_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_review"),
    )
    op.create_index(
        "ix_kbwiki_review_queue",
        "kbwiki_review",
        ["wiki_id", "group", "updated_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_kbwiki_review_subject", "kbwiki_review", ["subject_id", "subject_kind", "id"], unique=False
    )
    op.create_index(
        "uq_kbwiki_review_open",
        "kbwiki_review",
        ["subject_id", "subject_kind", "group", "wiki_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "kbwiki_space",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("readers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("writers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reviewers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("number", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_space_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_space"),
        sa.UniqueConstraint("wiki_id", "path", name="uq_kbwiki_space_wiki_id_path"),
    )
    op.create_table(
        "kbwiki_decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("base", ID, nullable=False),
        sa.Column("head", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("result", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "verdict IN ('approve', 'revert', 'hide', 'restore')", name="ck_kbwiki_decision_verdict"
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_decision_actor_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_decision_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_decision"),
        sa.UniqueConstraint("review_id", name="uq_kbwiki_decision_review_id"),
    )
    op.create_index("ix_kbwiki_decision_actor", "kbwiki_decision", ["actor_id", "id"], unique=False)
    op.create_table(
        "kbwiki_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("position", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("exempt", sa.String(length=100), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("chain", DIGEST, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_entry_actor_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_entry_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_entry"),
    )
    op.create_index("ix_kbwiki_entry_actor", "kbwiki_entry", ["actor_id", "id"], unique=False)
    op.create_index(
        "ix_kbwiki_entry_subject", "kbwiki_entry", ["subject_id", "subject_kind", "number"], unique=False
    )
    op.create_index(
        "ix_kbwiki_entry_unsealed",
        "kbwiki_entry",
        ["wiki_id", "id"],
        unique=False,
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_index("uq_kbwiki_entry_position", "kbwiki_entry", ["wiki_id", "position"], unique=True)
    op.create_table(
        "kbwiki_grant",
        sa.Column("space_id", ID, nullable=False),
        sa.Column("right", sa.String(length=10), nullable=False),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_grant_space_id"),
        sa.PrimaryKeyConstraint("space_id", "right", "group", name="pk_kbwiki_grant"),
    )
    op.create_index("ix_kbwiki_grant_group", "kbwiki_grant", ["group", "right", "space_id"], unique=False)
    op.create_table(
        "kbwiki_page",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("space_id", ID, nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("parent", PATH, nullable=False),
        sa.Column("look_alike", PATH, nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("text_digest", DIGEST, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_page_space_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_page_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_page"),
    )
    op.create_index("ix_kbwiki_page_look_alike", "kbwiki_page", ["wiki_id", "look_alike"], unique=False)
    op.create_index("ix_kbwiki_page_parent", "kbwiki_page", ["wiki_id", "parent", "path"], unique=False)
    op.create_index("ix_kbwiki_page_path", "kbwiki_page", ["wiki_id", "path"], unique=False)
    op.create_index("ix_kbwiki_page_space", "kbwiki_page", ["space_id"], unique=False)
    op.create_index(
        "uq_kbwiki_page_live_path",
        "kbwiki_page",
        ["wiki_id", "path"],
        unique=True,
        sqlite_where=sa.text("deleted = 0"),
        postgresql_where=sa.text("NOT deleted"),
    )
    op.create_table(
        "kbwiki_review_author",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_review_author_actor_id"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_review_author_review_id"
        ),
        sa.PrimaryKeyConstraint("review_id", "actor_id", name="pk_kbwiki_review_author"),
    )
    op.create_index(
        "ix_kbwiki_review_author_actor", "kbwiki_review_author", ["actor_id", "review_id"], unique=False
    )
    op.create_table(
        "kbwiki_page_link",
        sa.Column("page_id", ID, nullable=False),
        sa.Column("target", PATH, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("look_alike", PATH, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_page_link_page_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_page_link_wiki_id"),
        sa.PrimaryKeyConstraint("page_id", "target", name="pk_kbwiki_page_link"),
    )
    op.create_index(
        "ix_kbwiki_page_link_look_alike", "kbwiki_page_link", ["wiki_id", "look_alike"], unique=False
    )
    op.create_index("ix_kbwiki_page_link_target", "kbwiki_page_link", ["wiki_id", "target"], unique=False)
    op.create_table(
        "kbwiki_page_tag",
        sa.Column("page_id", ID, nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_page_tag_page_id"),
        sa.PrimaryKeyConstraint("page_id", "tag", name="pk_kbwiki_page_tag"),
    )
    op.create_index("ix_kbwiki_page_tag_tag", "kbwiki_page_tag", ["tag", "page_id"], unique=False)
    op.create_table(
        "kbwiki_redirect",
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("page_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_redirect_page_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_redirect_wiki_id"),
        sa.PrimaryKeyConstraint("wiki_id", "path", name="pk_kbwiki_redirect"),
    )
    op.create_index("ix_kbwiki_redirect_page_id", "kbwiki_redirect", ["page_id"], unique=False)
    op.create_table(
        "kbwiki_revision",
        sa.Column("id", ID, nullable=False),
        sa.Column("page_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("text_digest", DIGEST, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("exempt", sa.String(length=100), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_revision_actor_id"),
        sa.ForeignKeyConstraint(["page_id"], ["kbwiki_page.id"], name="fk_kbwiki_revision_page_id"),
        sa.ForeignKeyConstraint(
            ["text_digest"], ["kbwiki_text.digest"], name="fk_kbwiki_revision_text_digest"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_revision"),
        sa.UniqueConstraint("page_id", "number", name="uq_kbwiki_revision_page_id_number"),
    )
    op.create_index("ix_kbwiki_revision_actor", "kbwiki_revision", ["actor_id", "id"], unique=False)
