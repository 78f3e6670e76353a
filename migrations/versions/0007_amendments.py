"""What the notes of a reading say of its rows, and by which amending order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("row_number", sa.String(length=20), nullable=False),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("order_number", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_amendment_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_amendment_edition_id_position")),
    )
    op.create_index(op.f("ix_amendment_edition_id"), "amendment", ["edition_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("amendment")
