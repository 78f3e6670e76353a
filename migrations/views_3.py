"""The SQL views, third version: which act is in force on which day, what was not read, and presence in three values.

Frozen with the migration that makes them; what the views say is described in `auditor/views/views.yml`.
"""

from __future__ import annotations

import re

from alembic import op

from migrations import views_1, views_2

_ACTS = """
    WITH named AS (
        SELECT id AS act, first_day FROM act
        UNION ALL
        SELECT act, MIN(edition_date) FROM edition_known WHERE superseded_at IS NULL GROUP BY act
        UNION ALL
        SELECT act, MIN(edition_date) FROM edition WHERE state <> 'superseded' GROUP BY act
    ), firsts AS (
        SELECT act, MIN(first_day) AS begun FROM named GROUP BY act
    ), spans AS (
        SELECT act, begun, LEAD(begun) OVER (ORDER BY begun, act) AS ended FROM firsts
    )
    SELECT act, {day:begun} AS first_day, {day:ended} AS replaced_on FROM spans
"""

_EDITIONS = """
    WITH found AS (
        SELECT e.id, e.act, e.edition_date, e.lang, e.rows_found, e.rows_live, e.state, e.state_reason,
               c.id AS capture_id, c.captured_at, c.provenance,
               ROW_NUMBER() OVER (PARTITION BY e.act, e.edition_date, e.lang
                                  ORDER BY c.captured_at DESC, e.id DESC) AS place
        FROM edition e
        JOIN edition_seen s ON s.edition_id = e.id AND s.superseded_at IS NULL
        JOIN capture c ON c.id = s.capture_id
        WHERE e.state IN ('good', 'accepted')
    ), read_acts AS (
        SELECT act, lang, MIN(edition_date) AS first_date FROM found WHERE place = 1 GROUP BY act, lang
    ), ends AS (
        SELECT act, lang, LEAD(first_date) OVER (PARTITION BY lang ORDER BY first_date, act) AS followed_on
        FROM read_acts
    ), kept AS (
        SELECT f.*, LEAD(f.edition_date) OVER (PARTITION BY f.lang ORDER BY f.edition_date, f.act) AS next_date
        FROM found f JOIN ends n ON n.act = f.act AND n.lang = f.lang
        WHERE f.place = 1 AND (n.followed_on IS NULL OR f.edition_date < n.followed_on)
    ), dated AS (
        SELECT k.*, {day:k.edition_date} AS day_from,
               CASE WHEN a.replaced_on IS NULL OR {day:k.next_date} < a.replaced_on THEN {day:k.next_date}
                    ELSE a.replaced_on END AS day_until
        FROM kept k LEFT JOIN acts a ON a.act = k.act
    )
    SELECT id AS edition_id, act || '/' || day_from || '/' || lang AS edition_key, act,
           day_from AS edition_date, {year:edition_date} AS year, lang, day_until AS in_force_until,
           CASE WHEN day_from <= {today} AND (day_until IS NULL OR day_until > {today})
                THEN 1 ELSE 0 END AS in_force_now,
           rows_live AS live_rows, rows_found - rows_live AS excluded_rows, state, state_reason, provenance,
           {time:captured_at} AS captured_at, capture_id
    FROM dated
"""

_UNREAD_EDITIONS = """
    WITH named AS (
        SELECT act, lang, edition_date FROM edition_known WHERE superseded_at IS NULL
        UNION
        SELECT act, lang, edition_date FROM edition WHERE state NOT IN ('good', 'accepted', 'superseded')
        UNION
        SELECT act, lang, edition_date FROM "fetch" WHERE kind = 'act_text' AND act <> '' AND edition_date IS NOT NULL
    )
    SELECT n.act || '/' || {day:n.edition_date} || '/' || n.lang AS edition_key, n.act,
           {day:n.edition_date} AS edition_date, n.lang
    FROM named n
    WHERE NOT EXISTS (SELECT 1 FROM edition e JOIN edition_seen s ON s.edition_id = e.id AND s.superseded_at IS NULL
                      WHERE e.act = n.act AND e.lang = n.lang AND e.edition_date = n.edition_date
                            AND e.state IN ('good', 'accepted'))
"""

_ENTRIES = views_1.replaced(
    views_1.VIEWS["entries"],
    (
        "CASE WHEN {digitised:e.forms} THEN 1 ELSE 0 END AS digitised",
        "CASE WHEN e.forms = '' THEN NULL WHEN {digitised:e.forms} THEN 1 ELSE 0 END AS digitised",
    ),
    (
        "CASE WHEN ' ' || e.forms || ' ' LIKE '% paper %' THEN 1 ELSE 0 END AS paper",
        "CASE WHEN e.forms = '' THEN NULL WHEN ' ' || e.forms || ' ' LIKE '% paper %' THEN 1 ELSE 0 END AS paper",
    ),
)

