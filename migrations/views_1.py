"""The SQL views, first version: the same on both engines, with dates and times as text and truths as 1 and 0.

Frozen with the migration that makes them. A later migration that changes a table which a view reads calls `drop`
first and makes the views again, these or a second version; what they say is described in `auditor/views/views.yml`.
"""

from __future__ import annotations

from alembic import op

_ELECTRONIC = ("electronic", "partially_automated", "fully_automated", "proactive", "one_application", "composite")
_DIGITISED = " OR ".join(f"' ' || {{forms}} || ' ' LIKE '% {word} %'" for word in _ELECTRONIC)

#: In the order they are made: a view reads only tables and views before it.
VIEWS = {
    "editions": """
        WITH found AS (
            SELECT e.id, e.act, e.edition_date, e.lang, e.rows_found, e.rows_live, e.state, e.state_reason,
                   c.id AS capture_id, c.captured_at, c.provenance,
                   ROW_NUMBER() OVER (PARTITION BY e.act, e.edition_date, e.lang
                                      ORDER BY c.captured_at DESC, e.id DESC) AS place
            FROM edition e
            JOIN edition_seen s ON s.edition_id = e.id AND s.superseded_at IS NULL
            JOIN capture c ON c.id = s.capture_id
            WHERE e.state IN ('good', 'accepted')
        ), acts AS (
            SELECT act, lang, MIN(edition_date) AS first_date FROM found WHERE place = 1 GROUP BY act, lang
        ), ends AS (
            SELECT act, lang, LEAD(first_date) OVER (PARTITION BY lang ORDER BY first_date, act) AS replaced_on
            FROM acts
        ), kept AS (
            SELECT f.*, LEAD(f.edition_date) OVER (PARTITION BY f.lang ORDER BY f.edition_date, f.act) AS next_date
            FROM found f JOIN ends n ON n.act = f.act AND n.lang = f.lang
            WHERE f.place = 1 AND (n.replaced_on IS NULL OR f.edition_date < n.replaced_on)
        )
        SELECT id AS edition_id, act || '/' || {day:edition_date} || '/' || lang AS edition_key, act,
               {day:edition_date} AS edition_date, {year:edition_date} AS year, lang, {day:next_date} AS in_force_until,
               CASE WHEN {day:edition_date} <= {today} AND (next_date IS NULL OR {day:next_date} > {today})
                    THEN 1 ELSE 0 END AS in_force_now,
               rows_live AS live_rows, rows_found - rows_live AS excluded_rows, state, state_reason, provenance,
               {time:captured_at} AS captured_at, capture_id
        FROM kept
    """,
    "entries": """
        SELECT e.key AS entry_key, v.edition_key, v.act, v.edition_date, v.year, v.lang, v.in_force_until,
               v.in_force_now, e.ordinal, e.number, e.code, e.name, e.subname, e.section_code, e.section,
               e.subsection_code, e.subsection, e.recipient, e.developer AS regulator, e.provider, e.intake, e.form,
               e.payment, e.bylaw, e.forms, e.payments, e.recipients, e.provider_levels,
               CASE WHEN e.dead THEN 1 ELSE 0 END AS excluded,
               CASE WHEN {digitised:e.forms} THEN 1 ELSE 0 END AS digitised,
               CASE WHEN ' ' || e.forms || ' ' LIKE '% paper %' THEN 1 ELSE 0 END AS paper,
               s.key AS service_key, v.edition_id
        FROM entry e
        JOIN editions v ON v.edition_id = e.edition_id
        LEFT JOIN membership m ON m.subject_kind = 'entry' AND m.subject_key = e.key
        LEFT JOIN service s ON s.id = m.service_id
    """,
    "codings": """
        WITH newest AS (
            SELECT c.*, ROW_NUMBER() OVER (PARTITION BY subject_kind, subject_key, codebook, coder
                                           ORDER BY coded_at DESC, id DESC) AS place,
                   CASE WHEN coder LIKE 'adjudicated:%' THEN 'decision' WHEN coder = 'machine' THEN 'machine'
                        ELSE 'person' END AS who
            FROM coding c
        ), camps AS (
            SELECT subject_kind, subject_key, codebook, nature, completeness, COUNT(*) AS size, MAX(id) AS id,
                   RANK() OVER (PARTITION BY subject_kind, subject_key, codebook ORDER BY COUNT(*) DESC) AS standing,
                   SUM(COUNT(*)) OVER (PARTITION BY subject_kind, subject_key, codebook) AS people
            FROM newest WHERE place = 1 AND who = 'person'
            GROUP BY subject_kind, subject_key, codebook, nature, completeness
        ), largest AS (
            SELECT camps.*, COUNT(*) OVER (PARTITION BY subject_kind, subject_key, codebook) AS rivals
            FROM camps WHERE standing = 1
        ), chosen AS (
            SELECT id, subject_kind, subject_key, codebook, 1 AS weight FROM newest WHERE place = 1 AND who = 'decision'
            UNION ALL
            SELECT id, subject_kind, subject_key, codebook, 2 FROM largest
            WHERE people = 1 OR (size >= 2 AND rivals = 1)
            UNION ALL
            SELECT id, subject_kind, subject_key, codebook, 3 FROM newest WHERE place = 1 AND who = 'machine'
        ), ranked AS (
            SELECT id, ROW_NUMBER() OVER (PARTITION BY subject_kind, subject_key, codebook
                                          ORDER BY weight, id DESC) AS place
            FROM chosen
        )
        SELECT c.id AS coding_id, c.subject_kind, c.subject_key, c.lang, c.coder, c.codebook, c.nature, c.completeness,
               c.output, c.sector, CAST(c.rules AS TEXT) AS rules, c.confidence, {time:c.coded_at} AS coded_at,
               CASE WHEN r.place = 1 AND c.codebook = (SELECT MAX(codebook) FROM coding) THEN 1 ELSE 0 END AS in_force
        FROM coding c LEFT JOIN ranked r ON r.id = c.id
    """,
    "service_history": """
        SELECT service_key, lang, edition_date, year, act, edition_key, in_force_until, in_force_now, entry_key, code,
               name, subname, section, regulator, provider, form, forms, digitised, paper
        FROM entries WHERE excluded = 0 AND service_key IS NOT NULL
    """,
    "services": """
        WITH newest AS (
            SELECT h.*, ROW_NUMBER() OVER (PARTITION BY service_key, lang
                                           ORDER BY edition_date DESC, entry_key) AS place
            FROM service_history h WHERE edition_date <= {today}
        ), named AS (
            SELECT service_key, MAX(CASE WHEN lang = 'ru' THEN name END) AS name_ru,
                   MAX(CASE WHEN lang = 'kk' THEN name END) AS name_kk,
                   MAX(edition_date) AS last_date, MAX(in_force_now) AS in_force_now, MAX(code) AS code,
                   MAX(digitised) AS digitised
            FROM newest WHERE place = 1 GROUP BY service_key
        ), spans AS (
            SELECT service_key, MIN(edition_date) AS first_date, COUNT(DISTINCT edition_date) AS editions
            FROM service_history WHERE edition_date <= {today} GROUP BY service_key
        ), shown AS (
            SELECT service_id, COUNT(*) AS listings FROM membership WHERE subject_kind = 'listing' GROUP BY service_id
        )
        SELECT s.key AS service_key, p.first_date, n.last_date, n.in_force_now, n.name_ru, n.name_kk, n.code,
               n.digitised, p.editions, COALESCE(l.listings, 0) AS listings
        FROM service s
        JOIN named n ON n.service_key = s.key
        JOIN spans p ON p.service_key = s.key
        LEFT JOIN shown l ON l.service_id = s.id
    """,
    "changes": """
        SELECT g.lang, g.older AS older_edition, g.newer AS newer_edition, {day:c.edition_date} AS edition_date,
               {year:c.edition_date} AS year, c.type, c.code, c.name, c.older_keys, c.newer_keys, c.field,
               c.before AS text_before, c.after AS text_after
        FROM edition_change c JOIN growth g ON g.id = c.growth_id
    """,
    "account": """
        SELECT CAST(g.older AS INTEGER) AS from_year, CAST(g.newer AS INTEGER) AS to_year, g.lang, t.unit,
               CASE WHEN t.digitised THEN 1 ELSE 0 END AS digitised, t.count_before, t.count_after, t.term, t.value,
               t.low, t.high
        FROM account_term t JOIN growth g ON g.id = t.growth_id
    """,
    "measures": """
        SELECT {day:as_of} AS as_of, {year:as_of} AS year, lang, measure, cell, value, numerator, denominator,
               CASE WHEN denominator > 0 THEN value / denominator END AS share, act, {day:edition_date} AS edition_date,
               codebook, {time:computed_at} AS computed_at,
               CASE WHEN ROW_NUMBER() OVER (PARTITION BY as_of, lang, measure, cell
                                            ORDER BY computed_at DESC, id DESC) = 1 THEN 1 ELSE 0 END AS newest
        FROM measurement
    """,
    "listings": """
        WITH lines AS (
            SELECT s.listing_id, s.category, s.name, s.href, r.audience, r.slug AS frame, c.captured_at,
                   ROW_NUMBER() OVER (PARTITION BY s.listing_id
                                      ORDER BY c.captured_at DESC, r.id DESC, s.position) AS place
            FROM listing_seen s
            JOIN list_reading r ON r.id = s.list_reading_id AND r.superseded_at IS NULL
            JOIN capture c ON c.id = r.capture_id
        ), spans AS (
            SELECT listing_id, MIN(captured_at) AS first_at, MAX(captured_at) AS last_at FROM lines GROUP BY listing_id
        ), newest AS (
            SELECT r.id, ROW_NUMBER() OVER (PARTITION BY r.lang, r.audience, r.slug
                                            ORDER BY c.captured_at DESC, r.id DESC) AS place
            FROM list_reading r JOIN capture c ON c.id = r.capture_id
            WHERE r.complete AND r.superseded_at IS NULL
        ), shown AS (
            SELECT DISTINCT s.listing_id FROM listing_seen s JOIN newest n ON n.id = s.list_reading_id AND n.place = 1
        ), pages AS (
            SELECT p.listing_id, p.title, p.result, p.orderable, c.url, c.captured_at,
                   ROW_NUMBER() OVER (PARTITION BY p.listing_id ORDER BY c.captured_at DESC, p.id DESC) AS place
            FROM page_reading p JOIN capture c ON c.id = p.capture_id WHERE p.superseded_at IS NULL
        )
        SELECT l.lang || '/' || l.slug AS listing_key, l.lang, l.slug, COALESCE(i.name, p.title) AS name, i.category,
               i.audience, {time:n.first_at} AS first_listed, {time:n.last_at} AS last_listed,
               CASE WHEN h.listing_id IS NULL THEN 0 ELSE 1 END AS in_newest_list, p.url AS page_url, p.result,
               CASE WHEN p.orderable THEN 1 WHEN p.listing_id IS NULL THEN NULL ELSE 0 END AS orderable,
               s.key AS service_key
        FROM listing l
        LEFT JOIN lines i ON i.listing_id = l.id AND i.place = 1
        LEFT JOIN spans n ON n.listing_id = l.id
        LEFT JOIN shown h ON h.listing_id = l.id
        LEFT JOIN pages p ON p.listing_id = l.id AND p.place = 1
        LEFT JOIN membership m ON m.subject_kind = 'listing' AND m.subject_key = l.lang || '/' || l.slug
        LEFT JOIN service s ON s.id = m.service_id
    """,
    "evidence": """
        WITH lines AS (
            SELECT 'listing' AS subject_kind, l.lang || '/' || l.slug AS subject_key,
                   'listing ' || CAST(s.position AS TEXT) AS place, r.capture_id,
                   ROW_NUMBER() OVER (PARTITION BY l.id ORDER BY c.captured_at DESC, r.id DESC, s.position) AS newest
            FROM listing_seen s
            JOIN listing l ON l.id = s.listing_id
            JOIN list_reading r ON r.id = s.list_reading_id AND r.superseded_at IS NULL
            JOIN capture c ON c.id = r.capture_id
        ), pages AS (
            SELECT 'page' AS subject_kind, l.lang || '/' || l.slug AS subject_key, 'page' AS place, p.capture_id,
                   ROW_NUMBER() OVER (PARTITION BY l.id ORDER BY c.captured_at DESC, p.id DESC) AS newest
            FROM page_reading p
            JOIN listing l ON l.id = p.listing_id
            JOIN capture c ON c.id = p.capture_id
            WHERE p.superseded_at IS NULL
        ), places AS (
            SELECT 'entry' AS subject_kind, e.key AS subject_key,
                   'table ' || CAST(e.table_no AS TEXT) || ' row ' || CAST(e.row_no AS TEXT) AS place, v.capture_id
            FROM entry e JOIN editions v ON v.edition_id = e.edition_id
            UNION ALL
            SELECT subject_kind, subject_key, place, capture_id FROM lines WHERE newest = 1
            UNION ALL
            SELECT subject_kind, subject_key, place, capture_id FROM pages WHERE newest = 1
        )
        SELECT p.subject_kind, p.subject_key, p.place, c.url, {time:c.captured_at} AS captured_at, c.sha256,
               c.body_warc AS warc_file, c.body_offset AS warc_offset, c.provenance, c.run_id, p.capture_id
        FROM places p JOIN capture c ON c.id = p.capture_id
    """,
}


