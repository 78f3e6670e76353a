"""Samples, the sheets handed to coders, and what a person's coding has besides the codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("half_width", sa.Float(), nullable=True),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("codebook", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("name", name=op.f("uq_sample_name")),
    )
    op.create_table(
        "sample_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(length=10), nullable=False),
        sa.Column("subject_key", sa.String(length=300), nullable=False),
        sa.Column("lang", sa.String(length=5), nullable=False),
        sa.Column("stratum", sa.String(length=200), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_item_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_item")),
        sa.UniqueConstraint(
            "sample_id",
            "subject_kind",
            "subject_key",
            name=op.f("uq_sample_item_sample_id_subject_kind_subject_key"),
        ),
        sa.UniqueConstraint("sample_id", "position", name=op.f("uq_sample_item_sample_id_position")),
    )
    op.create_index("ix_sample_item_subject_key", "sample_item", ["subject_key"], unique=False)
    op.create_table(
        "sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("coder", sa.String(length=80), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("order_seed", sa.String(length=64), nullable=False),
        sa.Column("codebook", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sheet_sample_id_sample")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
        sa.UniqueConstraint("token", name=op.f("uq_sheet_token")),
    )
    op.create_index("ix_sheet_sample_id", "sheet", ["sample_id"], unique=False)
    op.create_table(
        "hand_coding",
        sa.Column("coding_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("between", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["coding_id"], ["coding.id"], name=op.f("fk_hand_coding_coding_id_coding")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name=op.f("fk_hand_coding_sheet_id_sheet")),
        sa.PrimaryKeyConstraint("coding_id", name=op.f("pk_hand_coding")),
    )
    op.create_index("ix_hand_coding_sheet_id", "hand_coding", ["sheet_id"], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in ("hand_coding", "sheet", "sample_item", "sample"):
        op.drop_table(table)
