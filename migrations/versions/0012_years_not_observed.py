"""Accounts and changes say which years lie between their ends without a text that was read."""

from __future__ import annotations

from alembic import op

from migrations import views_1, views_3

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# An account is kept between observed years that follow each other: the years left out were not observed.
_ACCOUNT = views_1.replaced(
    """
    SELECT a.*, CASE WHEN a.to_year - a.from_year = 2 THEN CAST(a.from_year + 1 AS VARCHAR(9))
                     WHEN a.to_year - a.from_year > 2
                     THEN CAST(a.from_year + 1 AS VARCHAR(4)) || '-' || CAST(a.to_year - 1 AS VARCHAR(4))
                END AS years_not_observed
    FROM (before) a
    """,
    ("before", views_3.VIEWS["account"]),
)
_CHANGES = views_1.replaced(
    """
    SELECT c.*, CASE WHEN e.in_force_until < c.edition_date THEN e.in_force_until END AS not_observed_from
    FROM (before) c LEFT JOIN editions e ON e.edition_key = c.older_edition
    """,
    ("before", views_3.VIEWS["changes"]),
)


def upgrade() -> None:
    """Apply."""
    _make({"account": _ACCOUNT, "changes": _CHANGES})


def downgrade() -> None:
    """Take back."""
    _make({name: views_3.VIEWS[name] for name in ("account", "changes")})


def _make(views: dict[str, str]) -> None:
    for name, body in views.items():
        op.execute(f"DROP VIEW {name}")
        op.execute(f"CREATE VIEW {name} AS {views_3.in_dialect(body, op.get_bind().dialect.name)}")
