"""Which version of a coder coded: a mended lexicon may answer anew on the same text, beside the earlier answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD = "uq_coding_subject_kind_subject_key_coder_codebook_evidence_hash"
_NEW = "uq_coding_answer"
_TEXT = ("subject_kind", "subject_key", "coder", "codebook", "evidence_hash")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.add_column(sa.Column("coder_version", sa.String(length=20), nullable=False, server_default=""))
        batch_op.drop_constraint(_OLD, type_="unique")
        batch_op.create_unique_constraint(_NEW, [*_TEXT, "coded_at"])


def downgrade() -> None:
    """Take back. Of several answers on one text only the newest can stay."""
    coding = sa.table("coding", sa.column("id"), *(sa.column(name) for name in _TEXT))
    newest = sa.select(sa.func.max(coding.c.id)).group_by(*(coding.c[name] for name in _TEXT))
    op.execute(sa.delete(coding).where(coding.c.id.not_in(newest)))
    with op.batch_alter_table("coding", schema=None) as batch_op:
        batch_op.drop_constraint(_NEW, type_="unique")
        batch_op.drop_column("coder_version")
        batch_op.create_unique_constraint(_OLD, list(_TEXT))