#: Complete readings of the portal's lists with the one after, and the lists themselves.
_READINGS = """
        readings AS (
            SELECT r.id, r.lang, r.audience, r.slug, c.captured_at,
                   LEAD(c.captured_at) OVER (PARTITION BY r.lang, r.audience, r.slug
                                             ORDER BY c.captured_at, r.id) AS next_at,
                   ROW_NUMBER() OVER (PARTITION BY r.lang, r.audience, r.slug
                                      ORDER BY c.captured_at DESC, r.id DESC) AS from_last
            FROM list_reading r JOIN capture c ON c.id = r.capture_id
            WHERE r.complete AND r.superseded_at IS NULL
        ), frames AS (
            SELECT lang, audience, slug, MIN(captured_at) AS first_at, MAX(captured_at) AS last_at
            FROM readings GROUP BY lang, audience, slug
        )"""

_PRESENCE = """CASE WHEN p.here = 1 THEN 'present' WHEN p.gone = 1 THEN 'absent' ELSE 'not_observed' END"""

#: The same where the proof is named d; a text without these words fails the migration and no view reads another table.
_PRESENCE_THERE = views_1.replaced(_PRESENCE, ("p.here", "d.here"), ("p.gone", "d.gone"))

_SERVICES = views_1.replaced(
    views_1.VIEWS["services"],
    ("WITH newest AS (", f"WITH {_READINGS.strip()}, newest AS ("),
    (
        "SELECT s.key AS service_key, p.first_date",
        """, held AS (
            SELECT m.service_id, r.lang, r.audience, r.slug, MAX(r.next_at) AS gone_at,
                   MAX(CASE WHEN r.from_last = 1 THEN 1 ELSE 0 END) AS here
            FROM membership m
            JOIN listing l ON m.subject_kind = 'listing' AND m.subject_key = l.lang || '/' || l.slug
            JOIN listing_seen n ON n.listing_id = l.id
            JOIN readings r ON r.id = n.list_reading_id
            GROUP BY m.service_id, r.lang, r.audience, r.slug
        ), proof AS (
            SELECT s.id AS service_id, MAX(COALESCE(h.here, 0)) AS here,
                   MIN(CASE WHEN {fortnight:COALESCE(h.gone_at, f.first_at)|f.last_at} THEN 1 ELSE 0 END) AS gone
            FROM service s
            CROSS JOIN frames f
            LEFT JOIN held h ON h.service_id = s.id AND h.lang = f.lang AND h.audience = f.audience AND h.slug = f.slug
            WHERE EXISTS (SELECT 1 FROM linking WHERE kind = 'listing' AND newer = 'portal')
            GROUP BY s.id
        )
        SELECT s.key AS service_key, q.first_date""",
    ),
    ("p.editions, COALESCE", f"q.editions, {_PRESENCE} AS on_portal, COALESCE"),
    ("JOIN spans p ON p.service_key = s.key", "JOIN spans q ON q.service_key = s.key"),
    ("JOIN shown l", "JOIN proof p ON p.service_id = s.id\n        LEFT JOIN shown l"),
)

_LISTINGS = views_1.replaced(
    views_2.VIEWS["listings"],
    ("WITH lines AS (", f"WITH {_READINGS.strip()}, lines AS ("),
    (
        "        SELECT l.lang || '/' || l.slug AS listing_key",
        """        , held AS (
            SELECT n.listing_id, r.lang, r.audience, r.slug, MAX(r.next_at) AS gone_at,
                   MAX(CASE WHEN r.from_last = 1 THEN 1 ELSE 0 END) AS here
            FROM listing_seen n JOIN readings r ON r.id = n.list_reading_id
            GROUP BY n.listing_id, r.lang, r.audience, r.slug
        ), proof AS (
            SELECT o.id AS listing_id, MAX(COALESCE(h.here, 0)) AS here,
                   MIN(CASE WHEN {fortnight:COALESCE(h.gone_at, f.first_at)|f.last_at} THEN 1 ELSE 0 END) AS gone
            FROM listing o
            JOIN frames f ON f.lang = o.lang
            LEFT JOIN held h ON h.listing_id = o.id AND h.audience = f.audience AND h.slug = f.slug
                                AND h.lang = f.lang
            GROUP BY o.id
        )
        SELECT l.lang || '/' || l.slug AS listing_key""",
    ),
    ("AS in_newest_list, p.url", f"AS in_newest_list, {_PRESENCE_THERE} AS presence, p.url"),
    ("JOIN lines i", "JOIN proof d ON d.listing_id = l.id\n        LEFT JOIN lines i"),
)

