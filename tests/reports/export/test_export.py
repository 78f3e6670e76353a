"""An export holds the release in every form, harmless for people and exact for programs, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pyarrow.parquet as pq
import pytest

from auditor.db.session import connect
from auditor.release.read import facts
from auditor.release.served import metadata
from auditor.release.stage_build import build_release
from auditor.tables import written_out
from crawler.errors import ContentError
from reports.export.build import Format, export
from tests.auditor.cli.command import EGOV_AUDIT, Ended, egov_audit
from tests.auditor.release.small import WORDS, fill, released
from tests.reports.export.cpsv_shapes import violations
from tests.soak.state import NO_BYTECODE

TABLES = (
    *("account", "acts", "changes", "codings", "editions", "entries", "evidence", "listings", "measures", "services"),
    *("corrections", "link_candidates", "unread_editions"),
)
CPSV = ("PublicOrganisation", "Channel", "Output", "Cost", "LifeEvent")
HOSTILE = (
    "<script>alert(1)</script>",
    '=cmd|"/c calc"!A1',
    "@SUM(1+1)",
    "+7 звонок",
    "-справка",
    "\t=1+1",
    " =1+1",
    "javascript:alert(1)",
    "Выдача \u202eексъм\u202c справки\u200b",
    "Ж" * 40_000,
    'кавычки " ; , и\nновая строка',
    "00123",
    "1E5",
    "null",
    "\x01\x0b управляющие",
)


@pytest.fixture(scope="module")
def release(sample_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released")
    engine = connect(sample_sqlite)
    path, _ = build_release(engine, WORDS, folder, folder / "register.sqlite")
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def exported(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exported") / "register"
    export(release, out, set(Format))
    return out


def rows_of(release: Path, table: str) -> list[dict[str, Any]]:
    with sqlite3.connect(f"file:{release}?immutable=1", uri=True) as database:
        database.row_factory = sqlite3.Row
        found = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
    database.close()
    return found


def csv_rows(path: Path, **form: Any) -> list[dict[str, str]]:
    with path.open(encoding=form.pop("encoding", "utf-8"), newline="") as stream:
        return list(csv.DictReader(stream, **form))


def _shown(row: dict[str, Any]) -> list[object]:
    return [round(value, 12) if isinstance(value, float) else None if value == "" else value for value in row.values()]


def sheet_rows(path: Path) -> Iterator[dict[str, Any]]:
    book = openpyxl.load_workbook(path, read_only=True)
    head, *lines = book.worksheets[0].iter_rows(values_only=True)
    yield from (dict(zip(map(str, head), line, strict=True)) for line in lines)
    book.close()


@pytest.mark.parametrize("table", TABLES)
def test_every_form_holds_every_row(release: Path, exported: Path, table: str) -> None:
    rows = rows_of(release, table)
    assert rows
    texts = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    assert csv_rows(exported / f"csv/{table}.csv") == texts
    people = csv_rows(exported / f"excel/{table}.csv", encoding="utf-8-sig", delimiter=";")
    assert [list(row) for row in people] == [list(row) for row in rows]
    lines = [json.loads(line) for line in (exported / f"jsonl/{table}.jsonl").read_text("utf-8").splitlines()]
    assert lines == rows, "1 and true are the same to Python"
    sheet = list(sheet_rows(exported / f"xlsx/{table}.xlsx"))
    assert [list(row) for row in sheet] == [list(row) for row in rows]
    # An empty text is an empty cell; a workbook holds sixteen digits of a number.
    assert [_shown(row) for row in sheet] == [_shown(row) for row in rows]
    parquet = pq.read_table(exported / f"parquet/{table}.parquet")
    assert parquet.num_rows == len(rows)
    assert all(field.metadata[b"description"] for field in parquet.schema)
    for name, column in zip(parquet.column_names, parquet.columns, strict=True):
        if str(column.type) in ("string", "int64", "double", "bool"):
            assert column.to_pylist() == [row[name] for row in rows], name
        elif str(column.type) == "date32[day]":
            assert [day and day.isoformat() for day in column.to_pylist()] == [row[name] or None for row in rows]


def test_the_package_is_accepted_and_its_sums_are_true(exported: Path) -> None:
    report = frictionless.validate(str(exported / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]
    assert report.stats["tasks"] == len(TABLES)
    package = json.loads((exported / "datapackage.json").read_text("utf-8"))
    keys = {resource["name"]: resource["schema"].get("primaryKey") for resource in package["resources"]}
    assert keys["entries"] == ["entry_key"]
    assert keys["services"] == ["service_key"]
    for told in package["files"]:
        body = (exported / told["path"]).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (told["bytes"], told["sha256"])
    there = {path.relative_to(exported).as_posix() for path in exported.rglob("*") if path.is_file()}
    assert there == {told["path"] for told in package["files"]} | {"datapackage.json", ".egov-audit-export"}
    fields = [field for told in package["resources"] for field in told["schema"]["fields"]]
    for told in (*package["resources"], *fields):
        for lang in ("ru", "kk"):
            assert told["description_translations"][lang] != told["description"], told["name"]
        assert set(told["description_translations"]) == {"ru", "kk"}
    assert any("қ" in told["description_translations"]["kk"] for told in fields)
    (entries,) = (resource for resource in package["resources"] if resource["name"] == "entries")
    fields = {field["name"]: field for field in entries["schema"]["fields"]}
    assert fields["code"]["type"] == "string"
    assert fields["digitised"]["type"] == "boolean"
    assert fields["regulator"]["description"] == "Ministry that drafts the rules, as printed."


def test_a_broken_file_is_not_accepted(exported: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(exported), str(copy)], check=True)
    with (copy / "csv/entries.csv").open("a", encoding="utf-8") as stream:
        stream.write("one cell too few\n")
    assert not frictionless.validate(str(copy / "datapackage.json")).valid


def test_codes_keep_their_zeros_and_nothing_is_a_formula(exported: Path) -> None:
    codes = {row["code"] for row in sheet_rows(exported / "xlsx/entries.xlsx")}
    assert any(str(code).startswith("00") for code in codes)
    book = openpyxl.load_workbook(exported / "xlsx/services.xlsx")
    assert str(book.properties.created) == "2025-01-30 08:05:00", "the day of the newest page, not of today"
    assert [sheet.title for sheet in book] == ["services", "about"]


def test_the_same_release_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    sums = []
    for seed, zone, locale in (("1", "UTC", "C.UTF-8"), ("2", "Asia/Almaty", "POSIX")):
        done = egov_audit(tmp_path, "export", "--release", str(release), "--out", f"place{seed}/out", LC_ALL=locale,
                          PYTHONHASHSEED=seed, PYTHONCOERCECLOCALE="0", PYTHONUTF8="0", TZ=zone)  # fmt: skip
        assert done.code == 0, done.err
        folder = tmp_path / done.out.strip()
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums.append({path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
        assert str(tmp_path).encode() not in b"".join(path.read_bytes() for path in files)
    assert sums[0] == sums[1]


@pytest.fixture
def hostile(sqlite_url: str, tmp_path: Path) -> Path:
    fill(sqlite_url, HOSTILE)
    export(released(sqlite_url, tmp_path / "hostile.sqlite"), tmp_path / "out", set(Format))
    return tmp_path / "out"


def test_hostile_names_are_harmless_for_people_and_exact_for_programs(hostile: Path) -> None:
    assert [row["name"] for row in csv_rows(hostile / "csv/entries.csv")] == list(HOSTILE)
    lines = (hostile / "jsonl/entries.jsonl").read_text("utf-8").split("\n")
    assert [json.loads(line)["name"] for line in lines if line] == list(HOSTILE)
    assert pq.read_table(hostile / "parquet/entries.parquet")["name"].to_pylist() == list(HOSTILE)
    people = csv_rows(hostile / "excel/entries.csv", encoding="utf-8-sig", delimiter=";")
    for row, name in zip(people, HOSTILE, strict=True):
        assert not row["name"].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")), row["name"]
        assert row["name"].removeprefix("'") == written_out(name)
    assert (hostile / "excel/entries.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    book = openpyxl.load_workbook(hostile / "xlsx/entries.xlsx")
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in book.worksheets[0] for cell in row)
    names = [row["name"] for row in sheet_rows(hostile / "xlsx/entries.xlsx")]
    assert names[1:5] == list(HOSTILE[1:5])
    assert names[11:13] == ["00123", "1E5"], "text stays text"
    for name in (names[8], people[8]["name"]):
        assert name == "Выдача ⟨U+202E⟩ексъм⟨U+202C⟩ справки⟨U+200B⟩", "what turns or hides letters is written out"
    assert names[9] == "Ж" * 32_763 + " […]"
    assert frictionless.validate(str(hostile / "datapackage.json")).valid


def test_services_as_cpsv(release: Path, exported: Path) -> None:
    told = json.loads((exported / "services.jsonld").read_text("utf-8"))
    nodes = {node["@id"]: node for node in told["@graph"]}
    assert len(nodes) == len(told["@graph"])
    types = [node.get("@type", []) for node in nodes.values()]
    kinds = {kind for found in types for kind in ([found] if isinstance(found, str) else found)}
    assert kinds >= {"cpsv:PublicService", *(f"cv:{name}" for name in CPSV)}
    assert list(violations(told)) == []
    services = [node for node in nodes.values() if node.get("@type") == "cpsv:PublicService"]
    now = {row["service_key"]: row for row in rows_of(release, "services") if row["in_force_now"]}
    assert {node["dct:identifier"] for node in services} == set(now)
    links = ("cv:hasCompetentAuthority", "cv:hasChannel", "cpsv:produces", "cv:hasCost", "cv:isGroupedBy")
    for node in services:
        titles = {title["@language"]: title["@value"] for title in node["dct:title"]}
        row = now[node["dct:identifier"]]
        assert (titles.get("ru"), titles.get("kk")) == (row["name_ru"], row["name_kk"])
        assert node["cv:hasCompetentAuthority"]
        for link in links:
            assert all(one["@id"] in nodes for one in node.get(link, [])), link
    prefixes = {name.split(":")[0] for node in nodes.values() for name in node if not name.startswith("@")}
    assert prefixes <= told["@context"].keys()
    labels = nodes["urn:egov-audit:delivery-form:paper"]["skos:prefLabel"]
    assert {label["@language"]: label["@value"] for label in labels}["ru"] == "бумажная"


def test_what_a_row_does_not_say_is_not_invented_in_cpsv(release: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.sqlite"
    changed.write_bytes(release.read_bytes())
    name = HOSTILE[0] + HOSTILE[8]
    with closing(sqlite3.connect(changed)) as database, database:
        first, second, *_ = database.execute("SELECT service_key FROM services WHERE in_force_now ORDER BY 1")
        database.execute("UPDATE entries SET regulator = NULL, name = ? WHERE service_key = ?", (name, *first))
        database.execute("UPDATE entries SET regulator = NULL, provider = NULL WHERE service_key = ?", second)
    export(changed, tmp_path / "out", {Format.CPSV})
    told = json.loads((tmp_path / "out/services.jsonld").read_text("utf-8"))
    (fault,) = violations(told)
    assert fault.endswith("hasCompetentAuthority: 0 values"), "neither ministry nor provider"
    nodes = {node.get("dct:identifier"): node for node in told["@graph"]}
    assert fault.startswith(nodes[second[0]]["@id"])
    assert nodes[first[0]]["cv:hasCompetentAuthority"], "the provider, where no ministry is named"
    assert {title["@value"] for title in nodes[first[0]]["dct:title"]} == {name}


def test_bad_input(release: Path, sqlite_url: str, tmp_path: Path) -> None:
    def run(*words: str) -> Ended:
        return egov_audit(tmp_path, "export", *words, EGOV_AUDIT_DB_URL=sqlite_url)

    assert (run("--out", "out").code, (tmp_path / "out").exists()) == (4, False)
    assert "there are csv, xlsx" in run("--out", "out", "--format", "csv,pdf").err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/diary.txt").write_text("dear diary")
    done = run("--out", "mine", "--release", str(release))
    assert (done.code, [path.name for path in (tmp_path / "mine").iterdir()]) == (2, ["diary.txt"])
    assert "not an export of ours" in done.err
    cut = tmp_path / "cut.sqlite"
    cut.write_bytes(release.read_bytes()[: 8192 * 3])
    done = run("--out", "out", "--release", str(cut))
    assert (done.code, done.err.count("\n")) == (4, 1)
    (tmp_path / "cut.sqlite.manifest.json").write_bytes(Path(f"{release}.manifest.json").read_bytes())
    assert run("--out", "out", "--release", str(cut)).code == 5
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE dictionary_tables SET name = '../../../evil' WHERE name = 'acts'", "the name '../../../evil'"),
        ("UPDATE dictionary_tables SET key = 'code) FROM x --' WHERE name = 'acts'", "the name 'code)'"),
        ("UPDATE dictionary SET column_name = 'zeroblob(9)' WHERE column_name = 'act'", "the column 'zeroblob(9)' of"),
        ("UPDATE dictionary SET column_name = 'nothing' WHERE column_name = 'act'", "the column 'nothing' of"),
        ("UPDATE dictionary SET kind = 'object' WHERE column_name = 'act'", "which holds 'object'"),
        ("UPDATE release SET value = '../x' WHERE name = 'id'", "the id '../x'"),
        ("UPDATE release SET value = x'00' WHERE name = 'made_from'", "no made_from"),
        ("DELETE FROM release", "no id"),
        ("DROP TABLE dictionary", "no such table: dictionary"),
        ("ALTER TABLE dictionary DROP COLUMN about_kk", "no such column: about_kk"),
        ("DROP TABLE acts; CREATE VIEW acts AS SELECT 1 AS act", "the view acts"),
    ],
)
def test_a_release_that_somebody_made_up_writes_nothing(release: Path, tmp_path: Path, change: str, fault: str) -> None:
    """Its names become names of files and stand in statements: none but ours are taken, by whatever reads it."""
    forged = tmp_path / "a/b/forged.sqlite"
    forged.parent.mkdir(parents=True)
    forged.write_bytes(release.read_bytes())
    with closing(sqlite3.connect(forged)) as database:
        database.executescript(change)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ContentError, match="is not a release as egov-audit makes it") as told:
        export(forged, forged.parent / "out", list(Format))
    assert fault in str(told.value)
    with pytest.raises(ContentError, match=re.escape(fault)):
        facts(forged)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_release_from_before_its_dictionary_had_other_languages_is_described_in_english(
    release: Path, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.sqlite"
    earlier.write_bytes(release.read_bytes())
    with closing(sqlite3.connect(earlier)) as database:
        for table in ("dictionary", "dictionary_tables"):
            database.executescript(
                f"ALTER TABLE {table} DROP COLUMN about_ru; ALTER TABLE {table} DROP COLUMN about_kk"
            )
        database.execute("PRAGMA user_version = 1")
    export(earlier, tmp_path / "out", {Format.CSV})
    told = json.loads((tmp_path / "out/datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert all(one["description"] and "description_translations" not in one for one in told)
    about = metadata(earlier)["databases"][facts(earlier)["id"]]["tables"]["acts"]["description_html"]
    assert about.startswith('<p lang="en">One row per act')
    assert about.count("<p") == 1


def test_a_full_disk_leaves_the_earlier_export_whole(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, ["Выдача справки"] * 900)
    release = released(sqlite_url, tmp_path / "r.sqlite")
    export(release, tmp_path / "out", {Format.JSONL})
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    for form, size in (("csv", 20), ("xlsx", 130), ("parquet", 3), ("jsonl", 250)):
        done = subprocess.run(
            ["bash", "-c", f"ulimit -f {size}; exec {EGOV_AUDIT} export --release r.sqlite --out out --format {form}"],
            cwd=tmp_path, env={"PATH": os.environ["PATH"], **NO_BYTECODE}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (form, done.returncode, done.stdout) == (form, 3, ""), done.stderr
        assert "Traceback" not in done.stderr
        assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before
        assert not (tmp_path / "out.building").exists()


def test_without_parquet_it_says_what_to_install(release: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'pyarrow' else find(name, *more)\n"
    )
    words = ("export", "--release", str(release), "--out", "out")
    done = egov_audit(tmp_path, *words, "--format", "parquet", PYTHONPATH=str(tmp_path))
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "pip install 'egov-audit[parquet]'" in done.err
    done = egov_audit(tmp_path, *words, PYTHONPATH=str(tmp_path))
    assert done.code == 0
    assert "without Parquet" in done.err
    assert not (tmp_path / "out/parquet").exists()
