"""Reports."""

import sqlalchemy as sa
from alembic import op

revision = "w1"
down_revision = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "kbwiki_x_weather_report",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("wiki_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(100), nullable=False),
        sa.UniqueConstraint("wiki_id", "place", name="uq_kbwiki_x_weather_report_place"),
    )
