"""A real server on a real release: it answers questions, finds inflected words, and lets nobody do more than read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

import feedparser
import openpyxl
import pytest
from bs4 import BeautifulSoup

from auditor.db.session import connect
from auditor.release.guard import open_watched
from auditor.release.stage_build import build_release
from auditor.views.dictionary import views
from auditor.views.queries import queries
from crawler.pages.records import Lang
from tests.auditor.cli.command import egov_audit
from tests.auditor.release.site import Site, served
from tests.auditor.release.small import WORDS, fill, released

BIDI = "Выдача \u202eексъм\u202c справки\u200b"
HOSTILE = (
    "<script>alert(1)</script>",
    '=cmd|"/c calc"!A1',
    "@SUM(1+1)",
    "+7 звонок",
    "-справка",
    "javascript:alert(1)",
    BIDI,
    "Ж" * 10_000,
    '"><img src=x onerror=alert(1)>',
    "\t=1+1",
)


@pytest.fixture(scope="module")
def site(sample_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("served")
    engine = connect(sample_sqlite)
    build_release(engine, WORDS, folder, folder / "register.sqlite")
    engine.dispose()
    before = hashlib.sha256((folder / "register.sqlite").read_bytes()).digest()
    with served(folder, "--release", "register.sqlite") as running:
        yield running
    assert hashlib.sha256((folder / "register.sqlite").read_bytes()).digest() == before
    assert {path.name for path in folder.iterdir()} == {"register.sqlite", "register.sqlite.manifest.json", "serve.err"}


def test_every_ready_question_is_answered_under_its_titles(site: Site) -> None:
    front = site.get("/")[1].decode()
    for one in queries().values():
        assert all(f'{site.id}/{one.name}">{one.titles[lang]}</a>' in front for lang in Lang), one.name
        status, page = site.get(one.name)
        assert status == 200
        assert f"{one.titles[Lang.KK].replace('«', '«')}" in page.decode()
        assert json.loads(site.get(f"{one.name}.json")[1])["ok"], one.name


def test_the_dictionary_stands_beside_the_tables(site: Site) -> None:
    page = site.get("entries")[1].decode()
    assert "One row per row of each edition" in page
    tree = BeautifulSoup(page, "lxml")
    assert {str(one["lang"]): one.text.split()[0] for one in tree.select(".metadata-description p")} == {
        "en": "One",
        "ru": "Одна",
        "kk": "Әр",
    }
    columns = tree.select_one("details > dl.column-descriptions")
    assert columns is not None
    assert [one.text for one in columns.select("dt")] == list(views()["entries"].columns)
    meanings = [one.text.split(" · ") for one in columns.select("dd")]
    assert meanings[18][0] == "Ministry that drafts the rules, as printed."
    assert {len(one) for one in meanings} == {3}, "each in three languages"
    assert "data-column-description" in page, "a column's own menu says it too"


@pytest.mark.parametrize("words", ["справка", "справками", "СПРАВКЕ"])
def test_search_finds_inflected_words(site: Site, words: str) -> None:
    rows = json.loads(site.get("find.json", words=words, _shape="objects")[1])["rows"]
    assert any("справк" in f"{row['name']} {row['detail']}".lower() for row in rows)
    assert {row["lang"] for row in rows} <= {"ru", "kk"}
    box = json.loads(site.get("search_documents.json", _search=words)[1])
    assert box["filtered_table_rows_count"] == len(rows), "the table's own search box finds the same"


def test_nothing_typed_into_search_is_an_error(site: Site) -> None:
    for words in ("", '"', "a AND (", "*", "☃", "x" * 3000):
        assert json.loads(site.get("find.json", words=words)[1])["ok"], words


@pytest.mark.parametrize(
    "query", ["_sort=gone", "_sort_desc=gone", "_sort=code&_sort_desc=code", "_through=x", "_through={}"]
)
def test_what_is_asked_wrongly_is_no_fault_of_the_server(site: Site, query: str) -> None:
    for path in ("entries", "entries.json", "entries.csv"):
        status, body = site.get(f"{path}?{query}")
        assert status == 400, path
        assert b"Traceback" not in body
    told = json.loads(site.get(f"entries.json?{query}")[1])
    assert (told["ok"], told["status"]) == (False, 400)


#: Where nothing of anybody else's lies.
AWAY = f"/tmp/egov-audit-{uuid4().hex}"
FORBIDDEN = (
    "ATTACH DATABASE '/etc/passwd' AS other",
    f"SELECT 1; ATTACH DATABASE '{AWAY}' AS other",
    "PRAGMA writable_schema = 1",
    "PRAGMA query_only = 0",
    f"VACUUM INTO '{AWAY}'",
    "SELECT readfile('/etc/passwd')",
    f"SELECT writefile('{AWAY}', 'y')",
    "SELECT load_extension('/tmp/evil.so')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT file FROM pragma_database_list",
    "INSERT INTO entries DEFAULT VALUES",
    "DELETE FROM entries",
    "WITH x AS (SELECT 1) DELETE FROM entries",
    "UPDATE sqlite_master SET sql = ''",
    "CREATE TABLE mine (a)",
    "CREATE TEMP TABLE mine (a)",
    "DROP TABLE entries",
    "EXPLAIN ATTACH 'x' AS y",
    "SELECT * FROM fsdir('/etc')",
    "SELECT hex(zeroblob(900000000))",
)


@pytest.mark.parametrize("sql", FORBIDDEN, ids=range(len(FORBIDDEN)))
def test_sql_only_reads_the_release(site: Site, sql: str) -> None:
    told = site.sql(sql)
    assert told.get("error"), told
    assert not told.get("rows")
    assert not Path(AWAY).exists()
    assert site.sql("SELECT COUNT(*) FROM entries")["rows"][0][0] > 2000


def test_time_and_rows_are_limited(site: Site) -> None:
    bomb = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
    assert "took too long" in site.sql(bomb)["error"]
    assert site.sql("SELECT printf('%900000000d', 1)")["rows"] == [[None]], "no value is larger than allowed"
    slow = "SELECT printf('%.*c', 99000, 'a') LIKE '%' || printf('%.*c', 40000, 'a') || 'b'"
    assert "pattern too complex" in site.sql(slow)["error"], "one comparison of many seconds is not begun"
    many = site.sql("SELECT a.entry_key FROM entries a, entries b")
    assert (len(many["rows"]), many["truncated"]) == (1000, True)


def _expanded(inner: str, levels: int) -> str:
    """A short question whose plan says `inner` ten times as often with each level."""
    parts = [f"a0 AS (SELECT {inner} c FROM entries)"]
    parts += [f"a{level} AS (SELECT {'+'.join('c' * 10)} c FROM a{level - 1})" for level in range(1, levels + 1)]
    return f"WITH {', '.join(parts)} SELECT COUNT(c) FROM a{levels}"


def test_a_plan_of_gigabytes_is_not_made(site: Site) -> None:
    told = site.sql(_expanded("length(name)", 8))
    assert told["error"] == "the question is too large: it would fill the memory"
    assert site.sql("SELECT COUNT(*) FROM entries")["rows"][0][0] > 2000
    peak = next(line for line in Path(f"/proc/{site.pid}/status").read_text().splitlines() if "VmHWM" in line)
    assert int(peak.split()[1]) < 500_000


def test_steps_that_are_heavy_are_stopped(site: Site) -> None:
    told = site.sql(
        "SELECT SUM(LENGTH(search_terms(REPLACE(HEX(RANDOMBLOB(12000)), 'A', ' аб ')))) FROM entries a, entries b"
    )
    assert "took too long" in told["error"]


def test_a_question_that_nothing_stops_costs_nobody_else_the_server(sample_sqlite: str, tmp_path: Path) -> None:
    """A plan that goes straight on never comes where SQLite looks at the clock; ten seconds are one here."""
    (tmp_path / "sitecustomize.py").write_text("import auditor.release.served as s\ns.STILL_LIMIT = 1\n")
    released(sample_sqlite, tmp_path / "register.sqlite")
    endless = _expanded("instr(printf('%.*c',99000,'a')||name,printf('%.*c',40000,'a')||'b'||code)", 4)
    with served(tmp_path, "--release", "register.sqlite", PYTHONPATH=str(tmp_path)) as site:
        with pytest.raises((OSError, HTTPException)):
            site.sql(endless)
        assert site.sql("SELECT COUNT(*) FROM entries")["rows"][0][0] > 2000
    assert "a question did not end: the server begins anew" in (tmp_path / "serve.err").read_text()


def test_a_slow_question_looks_at_the_clock_often_and_is_not_taken_for_one_that_stands_still(tmp_path: Path) -> None:
    looks: list[None] = []
    sqlite3.connect(tmp_path / "any.sqlite").close()
    with closing(open_watched(str(tmp_path / "any.sqlite"))) as asked:
        asked.set_progress_handler(lambda: looks.append(None), 1000)
        assert [asked.still() for _ in range(3)] == [0, 1, 2]
        asked.execute(
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 99) SELECT x FROM c"
        ).fetchall()
        assert (asked.still(), len(looks) > 30) == (0, True), "for one step can be a long one"
        asked.set_progress_handler(None, 1000)
        assert [asked.still() for _ in range(2)] == [0, 0], "nobody asks anything"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT zeroblob(99000) FROM entries",
        "SELECT printf('%99000d', 1) FROM entries",
        f"SELECT {', '.join(['zeroblob(99000)'] * 90)}",
        f"SELECT {', '.join(['1'] * 101)}",
    ],
    ids=["bytes", "texts", "one row", "columns"],
)
def test_no_answer_is_built_to_fill_the_memory(site: Site, sql: str) -> None:
    """Few enough rows and values small enough, but of all together hundreds of megabytes."""
    told = site.sql(sql)
    assert "too large" in told["error"] or "too many columns" in told["error"]
    assert not told.get("rows")
    assert site.get(f"/{site.id}.xlsx", sql=sql)[0] != 200
    assert len(site.sql("SELECT * FROM entries a, changes b")["rows"]) == 1000, "the longest rows there are"
    peak = next(line for line in Path(f"/proc/{site.pid}/status").read_text().splitlines() if "VmHWM" in line)
    assert int(peak.split()[1]) < 500_000


def test_no_path_of_this_machine_is_told(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = str(tmp_path_factory.getbasetemp())
    own = [f"/-/{name}.json" for name in ("databases", "metadata", "settings", "plugins", "versions", "threads")]
    for path in (*own, "/", f"/{site.id}", "/nothing"):
        assert secret not in site.get(path)[1].decode(), path
    assert site.get("/_memory")[0] == 404


def test_files_and_feed(site: Site) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get("services.csv")[1].decode())))
    assert len(rows) == site.sql("SELECT COUNT(*) FROM services")["rows"][0][0]
    codes = {row["code"] for row in rows}
    sheet = openpyxl.load_workbook(io.BytesIO(site.get("services.xlsx")[1])).worksheets[0]
    head, *lines = sheet.iter_rows(values_only=True)
    assert {line[head.index("code")] or "" for line in lines} == codes
    assert any(code.startswith("00") for code in codes), "leading zeros are kept"
    book = openpyxl.load_workbook(io.BytesIO(site.get(f"/{site.id}.xlsx", sql="SELECT * FROM changes")[1]))
    assert book.worksheets[0].max_row - 1 == site.sql("SELECT COUNT(*) FROM changes")["rows"][0][0] > 1000
    feed = feedparser.parse(site.get("changes_feed.atom")[1])
    assert not feed.bozo
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == 200


def test_no_csv_is_cut_without_a_word(site: Site) -> None:
    count = site.sql("SELECT COUNT(*) FROM entries")["rows"][0][0]
    assert count > 1000
    link = BeautifulSoup(site.get("entries")[1], "lxml").find("a", string="CSV")
    assert link is not None
    for path in (str(link["href"]), f"/{site.id}/entries.csv", f"/{site.id}/entries.csv?lang=ru&_stream=on"):
        wanted = site.sql("SELECT COUNT(*) FROM entries WHERE lang = 'ru'")["rows"][0][0] if "lang" in path else count
        assert len(list(csv.reader(io.StringIO(site.get(path)[1].decode())))) - 1 == wanted, path
    assert len(site.get("entries.csv", _size="3")[1].splitlines()) == 4, "who asks for a part gets it"
    few = "SELECT entry_key, 'a\nb' AS two FROM entries LIMIT 999"
    status, body = site.get(f"/{site.id}.csv", sql=few)
    assert (status, len(list(csv.reader(io.StringIO(body.decode()))))) == (200, 1000)
    status, body = site.get(f"/{site.id}.csv", sql="SELECT entry_key FROM entries")
    assert (status, body[:17]) == (400, b"1000 rows or more")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    database = f"sqlite:///{folder}/audit.db"
    (folder / "audit.db").write_bytes(sqlite_template.read_bytes())
    fill(database, HOSTILE)
    released(database, folder / "hostile.sqlite")
    with served(folder, "--release", "hostile.sqlite") as running:
        yield running


def test_hostile_names_are_shown_harmless(hostile: Site) -> None:
    for path in ("entries", "search_documents", "find?words=script", "search_documents?_search=alert"):
        page = hostile.get(path)[1].decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
    assert "Выдача ⟨U+202E⟩ексъм⟨U+202C⟩ справки⟨U+200B⟩" in hostile.get("entries")[1].decode()
    names = [row[0] for row in hostile.sql("SELECT name FROM entries ORDER BY ordinal")["rows"]]
    assert names == list(HOSTILE), "the data itself is what the source said"


def test_a_question_this_release_cannot_answer_says_so_in_three_languages(hostile: Site, site: Site) -> None:
    body = hostile.get("listed_without_entry")[1].decode()
    for said in ("This release cannot answer it", "не может ответить на вопрос", "жауап бере алмайды"):
        assert said in body
    assert "This release cannot answer it" not in hostile.get("register_size")[1].decode()
    assert "This release cannot answer it" not in site.get("listed_without_entry")[1].decode()


def test_a_feed_without_changes_is_a_feed(hostile: Site) -> None:
    feed = feedparser.parse(hostile.get("changes_feed.atom")[1])
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == [f"Release {hostile.id}"]


def test_hostile_names_run_in_no_spreadsheet(hostile: Site) -> None:
    for arguments in ({}, {"_stream": "on"}, {"_dl": "1"}):
        text = hostile.get("entries.csv", **arguments)[1].decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == len(HOSTILE)
        for row in rows:
            assert not row["name"].startswith(("=", "+", "-", "@", "\t")), row["name"]
        assert {row["name"] for row in rows} >= {'\'=cmd|"/c calc"!A1', "'-справка", "Ж" * 10_000}
        assert {row["year"] for row in rows} == {"2023"}
        assert "Выдача ⟨U+202E⟩ексъм⟨U+202C⟩ справки⟨U+200B⟩" in {row["name"] for row in rows}
    asked = hostile.get(f"/{hostile.id}.csv", sql="SELECT -5 AS minus, '=1+1' AS formula")[1].decode()
    assert asked.splitlines()[1] == "-5,'=1+1"
    book = openpyxl.load_workbook(io.BytesIO(hostile.get("entries.xlsx")[1]))
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


def test_from_postgresql_it_serves_a_release(sample_postgres: str, tmp_path: Path) -> None:
    with served(tmp_path, EGOV_AUDIT_DB_URL=sample_postgres) as site:
        assert site.sql("SELECT COUNT(*) FROM entries")["rows"][0][0] > 2000
        assert [path.name for path in (tmp_path / "var/release").glob("*.sqlite")] == [f"{site.id}.sqlite"]


def test_bad_input(tmp_path: Path, sqlite_url: str) -> None:
    assert egov_audit(tmp_path, "serve", "--release", "none.sqlite").code == 2
    (tmp_path / "text.sqlite").write_text("no database at all, only text\n" * 50)
    done = egov_audit(tmp_path, "serve", "--release", "text.sqlite", "--port", "0")
    assert (done.code, done.out) == (4, "")
    assert "is not a release" in done.err
    assert egov_audit(tmp_path, "serve", "--port", "0", EGOV_AUDIT_DB_URL=sqlite_url).code == 4
    assert "cannot listen" in egov_audit(tmp_path, "serve", "--release", "x", "--host", "192.0.2.1").err


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'datasette' else find(name, *more)\n"
    )
    done = egov_audit(tmp_path, "serve", PYTHONPATH=str(tmp_path))
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "pip install 'egov-audit[serve]'" in done.err
