"""A view of the links that wait for a person or that a person decided."""

from __future__ import annotations

from alembic import op

from migrations import views_3

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# What the machine found of a pair last counts, withdrawn or not: linking withdraws what a person has decided.
_LINK_CANDIDATES = """
    WITH asked AS (
        SELECT DISTINCT older_key, newer_key FROM link
        WHERE withdrawn_at IS NULL AND (linking_id IS NULL OR state = 'candidate')
    ), found AS (
        SELECT l.older_key, l.newer_key, l.type, l.probability, l.score, l.rule,
               ROW_NUMBER() OVER (PARTITION BY l.older_key, l.newer_key
                                  ORDER BY CASE WHEN l.withdrawn_at IS NULL THEN 0 ELSE 1 END, l.id DESC) AS place
        FROM link l JOIN asked a ON a.older_key = l.older_key AND a.newer_key = l.newer_key
        WHERE l.linking_id IS NOT NULL
    ), said AS (
        SELECT older_key, newer_key, type, state, decided_by, decided_at, reason
        FROM link WHERE linking_id IS NULL AND withdrawn_at IS NULL
    )
    SELECT a.older_key, a.newer_key, COALESCE(f.type, s.type) AS type, f.probability, f.score, f.rule,
           CASE WHEN s.state = 'accepted' THEN 'confirmed'
                WHEN s.state = 'refused' THEN 'refused'
                WHEN f.type = 'listed' AND EXISTS (SELECT 1 FROM said o WHERE o.newer_key = a.newer_key
                                                   AND o.type = 'listed' AND o.state = 'accepted') THEN 'settled'
                WHEN s.state = 'candidate' THEN 'withdrawn'
                ELSE 'open' END AS decision,
           s.decided_by, {time:s.decided_at} AS decided_at, s.reason
    FROM asked a
    LEFT JOIN found f ON f.older_key = a.older_key AND f.newer_key = a.newer_key AND f.place = 1
    LEFT JOIN said s ON s.older_key = a.older_key AND s.newer_key = a.newer_key
"""


def upgrade() -> None:
    """Apply."""
    body = views_3.in_dialect(_LINK_CANDIDATES, op.get_bind().dialect.name)
    op.execute(f"CREATE VIEW link_candidates AS {body}")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP VIEW link_candidates")
