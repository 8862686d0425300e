"""Terms and what they mean."""

import sqlalchemy as sa
from alembic import op

revision = "g1"
down_revision = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "kbwiki_x_glossary_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("wiki_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("term", sa.String(200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.UniqueConstraint("wiki_id", "key", name="uq_kbwiki_x_glossary_entry_key"),
    )
