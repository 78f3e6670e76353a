"""A release holds what the views say, is the same file for the same database, and gives nobody away."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
import shutil
import socket
import stat
import subprocess
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text, update

from auditor.db.models import MeasurementRow
from auditor.db.session import connect, transaction
from auditor.release.schema import tables
from auditor.release.stage_build import build_release
from auditor.views.dictionary import views
from auditor.views.queries import answer, queries
from crawler.errors import IntegrityError
from crawler.pages.records import Lang
from tests.auditor.cli.command import EGOV_AUDIT, egov_audit
from tests.auditor.link.store import NOW
from tests.auditor.release.small import WORDS, ask, figure, fill, released, shuffled
from tests.conftest import Postgres
from tests.soak.state import NO_BYTECODE


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("releases")


@pytest.fixture
def release(sample: Engine, places: Path) -> Path:
    path = places / f"{sample.dialect.name}.sqlite"
    if not path.exists():
        build_release(sample, WORDS, places, path)
    return path


@pytest.mark.parametrize("name", list(views()))
def test_a_table_holds_its_view(sample: Engine, release: Path, name: str) -> None:
    numbers = {"edition_id", "coding_id"}
    columns = ", ".join(column for column in tables()[name].names if column not in numbers)
    with sample.connect() as connection:
        view = [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM {name}"))]
    table = ask(release, f"SELECT {columns} FROM {name}")
    assert table
    assert sorted(map(repr, table)) == sorted(map(repr, view))
    assert [row[1] for row in ask(release, f"PRAGMA table_info({name})")] == list(views()[name].columns)
    kept = {column: kind for _, column, kind, *_ in ask(release, f"PRAGMA table_info({name})")}
    for column in tables()[name].columns:
        kinds = {row[0] for row in ask(release, f"SELECT DISTINCT typeof({column.name}) FROM {name}")} - {"null"}
        assert kinds <= {kept[column.name].lower()}, column.name


def test_ready_questions_get_the_same_answers(sample: Engine, release: Path) -> None:
    for one in queries().values():
        asked = answer(sample, one)
        assert sorted(map(repr, ask(release, one.sql))) == sorted(map(repr, asked.rows)), one.name
    titles = ask(release, "SELECT name, title_kk, sql FROM ready_questions ORDER BY place")
    assert titles == [(one.name, one.titles[Lang.KK], one.sql) for one in queries().values()]


def test_it_says_what_it_is(release: Path) -> None:
    manifest = json.loads(Path(f"{release}.manifest.json").read_text(encoding="utf-8"))
    body = release.read_bytes()
    assert (manifest["file"], manifest["bytes"]) == (release.name, len(body))
    assert manifest["sha256"] == hashlib.sha256(body).hexdigest()
    told = dict(ask(release, "SELECT name, value FROM release"))
    assert told["id"] == manifest["id"]
    assert {"parsers", "linker", "codebook", "coder", "egov_audit", "made_from"} <= told.keys()
    for name, rows in manifest["rows"].items():
        assert ask(release, f"SELECT COUNT(*) FROM {name}") == [(rows,)]
        assert ask(release, "SELECT row_count FROM dictionary_tables WHERE name = ?", name) == [(rows,)]
    said = ask(release, "SELECT table_name, column_name, about FROM dictionary ORDER BY rowid")
    assert said == [(view.name, name, about) for view in views().values() for name, about in view.columns.items()]
    for table in ("dictionary", "dictionary_tables"):
        for about, *told_so in ask(release, f"SELECT about, about_ru, about_kk FROM {table}"):
            assert told_so == [WORDS["ru"][str(about)], WORDS["kk"][str(about)]]
    assert stat.S_IMODE(release.stat().st_mode) == 0o444


def test_it_names_no_person_machine_or_folder(release: Path, sample_archive: Path) -> None:
    body = release.read_bytes() + Path(f"{release}.manifest.json").read_bytes()
    for secret in (str(release.parent), str(sample_archive), os.environ.get("TMPDIR", "/tmp/")):
        assert secret.encode() not in body, secret
    host = re.escape(socket.gethostname().encode())  # as a word: two letters stand by chance in any large file
    assert not re.search(rb"(?<![\w-])" + host + rb"(?![\w-])", body)
    assert getpass.getuser() == "root" or getpass.getuser().encode() not in body


def test_the_same_database_gives_the_same_bytes(sample_url: str, tmp_path: Path) -> None:
    sums = set()
    for seed, zone, locale in (("1", "UTC", "C"), ("2", "Asia/Almaty", "C.UTF-8")):
        folder = tmp_path / f"run{seed}"
        folder.mkdir()
        done = egov_audit(folder, "release", EGOV_AUDIT_DB_URL=sample_url, PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale)
        assert done.code == 0, done.err
        path = folder / done.out.strip()
        assert path.parent == folder / "var/release"
        sums.add((path.name, hashlib.sha256(path.read_bytes()).hexdigest()))
        assert sorted(each.name for each in path.parent.iterdir()) == [path.name, f"{path.name}.manifest.json"]
    assert len(sums) == 1


def test_a_release_that_was_made_is_never_changed(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, ["Выдача справки"])
    engine = connect(sqlite_url)
    path, made = build_release(engine, WORDS, tmp_path / "kept")
    before = (path.stat().st_ino, path.read_bytes())
    with transaction(engine) as session:
        session.execute(update(MeasurementRow).values(computed_at=NOW + timedelta(days=1)))
    assert build_release(engine, WORDS, tmp_path / "kept") == (path, made)
    assert (path.stat().st_ino, path.read_bytes()) == before
    path.chmod(0o644)
    path.write_bytes(before[1] + b"x")
    with pytest.raises(IntegrityError, match="is not the file that its manifest describes"):
        build_release(engine, WORDS, tmp_path / "kept")
    with transaction(engine) as session:
        session.add(figure(date(2022, 12, 31)))
    assert build_release(engine, WORDS, tmp_path / "kept")[0] != path, "other content has another name"
    engine.dispose()


def test_neither_engine_nor_order_of_storing_shows_in_the_bytes(
    postgres: Postgres, sqlite_template: Path, tmp_path: Path
) -> None:
    addresses = [f"sqlite:///{shutil.copy(sqlite_template, tmp_path / name)}" for name in ("one.db", "two.db")]
    addresses.append(postgres.database(template=postgres.template))
    sums = set()
    for seed, address in enumerate(addresses):
        engine = connect(address)
        with transaction(engine) as session:
            shuffled(session, Random(seed))
            session.add(figure())
        engine.dispose()
        sums.add(hashlib.sha256(released(address, tmp_path / f"{seed}.sqlite").read_bytes()).hexdigest())
    assert len(sums) == 1


def test_an_empty_database_gives_no_release(sqlite_url: str, tmp_path: Path) -> None:
    done = egov_audit(tmp_path, "release", "--out", "out.sqlite", EGOV_AUDIT_DB_URL=sqlite_url)
    assert (done.code, done.out) == (4, "")
    assert "nothing to release" in done.err
    assert not list(tmp_path.glob("out*"))


def test_a_file_that_is_no_release_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, ["Выдача справки"])
    foreign = tmp_path / "diary.sqlite"
    for content in (b"my diary", Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()):
        foreign.write_bytes(content)
        done = egov_audit(tmp_path, "release", "--out", str(foreign), EGOV_AUDIT_DB_URL=sqlite_url)
        assert (done.code, foreign.read_bytes()) == (2, content)
        assert "is not a release of ours" in done.err
    assert "is a folder" in egov_audit(tmp_path, "release", "--out", ".", EGOV_AUDIT_DB_URL=sqlite_url).err


def test_a_full_disk_leaves_the_earlier_release_whole(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, ["Выдача справки"])
    assert egov_audit(tmp_path, "release", "--out", "a.sqlite", EGOV_AUDIT_DB_URL=sqlite_url).code == 0
    before = {path.name: path.read_bytes() for path in tmp_path.glob("a.*")}
    assert len(before) == 2
    # A file may grow to 60 kB and no further, as if the disk were full.
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 60; exec {EGOV_AUDIT} release --out a.sqlite"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"], "EGOV_AUDIT_DB_URL": sqlite_url, **NO_BYTECODE},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    assert "cannot be written" in done.stderr
    assert "a.sqlite" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.glob("a.*")} == before
