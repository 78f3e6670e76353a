"""Acts are known although nothing of them was read: the views say what is in force by them, and what was not read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import views_2, views_3

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    views_2.drop()
    op.create_table(
        "act",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    views_3.make()


def downgrade() -> None:
    """Take back."""
    views_3.drop()
    op.drop_table("act")
    views_2.make()
