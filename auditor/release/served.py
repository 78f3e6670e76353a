"""What Datasette is told about a release: titles, descriptions from its dictionary, ready questions, limits."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from html import escape
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from auditor.release.read import described, open_release
from auditor.views.queries import doubted, lacking, queries

#: Milliseconds a question may take, and rows a page shows; a whole table leaves as CSV or XLSX.
TIME_LIMIT_MS = 2000
ROW_LIMIT = 1000
#: Rows of one XLSX file: more is no sheet for a person.
XLSX_ROWS = 200_000
#: Milliseconds for a workbook: the question has been answered within its own limit before, writing it takes longer.
XLSX_LIMIT_MS = 20_000
#: A single value SQLite may build, in bytes, columns of an answer, and bytes of a whole answer: so many, and so many
#: more a row. A release's longest rows have some 4 kB; no question can fill the memory or hold up the others.
VALUE_LIMIT = 100_000
COLUMN_LIMIT = 100
ANSWER_LIMIT, ANSWER_LIMIT_ROW = 8_000_000, 4_000
#: A pattern of LIKE or GLOB, in bytes: SQLite looks at the clock between its steps, and one comparison is a step.
PATTERN_LIMIT = 200
#: Letters of a search that are read, and steps of SQLite's after which the clock is looked at.
SEARCH_LIMIT = 2_000
CLOCK_STEPS = 20
#: Bytes that SQLite may take for all questions together, and seconds without one look at the clock after which the
#: server begins anew. What is slow looks many times a second, and a disk may be slow to answer.
HEAP_LIMIT = 150_000_000
STILL_LIMIT = 10
LANGS = ("en", "ru", "kk")

SETTINGS: dict[str, Any] = {
    "sql_time_limit_ms": TIME_LIMIT_MS,
    "max_returned_rows": ROW_LIMIT,
    "default_page_size": 50,
    "facet_time_limit_ms": 200,
    "facet_suggest_time_limit_ms": 50,
    "max_csv_mb": 200,
    "num_sql_threads": 3,
}

_FIND = """
SELECT d.kind, d.lang, d.name, d.detail, d.first_date, d.last_date, d.key, d.entry_key
FROM search JOIN search_documents d ON d.id = search.rowid
WHERE search MATCH search_terms(:words)
ORDER BY bm25(search, 0, 10, 1), d.last_date DESC, d.id
"""
#: The release itself is the feed's last entry, so that a feed without changes is one, too.
_FEED = """
SELECT * FROM (
  SELECT 'tag:egov-audit,2025:change/' || newer_edition || '/' || type || '/' || field || '/'
           || COALESCE(NULLIF(newer_keys, ''), older_keys) AS atom_id,
         edition_date || 'T00:00:00Z' AS atom_updated,
         type || CASE field WHEN '' THEN '' ELSE ' (' || field || ')' END || ': ' || name AS atom_title,
         CASE WHEN field = '' THEN code ELSE text_before || ' → ' || text_after END AS atom_content
  FROM changes ORDER BY edition_date DESC, newer_edition, type, field, newer_keys, older_keys LIMIT 199
)
UNION ALL
SELECT 'tag:egov-audit,2025:release/' || i.value, replace(n.value, ' ', 'T') || 'Z', 'Release ' || i.value, m.value
FROM release i, release n, release m WHERE i.name = 'id' AND n.name = 'newest_page' AND m.name = 'made_from'
"""
#: Questions that are about this way of reading, beside the release's own.
_OWN = {
    "find": (
        {
            "en": "Search names in any form of their words",
            "ru": "Поиск по названиям в любой форме слов",
            "kk": "Атаулардан сөздің кез келген тұлғасымен іздеу",
        },
        _FIND,
    ),
    "changes_feed": (
        {
            "en": "The newest changes as a feed (Atom)",
            "ru": "Последние изменения лентой (Atom)",
            "kk": "Соңғы өзгерістер таспасы (Atom)",
        },
        _FEED,
    ),
}
_NOTHING = {
    "en": "This release cannot answer it: what it asks about was not read or not kept. An empty table is no finding.",
    "ru": "Этот выпуск не может ответить на вопрос: нужное не прочитано или не сохранено. Пустая таблица ни о чём не "
    "говорит.",
    "kk": "Бұл шығарылым бұл сұраққа жауап бере алмайды: керегі оқылмаған немесе сақталмаған. Бос кесте ештеңені "
    "білдірмейді.",
}
_UNPROVEN = {
    "en": "What is not listed here may be absent, too: absence is proven only by complete lists, for citizens "
    "and for business, of at least two harvests at least 14 days apart. An empty table is no finding.",
    "ru": "Чего здесь нет, того тоже может не быть на портале: отсутствие доказывают лишь полные списки, для граждан "
    "и для бизнеса, не менее чем двух сборов с разницей не менее 14 дней. Пустая таблица ни о чём не говорит.",
    "kk": "Мұнда жоқ қызмет те порталда болмауы мүмкін: жоқтығын арасы кемінде 14 күн болатын кемінде екі жинаудың, "
    "азаматтарға да, бизнеске де арналған, толық тізімдері ғана дәлелдейді. Бос кесте ештеңені білдірмейді.",
}


def metadata(path: Path) -> dict[str, Any]:
    """Datasette's metadata of a release, described in the languages of its dictionary. Raises as `open_release`."""
    with closing(open_release(path)) as database:
        said = dict(database.execute("SELECT name, value FROM release"))
        words = described(database)
        tables: dict[str, dict[str, Any]] = {
            name: {"description_html": _paragraphs(_told(about, words)), "columns": {}}
            for name, about in database.execute("SELECT name, about FROM dictionary_tables")
        }
        for table, column, about in database.execute(
            "SELECT table_name, column_name, about FROM dictionary ORDER BY table_name, place"
        ):
            tables[table]["columns"][column] = " · ".join(_told(about, words).values())
        questions = {
            name: ({"en": en, "ru": ru, "kk": kk}, sql)
            for name, en, ru, kk, sql in database.execute(
                "SELECT name, title_en, title_ru, title_kk, sql FROM ready_questions ORDER BY place"
            )
        }
        unanswered = _unanswered(database, {name: sql for name, (_, sql) in questions.items()})
    for name in ("search", "search_data", "search_idx", "search_docsize", "search_config"):
        tables[name] = {"hidden": True}
    return {
        "title": f"Register of public services, release {said['id']}",
        "description": f"{said['made_from']}. Cite as release {said['id']}.",
        "plugins": {"datasette-xlsx": {"max_rows": XLSX_ROWS, "time_limit_ms": XLSX_LIMIT_MS}},
        "databases": {
            said["id"]: {
                "tables": tables,
                "queries": {
                    name: {
                        "sql": sql.strip(),
                        "title": " · ".join(titles[lang] for lang in LANGS),
                        "hide_sql": True,
                        **unanswered.get(name, {}),
                    }
                    for name, (titles, sql) in {**_OWN, **questions}.items()
                },
            }
        },
    }


