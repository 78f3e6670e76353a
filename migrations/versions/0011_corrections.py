"""Published corrections of figures, as a table that is only added to and as a view."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import views_1

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CORRECTIONS = """
    SELECT measure || CASE WHEN cell = '' THEN '' ELSE ':' || cell END || '/' || {day:as_of} || '/' || lang || '/'
             || ROW_NUMBER() OVER (PARTITION BY measure, cell, as_of, lang ORDER BY noted_at, id) AS correction_key,
           {time:noted_at} AS noted_at, {day:as_of} AS as_of, {year:as_of} AS year, lang, measure, cell, old_value,
           new_value, reason, noticed_by
    FROM correction
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("cell", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("old_value", sa.Integer(), nullable=False),
        sa.Column("new_value", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("noticed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.execute(f"CREATE VIEW corrections AS {views_1.in_dialect(_CORRECTIONS, op.get_bind().dialect.name)}")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP VIEW corrections")
    op.drop_table("correction")
