"""Words of a report."""

import sqlalchemy as sa
from alembic import op

revision = "w2"
down_revision = "w1"


def upgrade() -> None:
    """A column, and an index; on SQLite the table is made anew."""
    with op.batch_alter_table("kbwiki_x_weather_report") as table:
        table.add_column(sa.Column("words", sa.String(1000), nullable=False, server_default=""))
        table.alter_column("place", existing_type=sa.String(100), type_=sa.String(120))
    op.create_index("ix_kbwiki_x_weather_report_place", "kbwiki_x_weather_report", ["place"])
    op.execute("UPDATE kbwiki_x_weather_report SET words = 'none' WHERE words = ''")
