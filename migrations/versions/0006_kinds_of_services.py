"""A listing may show all kinds of one service: the view of listings keeps one row for each."""

from __future__ import annotations

from migrations import views_1, views_2

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    views_1.drop()
    views_2.make()


def downgrade() -> None:
    """Take back."""
    views_2.drop()
    views_1.make()
