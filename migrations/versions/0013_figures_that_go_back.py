"""A figure that goes back to what it was stands anew, and a cell that is no longer computed is withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import views_1, views_3

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OLD = "uq_measurement_as_of_lang_measure_cell_inputs_hash"
_CELL = ("as_of", "lang", "measure", "cell")
# The last row of a cell is in force, whatever the clock said when it was computed: clocks are set back.
_MEASURES = views_1.replaced(
    views_3.VIEWS["measures"],
    (
        "FROM measurement m LEFT JOIN acts a ON a.act = m.act\n    )",
        """FROM measurement m LEFT JOIN acts a ON a.act = m.act
    ), ranked AS (
        SELECT k.*, ROW_NUMBER() OVER (PARTITION BY k.as_of, k.lang, k.measure, k.cell, k.counts
                                       ORDER BY k.id DESC) AS place
        FROM kept k
    )""",
    ),
    (
        """CASE WHEN k.counts = 1 AND ROW_NUMBER() OVER (PARTITION BY k.as_of, k.lang, k.measure, k.cell, k.counts
                                                         ORDER BY k.computed_at DESC, k.id DESC) = 1
                THEN 1 ELSE 0 END AS newest
    FROM kept k
""",
        """CASE WHEN k.counts = 1 AND k.place = 1 THEN 1 ELSE 0 END AS newest
    FROM ranked k
""",
    ),
    ("k.edition_date\n", "k.edition_date\n    WHERE NOT k.withdrawn\n"),
)


def upgrade() -> None:
    """Apply."""
    op.execute("DROP VIEW measures")
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint(_OLD, type_="unique")
        batch_op.create_index(batch_op.f("ix_measurement_as_of_lang_measure_cell"), list(_CELL))
    _make(_MEASURES)


def downgrade() -> None:
    """Take back. Of several rows with one value's inputs only the newest can stay."""
    op.execute("DROP VIEW measures")
    row = sa.table("measurement", *(sa.column(name) for name in ("id", "withdrawn", "inputs_hash", *_CELL)))
    newest = (
        sa.select(sa.func.max(row.c.id))
        .where(~row.c.withdrawn)
        .group_by(*(row.c[name] for name in _CELL), row.c.inputs_hash)
    )
    op.execute(sa.delete(row).where(row.c.id.not_in(newest)))
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measurement_as_of_lang_measure_cell"))
        batch_op.drop_column("withdrawn")
        batch_op.create_unique_constraint(_OLD, [*_CELL, "inputs_hash"])
    _make(views_3.VIEWS["measures"])


def _make(body: str) -> None:
    op.execute(f"CREATE VIEW measures AS {views_3.in_dialect(body, op.get_bind().dialect.name)}")
