"""What was linked from which inputs, and which linking found a link."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "linking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("older", sa.String(length=80), nullable=False),
        sa.Column("newer", sa.String(length=80), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("linker", sa.String(length=20), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.JSON(), nullable=False),
        sa.Column("begun", sa.JSON(), nullable=False),
        sa.Column("restored", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linking")),
        sa.UniqueConstraint("kind", "older", "newer", name=op.f("uq_linking_kind_older_newer")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("linking_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_link_linking_id"), ["linking_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_link_linking_id_linking"), "linking", ["linking_id"], ["id"])


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_link_linking_id_linking"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_link_linking_id"))
        batch_op.drop_column("linking_id")

    op.drop_table("linking")