def _unanswered(database: Connection, asked_here: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What stands over the ready questions whose empty table would look like a finding in this release; of those that
    another version asked otherwise (`asked_here`: name → SQL) nothing is known.
    """

    def first(sql: str) -> object:
        row = database.execute(sql).fetchone()
        return row and row[0]

    found = {}
    for name, asked in queries().items():
        if asked_here.get(name, "").strip() != asked.sql:
            continue
        why = _NOTHING if lacking(asked, first) else _UNPROVEN if doubted(asked, first) else {}
        if why:
            found[name] = {"description_html": _paragraphs(why)}
    return found


def _told(text: str, words: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {"en": text} | {lang: said[text] for lang, said in words.items() if text in said}


def _paragraphs(told: Mapping[str, str]) -> str:
    return "".join(f'<p lang="{lang}">{escape(text)}</p>' for lang, text in told.items())


def titles(path: Path) -> dict[str, list[tuple[str, str]]]:
    """The ready questions by language: name and title in order. Raises as `open_release`."""
    with closing(open_release(path)) as database:
        rows = database.execute("SELECT name, title_en, title_ru, title_kk FROM ready_questions ORDER BY place")
        asked = [*((name, said) for name, (said, _) in _OWN.items() if name != "find")]
        asked = [(name, dict(zip(LANGS, told, strict=True))) for name, *told in rows] + asked
    return {lang: [(name, said[lang]) for name, said in asked] for lang in LANGS}