def make() -> None:
    """Create every view on the engine that is being migrated."""
    for name, body in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {in_dialect(body, op.get_bind().dialect.name)}")


def drop() -> None:
    """Drop every view."""
    for name in reversed(VIEWS):
        op.execute(f"DROP VIEW {name}")


def replaced(body: str, *pairs: tuple[str, str]) -> str:
    """A view's text with parts of it put in other words. Raises ValueError where a part does not stand in it."""
    for old, new in pairs:
        if old not in body:
            raise ValueError(f"the view's text has no {old!r}")
        body = body.replace(old, new)
    return body


def in_dialect(body: str, dialect: str) -> str:
    """A view's text for one engine: {day:x}, {time:x} (UTC) as text, {year:x} as a number, {today}, {digitised:x}."""
    postgres = dialect == "postgresql"
    parts = body.split("{")
    told = [parts[0]]
    for part in parts[1:]:
        macro, _, rest = part.partition("}")
        kind, _, column = macro.partition(":")
        if kind == "digitised":
            said = f"({_DIGITISED.format(forms=column)})"
        elif kind == "today":
            said = "to_char(CURRENT_DATE, 'YYYY-MM-DD')" if postgres else "date('now')"
        elif kind == "day":
            said = f"to_char({column}, 'YYYY-MM-DD')" if postgres else column
        elif kind == "year":
            said = (
                f"CAST(to_char({column}, 'YYYY') AS INTEGER)"
                if postgres
                else f"CAST(substr({column}, 1, 4) AS INTEGER)"
            )
        else:
            utc = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
            said = utc if postgres else f"substr({column}, 1, 19)"
        told.append(said + rest)
    return "".join(told)
