"""The SQL views, second version: a listing may show all kinds of one service, and still is one row.

Frozen with the migration that makes them; what the views say is described in `auditor/views/views.yml`.
"""

from __future__ import annotations

from alembic import op

from migrations import views_1

_JOIN = "LEFT JOIN membership m ON m.subject_kind = 'listing' AND m.subject_key = l.lang || '/' || l.slug"
_FIRST_KIND = """LEFT JOIN (
            SELECT subject_key, MIN(service_id) AS service_id FROM membership WHERE subject_kind = 'listing'
            GROUP BY subject_key
        ) m ON m.subject_key = l.lang || '/' || l.slug"""

#: In the order they are made.
VIEWS = {**views_1.VIEWS, "listings": views_1.replaced(views_1.VIEWS["listings"], (_JOIN, _FIRST_KIND))}


def make() -> None:
    """Create every view on the engine that is being migrated."""
    for name, body in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {views_1.in_dialect(body, op.get_bind().dialect.name)}")


def drop() -> None:
    """Drop every view."""
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")
