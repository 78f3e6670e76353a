"""People's codings stand with every row of the same text, none counts on another text, and a coder's version is told."""

from __future__ import annotations

from alembic import op

from migrations import views_1, views_3

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# A subject's text is the one the machine coded last; without the machine whatever people were shown is taken for it.
_CODINGS = """
    WITH machine AS (
        SELECT id, subject_kind, subject_key, codebook, evidence_hash,
               ROW_NUMBER() OVER (PARTITION BY subject_kind, subject_key, codebook
                                  ORDER BY coded_at DESC, id DESC) AS place
        FROM coding WHERE coder = 'machine'
    ), hand AS (
        SELECT id, subject_kind, subject_key, codebook, evidence_hash, coder, coded_at, nature, completeness,
               CASE WHEN coder LIKE 'adjudicated:%' THEN 1 ELSE 0 END AS decided
        FROM coding WHERE coder <> 'machine'
    ), texts AS (
        SELECT subject_kind, subject_key, codebook, evidence_hash FROM machine WHERE place = 1
        UNION
        SELECT h.subject_kind, h.subject_key, h.codebook, h.evidence_hash FROM hand h
        WHERE NOT EXISTS (SELECT 1 FROM coding c WHERE c.subject_key = h.subject_key AND c.coder = 'machine'
                          AND c.subject_kind = h.subject_kind AND c.codebook = h.codebook)
    ), said AS (
        SELECT t.subject_kind, t.subject_key, t.codebook, h.id, h.coder, h.nature, h.completeness, h.decided,
               ROW_NUMBER() OVER (PARTITION BY t.subject_kind, t.subject_key, t.codebook, h.coder
                                  ORDER BY h.coded_at DESC, h.id DESC) AS place
        FROM hand h JOIN texts t ON t.subject_kind = h.subject_kind AND t.codebook = h.codebook
                                    AND t.evidence_hash = h.evidence_hash
    ), camps AS (
        SELECT subject_kind, subject_key, codebook, nature, completeness, COUNT(*) AS size, MAX(id) AS id,
               RANK() OVER (PARTITION BY subject_kind, subject_key, codebook ORDER BY COUNT(*) DESC) AS standing,
               SUM(COUNT(*)) OVER (PARTITION BY subject_kind, subject_key, codebook) AS people
        FROM said WHERE place = 1 AND decided = 0
        GROUP BY subject_kind, subject_key, codebook, nature, completeness
    ), largest AS (
        SELECT camps.*, COUNT(*) OVER (PARTITION BY subject_kind, subject_key, codebook) AS rivals
        FROM camps WHERE standing = 1
    ), chosen AS (
        SELECT id, subject_kind, subject_key, codebook, 1 AS weight FROM said WHERE place = 1 AND decided = 1
        UNION ALL
        SELECT id, subject_kind, subject_key, codebook, 2 FROM largest
        WHERE people = 1 OR (size >= 2 AND rivals = 1)
        UNION ALL
        SELECT id, subject_kind, subject_key, codebook, 3 FROM machine WHERE place = 1
    ), ranked AS (
        SELECT id, subject_key, codebook,
               ROW_NUMBER() OVER (PARTITION BY subject_kind, subject_key, codebook ORDER BY weight, id DESC) AS place
        FROM chosen
    ), counting AS (
        SELECT id, subject_key FROM ranked WHERE place = 1 AND codebook = (SELECT MAX(codebook) FROM coding)
    ), placed AS (
        SELECT c.id, c.subject_key AS key_there, CASE WHEN n.id IS NULL THEN 0 ELSE 1 END AS in_force
        FROM coding c LEFT JOIN counting n ON n.id = c.id AND n.subject_key = c.subject_key
        UNION ALL
        SELECT c.id, n.subject_key, 1
        FROM counting n JOIN coding c ON c.id = n.id WHERE c.subject_key <> n.subject_key
    )
    SELECT c.id AS coding_id, c.subject_kind, p.key_there AS subject_key, c.subject_key AS given_to, c.lang, c.coder,
           NULLIF(c.coder_version, '') AS coder_version, c.codebook, c.nature, c.completeness, c.output, c.sector,
           CAST(c.rules AS TEXT) AS rules, c.confidence, {time:c.coded_at} AS coded_at, p.in_force
    FROM placed p JOIN coding c ON c.id = p.id
"""


def upgrade() -> None:
    """Apply."""
    _make(_CODINGS)


def downgrade() -> None:
    """Take back."""
    _make(views_1.VIEWS["codings"])


def _make(body: str) -> None:
    op.execute("DROP VIEW codings")
    op.execute(f"CREATE VIEW codings AS {views_3.in_dialect(body, op.get_bind().dialect.name)}")
