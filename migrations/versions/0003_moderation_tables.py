"""The tables of moderation in full: rules, leases, restraints, batches, messages, what stands beside reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(length=1024).with_variant(sa.String(length=1024, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
DIGEST = sa.LargeBinary(length=32)


def upgrade() -> None:
    """Create them all, and count the reviews that are live."""
    op.create_table(
        "kbwiki_rule",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_rule_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_rule"),
    )
    op.create_index("uq_kbwiki_rule_name", "kbwiki_rule", ["wiki_id", "name"], unique=True)

    op.create_table(
        "kbwiki_batch",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('reviews', 'runs')", name=op.f("ck_kbwiki_batch_kind")),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_batch_actor_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_batch_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_batch"),
    )
    op.create_index("ix_kbwiki_batch_wiki", "kbwiki_batch", ["wiki_id", "at"], unique=False)

    op.create_table(
        "kbwiki_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("recipient_id", ID, nullable=False),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["kbwiki_actor.id"], name="fk_kbwiki_message_recipient_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_message_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_message"),
    )
    op.create_index("ix_kbwiki_message_recipient", "kbwiki_message", ["recipient_id", "id"], unique=False)

    op.create_table(
        "kbwiki_reason",
        sa.Column("id", ID, nullable=False),
        sa.Column("space_id", ID, nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=255), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_reason_space_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_reason"),
    )
    op.create_index("uq_kbwiki_reason_key", "kbwiki_reason", ["space_id", "key"], unique=True)

    op.create_table(
        "kbwiki_rule_version",
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(length=1000), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_rule_version_actor_id"),
        sa.ForeignKeyConstraint(["rule_id"], ["kbwiki_rule.id"], name="fk_kbwiki_rule_version_rule_id"),
        sa.PrimaryKeyConstraint("rule_id", "number", name="pk_kbwiki_rule_version"),
    )
    op.create_table(
        "kbwiki_seen",
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_seen_actor_id"),
        sa.PrimaryKeyConstraint("actor_id", "subject_kind", "subject_id", name="pk_kbwiki_seen"),
    )
    op.create_table(
        "kbwiki_tally",
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("space_id", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_tally_space_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_tally_wiki_id"),
        sa.PrimaryKeyConstraint("wiki_id", "group", "space_id", "state", name="pk_kbwiki_tally"),
    )
    op.create_table(
        "kbwiki_trust",
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("space_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_trust_actor_id"),
        sa.ForeignKeyConstraint(["space_id"], ["kbwiki_space.id"], name="fk_kbwiki_trust_space_id"),
        sa.PrimaryKeyConstraint("actor_id", "space_id", "kind", name="pk_kbwiki_trust"),
    )
    op.create_table(
        "kbwiki_aside",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_aside_actor_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_aside_review_id"),
        sa.PrimaryKeyConstraint("review_id", "actor_id", name="pk_kbwiki_aside"),
    )
    op.create_index("ix_kbwiki_aside_actor", "kbwiki_aside", ["actor_id", "review_id"], unique=False)

    op.create_table(
        "kbwiki_draft_note",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_draft_note_actor_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_draft_note_review_id"),
        sa.PrimaryKeyConstraint("review_id", "actor_id", name="pk_kbwiki_draft_note"),
    )
    op.create_table(
        "kbwiki_lease",
        sa.Column("review_id", ID, nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_lease_actor_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_lease_review_id"),
        sa.PrimaryKeyConstraint("review_id", name="pk_kbwiki_lease"),
    )
    op.create_index("ix_kbwiki_lease_actor", "kbwiki_lease", ["actor_id"], unique=False)

    op.create_table(
        "kbwiki_opinion",
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_id", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("own_verdict", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.CheckConstraint("asked_id <> asked_by", name=op.f("ck_kbwiki_opinion_somebody_else")),
        sa.ForeignKeyConstraint(["asked_by"], ["kbwiki_actor.id"], name="fk_kbwiki_opinion_asked_by"),
        sa.ForeignKeyConstraint(["asked_id"], ["kbwiki_actor.id"], name="fk_kbwiki_opinion_asked_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_opinion_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_opinion"),
    )
    op.create_index("ix_kbwiki_opinion_asked", "kbwiki_opinion", ["asked_id"], unique=False)
    op.create_index("ix_kbwiki_opinion_review", "kbwiki_opinion", ["review_id"], unique=False)

    op.create_table(
        "kbwiki_batch_item",
        sa.Column("batch_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("review_id", ID, nullable=True),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("base", ID, nullable=False),
        sa.Column("head", ID, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("forecast", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decision_id", ID, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('planned', 'done', 'refused', 'taken-back')", name=op.f("ck_kbwiki_batch_item_outcome")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["kbwiki_batch.id"], name="fk_kbwiki_batch_item_batch_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["kbwiki_decision.id"], name="fk_kbwiki_batch_item_decision_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_batch_item_review_id"),
        sa.PrimaryKeyConstraint("batch_id", "place", name="pk_kbwiki_batch_item"),
    )
    op.create_table(
        "kbwiki_evidence",
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decision_id", ID, nullable=True),
        sa.CheckConstraint("kind IN ('report', 'answer', 'appeal')", name=op.f("ck_kbwiki_evidence_kind")),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_evidence_actor_id"),
        sa.ForeignKeyConstraint(["decision_id"], ["kbwiki_decision.id"], name="fk_kbwiki_evidence_decision_id"),
        sa.ForeignKeyConstraint(["review_id"], ["kbwiki_review.id"], name="fk_kbwiki_evidence_review_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_evidence"),
    )
    op.create_index("ix_kbwiki_evidence_review", "kbwiki_evidence", ["review_id", "id"], unique=False)

    op.create_table(
        "kbwiki_notice",
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("recipient_id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["decision_id"], ["kbwiki_decision.id"], name="fk_kbwiki_notice_decision_id"),
        sa.ForeignKeyConstraint(["message_id"], ["kbwiki_message.id"], name="fk_kbwiki_notice_message_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["kbwiki_actor.id"], name="fk_kbwiki_notice_recipient_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_notice_wiki_id"),
        sa.PrimaryKeyConstraint("decision_id", "recipient_id", name="pk_kbwiki_notice"),
    )
    op.create_index(
        "ix_kbwiki_notice_due",
        "kbwiki_notice",
        ["wiki_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("message_id IS NULL AND NOT dropped"),
        postgresql_where=sa.text("message_id IS NULL AND NOT dropped"),
    )
    op.create_index("ix_kbwiki_notice_message", "kbwiki_notice", ["message_id"], unique=False)

    op.create_table(
        "kbwiki_restraint",
        sa.Column("id", ID, nullable=False),
        sa.Column("wiki_id", ID, nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("below", sa.Boolean(), nullable=False),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("group", sa.String(length=255), nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["kbwiki_actor.id"], name="fk_kbwiki_restraint_actor_id"),
        sa.ForeignKeyConstraint(["wiki_id"], ["kbwiki_wiki.id"], name="fk_kbwiki_restraint_wiki_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kbwiki_restraint"),
    )
    op.create_index("ix_kbwiki_restraint_until", "kbwiki_restraint", ["wiki_id", "until"], unique=False)
    op.execute(
        'INSERT INTO kbwiki_tally (wiki_id, "group", space_id, state, count)'
        ' SELECT wiki_id, "group", space_id, state, count(*) FROM kbwiki_review'
        " WHERE state = 'open' GROUP BY wiki_id, \"group\", space_id, state"
    )
