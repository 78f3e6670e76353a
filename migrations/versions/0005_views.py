"""Views for those who query, and tables of what they need derived: changes between editions, terms of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import views_1

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "growth",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("older", sa.String(length=80), nullable=False),
        sa.Column("newer", sa.String(length=80), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth")),
    )
    op.create_index("uq_growth_pair", "growth", ["kind", "lang", "older", "newer"], unique=True)
    op.create_table(
        "edition_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("growth_id", sa.Integer(), nullable=False),
        sa.Column("edition_date", sa.Date(), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("older_keys", sa.Text(), nullable=False),
        sa.Column("newer_keys", sa.Text(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["growth_id"], ["growth.id"], name=op.f("fk_edition_change_growth_id_growth")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_change")),
    )
    op.create_index(op.f("ix_edition_change_growth_id"), "edition_change", ["growth_id"], unique=False)
    op.create_table(
        "account_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("growth_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("digitised", sa.Boolean(), nullable=False),
        sa.Column("count_before", sa.Integer(), nullable=False),
        sa.Column("count_after", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["growth_id"], ["growth.id"], name=op.f("fk_account_term_growth_id_growth")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_term")),
    )
    op.create_index(op.f("ix_account_term_growth_id"), "account_term", ["growth_id"], unique=False)
    views_1.make()


def downgrade() -> None:
    """Take back."""
    views_1.drop()
    for table in ("account_term", "edition_change", "growth"):
        op.drop_table(table)
