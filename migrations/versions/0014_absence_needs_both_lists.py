"""Absence from the portal is proven by the lists for citizens and for businesses, not by the one that was read."""

from __future__ import annotations

from alembic import op

from migrations import views_1, views_3

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_VIEWS = {
    "services": views_1.replaced(
        views_3.VIEWS["services"],
        ("WHEN p.gone = 1 THEN", "WHEN p.gone = 1 AND (SELECT COUNT(DISTINCT audience) FROM frames) > 1 THEN"),
    ),
    "listings": views_1.replaced(
        views_3.VIEWS["listings"],
        (
            "WHEN d.gone = 1 THEN",
            "WHEN d.gone = 1 AND (SELECT COUNT(DISTINCT f.audience) FROM frames f WHERE f.lang = l.lang) > 1 THEN",
        ),
    ),
}


def upgrade() -> None:
    """Apply."""
    _make(_VIEWS)


def downgrade() -> None:
    """Take back."""
    _make({name: views_3.VIEWS[name] for name in _VIEWS})


def _make(views: dict[str, str]) -> None:
    for name, body in views.items():
        op.execute(f"DROP VIEW {name}")
        op.execute(f"CREATE VIEW {name} AS {views_3.in_dialect(body, op.get_bind().dialect.name)}")