_MEASURES = """
    WITH grounds AS (
        SELECT DISTINCT as_of, lang, act, edition_date FROM measurement
    ), missing AS (
        SELECT g.as_of, g.lang, g.act, g.edition_date, u.edition_key
        FROM grounds g
        JOIN unread_editions u ON u.act = g.act AND u.lang = g.lang AND u.edition_date > {day:g.edition_date}
                                  AND u.edition_date <= {day:g.as_of}
        ORDER BY u.edition_key
    ), told AS (
        SELECT as_of, lang, act, edition_date, {list:edition_key} AS keys
        FROM missing GROUP BY as_of, lang, act, edition_date
    ), kept AS (
        SELECT m.*, CASE WHEN {day:m.as_of} >= a.replaced_on THEN 0 ELSE 1 END AS counts
        FROM measurement m LEFT JOIN acts a ON a.act = m.act
    )
    SELECT {day:k.as_of} AS as_of, {year:k.as_of} AS year, k.lang, k.measure, k.cell, k.value, k.numerator,
           k.denominator, CASE WHEN k.denominator > 0 THEN k.value / k.denominator END AS share, k.act,
           {day:k.edition_date} AS edition_date, t.keys AS unread_editions, k.codebook,
           {time:k.computed_at} AS computed_at,
           CASE WHEN k.counts = 1 AND ROW_NUMBER() OVER (PARTITION BY k.as_of, k.lang, k.measure, k.cell, k.counts
                                                         ORDER BY k.computed_at DESC, k.id DESC) = 1
                THEN 1 ELSE 0 END AS newest
    FROM kept k
    LEFT JOIN told t ON t.as_of = k.as_of AND t.lang = k.lang AND t.act = k.act AND t.edition_date = k.edition_date
"""

_ACCOUNT = """
    WITH ends AS (
        SELECT g.id, g.lang, y.side,
               CASE WHEN CASE WHEN y.side = 1 THEN g.older ELSE g.newer END || '-12-31' > {today} THEN {today}
                    ELSE CASE WHEN y.side = 1 THEN g.older ELSE g.newer END || '-12-31' END AS day
        FROM growth g CROSS JOIN (SELECT 1 AS side UNION ALL SELECT 2) y WHERE g.kind = 'account'
    ), missing AS (
        SELECT DISTINCT e.id, u.edition_key
        FROM ends e
        JOIN acts a ON a.first_day <= e.day AND (a.replaced_on IS NULL OR e.day < a.replaced_on)
        JOIN unread_editions u ON u.act = a.act AND u.lang = e.lang AND u.edition_date <= e.day
        WHERE NOT EXISTS (SELECT 1 FROM editions v WHERE v.act = u.act AND v.lang = u.lang
                          AND v.edition_date > u.edition_date AND v.edition_date <= e.day)
        ORDER BY u.edition_key
    ), told AS (
        SELECT id, {list:edition_key} AS keys FROM missing GROUP BY id
    )
    SELECT CASE WHEN g.kind = 'account' THEN CAST(g.older AS INTEGER) END AS from_year,
           CASE WHEN g.kind = 'account' THEN CAST(g.newer AS INTEGER) END AS to_year, g.lang, t.unit,
           CASE WHEN t.digitised THEN 1 ELSE 0 END AS digitised, t.count_before, t.count_after, t.term, t.value,
           t.low, t.high, o.keys AS unread_editions
    FROM account_term t JOIN growth g ON g.id = t.growth_id LEFT JOIN told o ON o.id = g.id
"""

#: In the order they are made.
VIEWS = {
    "acts": _ACTS,
    **views_2.VIEWS,
    "editions": _EDITIONS,
    "entries": _ENTRIES,
    "services": _SERVICES,
    "listings": _LISTINGS,
}
VIEWS = {
    **{name: VIEWS[name] for name in ("acts", "editions")},
    "unread_editions": _UNREAD_EDITIONS,
    **{name: body for name, body in VIEWS.items() if name not in ("acts", "editions")},
    "measures": _MEASURES,
    "account": _ACCOUNT,
}


def make() -> None:
    """Create every view on the engine that is being migrated."""
    dialect = op.get_bind().dialect.name
    for name, body in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {in_dialect(body, dialect)}")


def drop() -> None:
    """Drop every view."""
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")


def in_dialect(body: str, dialect: str) -> str:
    """A view's text for one engine: the words of `views_1.in_dialect` and {list:x}, {fortnight:a|b}."""
    return views_1.in_dialect(_own_words(body, dialect), dialect)


def _own_words(body: str, dialect: str) -> str:
    """{list:x}: words joined by a space, in their order; {fortnight:a|b}: whether b lies 14 days after a at least.

    SQLite takes a column of dates for numbers where it is compared with `'2024'`; as an expression it is text.
    """
    postgres = dialect == "postgresql"
    joined = r"string_agg(\1, ' ' ORDER BY \1)" if postgres else r"group_concat(\1, ' ')"
    apart = r"\2 - \1 >= INTERVAL '14 days'"
    if not postgres:
        body = re.sub(r"\{day:([^}]*)\}", r"substr(\1, 1, 10)", body)
        apart = r"CAST(strftime('%s', \2) AS INTEGER) - CAST(strftime('%s', \1) AS INTEGER) >= 1209600"
    return re.sub(r"\{fortnight:([^|}]*)\|([^}]*)\}", apart, re.sub(r"\{list:([^}]*)\}", joined, body))
