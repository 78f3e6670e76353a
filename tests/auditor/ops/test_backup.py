"""Backup and restore with the sample's data, on both engines and across them; what is broken or in the way."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, inspect, select

from auditor.config import AuditConfig
from auditor.db.models import Base, RunRow, SampleRow
from auditor.db.session import connect, open_database, transaction, upgrade
from auditor.ops import journal
from auditor.ops.stage_backup import back_up, snapshot, table_lines
from auditor.ops.stage_restore import read_contents, restore, verify_restored
from crawler.archive import layout, manifest
from crawler.archive.lines import stamp
from crawler.errors import AuditError, ContentError, IntegrityError, UsageError
from tests.auditor.cli.command import egov_audit
from tests.auditor.ops.kept import keep_one

NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> AuditConfig:
    """The demo's data: archive and database."""
    folder = tmp_path_factory.mktemp("sample")
    assert egov_audit(folder, "demo").code == 0
    demo = folder / "var/demo"
    return AuditConfig(archive=demo / "archive", state=demo / "state", db_url=f"sqlite:///{demo}/audit.db")


@pytest.fixture
def small(tmp_path: Path) -> AuditConfig:
    """An archive of two pages, a record of a run, and a database with one row."""
    db_url = f"sqlite:///{tmp_path}/source.db"
    config = AuditConfig(archive=tmp_path / "archive", state=tmp_path / "state", db_url=db_url)
    keep_one(config.archive)
    keep_one(config.archive)
    journal.record_folder(config.state).mkdir(parents=True)
    journal.Journal(config.state, "r").add("begin", {"started": stamp(NOW)})
    journal.move_last_good(config.state, {"run_id": "r", "finished": stamp(NOW)})
    with open_database(db_url, create=True) as engine, transaction(engine) as session:
        session.add(RunRow(id="r", stage="run", started_at=NOW, result="running", arguments={"слово": ["½", None]}))
    return config


def elsewhere(folder: Path, db_url: str = "") -> AuditConfig:
    return AuditConfig(
        archive=folder / "archive", state=folder / "state", db_url=db_url or f"sqlite:///{folder}/audit.db"
    )


def rows(db_url: str) -> dict[str, int]:
    with open_database(db_url) as engine, engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def files(root: Path) -> dict[str, str]:
    """Every sealed file of an archive with its sum."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("warc", "index", "runs", "manifests")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def test_the_sample_comes_back_row_by_row_on_either_engine(sample: AuditConfig, tmp_path: Path, empty_db: str) -> None:
    made = back_up(sample, tmp_path / "one.tar.gz", NOW)
    assert made.rows["entry"] > 2000
    assert made.rows["link"] > 1000
    there = elsewhere(tmp_path / "there", empty_db)
    contents = restore(there, tmp_path / "one.tar.gz")
    assert verify_restored(there, contents) == []
    assert rows(empty_db) == rows(sample.db_url) == made.rows
    assert files(there.archive) == files(sample.archive)
    # And back into the first engine: the bytes of every table are those of the first backup.
    back_up(there, tmp_path / "two.tar.gz", NOW)
    first, second = read_contents(tmp_path / "one.tar.gz").sums, read_contents(tmp_path / "two.tar.gz").sums
    assert {name: sum_ for name, sum_ in first.items() if name != "backup.json"} == {
        name: sum_ for name, sum_ in second.items() if name != "backup.json"
    }


def test_a_restored_database_goes_on_numbering(small: AuditConfig, tmp_path: Path, empty_db: str) -> None:
    def one(name: str) -> dict[str, object]:
        told = {"name": name, "seed": 2**40, "size": 1, "frame_size": 1, "half_width": 0.1, "codebook": "1"}
        return told | {"as_of": NOW.date(), "created_at": NOW, "by": [], "strata": []}

    with open_database(small.db_url) as engine, engine.begin() as connection:
        connection.execute(insert(SampleRow).values(id=7, **one("first")))
    back_up(small, tmp_path / "b.tar.gz", NOW)
    there = elsewhere(tmp_path / "there", empty_db)
    restore(there, tmp_path / "b.tar.gz")
    with open_database(empty_db) as engine, transaction(engine) as session:
        session.add(SampleRow(**one("second")))
        session.flush()
        found = session.execute(select(SampleRow.id, SampleRow.seed, SampleRow.half_width).order_by(SampleRow.id)).all()
        assert [tuple(row) for row in found] == [(7, 2**40, 0.1), (8, 2**40, 0.1)]
        assert session.scalars(select(RunRow.arguments)).one() == {"слово": ["½", None]}


def test_records_of_runs_come_along_and_sha256sum_agrees(small: AuditConfig, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    made = back_up(small, target, NOW)
    assert made.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert target.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob(".*")] == []
    folder = tmp_path / "unpacked"
    folder.mkdir()
    subprocess.run(["tar", "xzf", str(target)], cwd=folder, check=True)
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, check=False)
    assert done.returncode == 0
    there = elsewhere(tmp_path / "there")
    restore(there, target)
    assert journal.last_good(there.state) == journal.last_good(small.state)
    assert [run.run_id for run in journal.past_runs(there.state)] == ["r"]


def test_a_backup_of_an_earlier_schema_is_brought_up(small: AuditConfig, tmp_path: Path, empty_db: str) -> None:
    made = back_up(small, tmp_path / "new.tar.gz", NOW)
    # As the first version wrote it: only its own tables and columns.
    old = tmp_path / "old.db"
    upgrade(f"sqlite:///{old}", "0001")
    engine = connect(f"sqlite:///{old}")
    known = {
        name: {column["name"] for column in inspect(engine).get_columns(name)}
        for name in inspect(engine).get_table_names()
        if name != "alembic_version"
    }
    engine.dispose()

    def earlier(name: str, content: bytes) -> bytes | None:
        if name == "backup.json":
            told = json.loads(content)
            return json.dumps(
                {**told, "schema": "0001", "rows": {t: n for t, n in made.rows.items() if t in known}}
            ).encode()
        if name.startswith("database/"):
            table = name.removeprefix("database/").removesuffix(".jsonl")
            if table not in known:
                return None
            lines = [json.loads(line) for line in content.splitlines()]
            kept = [{key: value for key, value in line.items() if key in known[table]} for line in lines]
            return b"".join(json.dumps(line).encode() + b"\n" for line in kept)
        return content

    rewrite(tmp_path / "new.tar.gz", tmp_path / "old.tar.gz", earlier, sums=True)
    there = elsewhere(tmp_path / "there", empty_db)
    contents = restore(there, tmp_path / "old.tar.gz")
    assert verify_restored(there, contents) == []
    assert rows(empty_db)["run"] == 1


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None], *, sums: bool = False) -> None:
    """The same backup with other members; with `sums` the list of sums is made to fit."""
    kept: list[tuple[str, bytes]] = []
    with tarfile.open(source) as old:
        for member in old:
            content = old.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "SHA256SUMS" and sums:
                lines = (f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in kept)
                kept.append((member.name, "".join(lines).encode()))
            elif (changed := change(member.name, content)) is not None:
                kept.append((member.name, changed))
    with tarfile.open(target, "w:gz") as new:
        for name, body in kept:
            member = tarfile.TarInfo(name)
            member.size = len(body)
            new.addfile(member, io.BytesIO(body))


@pytest.mark.parametrize("part", ["database/run.jsonl", "archive/warc/", "state/last_good.json", "backup.json"])
def test_one_flipped_byte_is_named_and_nothing_is_written(small: AuditConfig, tmp_path: Path, part: str) -> None:
    back_up(small, tmp_path / "b.tar.gz", NOW)

    def flip(name: str, content: bytes) -> bytes:
        middle = len(content) // 2
        return (
            content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            if name.startswith(part)
            else content
        )

    rewrite(tmp_path / "b.tar.gz", tmp_path / "bad.tar.gz", flip)
    there = elsewhere(tmp_path / "there")
    with pytest.raises((IntegrityError, ContentError), match=r"is not what was backed up|is no backup"):
        restore(there, tmp_path / "bad.tar.gz")
    assert not (tmp_path / "there").exists()


def test_a_missing_or_foreign_member_is_refused(small: AuditConfig, tmp_path: Path) -> None:
    back_up(small, tmp_path / "b.tar.gz", NOW)
    rewrite(tmp_path / "b.tar.gz", tmp_path / "less.tar.gz", lambda name, body: None if "warc/" in name else body)
    with pytest.raises(IntegrityError, match="archive/warc/"):
        restore(elsewhere(tmp_path / "there"), tmp_path / "less.tar.gz")
    for name in ("../evil", "/etc/evil", "archive/../../evil", "archive/a/b/c/d"):
        with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as tar:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        with pytest.raises(ContentError, match="does not belong"):
            restore(elsewhere(tmp_path / "there"), tmp_path / "evil.tar.gz")
    link = tarfile.TarInfo("archive/warc/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as tar:
        tar.addfile(link)
    with pytest.raises(ContentError, match="does not belong"):
        restore(elsewhere(tmp_path / "there"), tmp_path / "link.tar.gz")
    assert not (tmp_path / "there").exists()


ROW = '{"id": "x", "stage": "run", "started_at": %s, "result": "good"}'


@pytest.mark.parametrize(
    "line",
    [
        "[1]",
        '"x"',
        '{"nothing": 1}',
        "[" * 100_000,
        "not JSON",
        ROW % "5",
        ROW % '"yesterday"',
        ROW % f'"2026-03-01T00:00:00Z", "arguments": {"9" * 5000}',
        ROW.replace('"run"', "9" * 30) % '"2026-03-01T00:00:00Z"',
        "\udcff",
    ],
    ids=["list", "text", "column", "depth", "no JSON", "number", "moment", "digits", "overflow", "letters"],
)
def test_a_row_that_is_none_is_refused_in_one_line(small: AuditConfig, tmp_path: Path, line: str) -> None:
    """Somebody made the sums fit: what cannot be a row of ours ends in one line, and nothing is left behind."""
    back_up(small, tmp_path / "b.tar.gz", NOW)
    spoilt = line.encode("utf-8", "surrogateescape") + b"\n"
    rewrite(
        tmp_path / "b.tar.gz",
        tmp_path / "bad.tar.gz",
        lambda name, body: spoilt if name == "database/run.jsonl" else body,
        sums=True,
    )
    with pytest.raises(ContentError, match=r"database/run\.jsonl holds what is no row of ours") as told:
        restore(elsewhere(tmp_path / "there"), tmp_path / "bad.tar.gz")
    assert len(str(told.value)) < 500
    assert list((tmp_path / "there").iterdir()) == []


def test_a_table_that_is_not_ours_gets_no_rows(small: AuditConfig, tmp_path: Path) -> None:
    back_up(small, tmp_path / "b.tar.gz", NOW)
    for table in ("alembic_version", "sqlite_sequence", "nothing"):
        changed = rename(tmp_path / "b.tar.gz", "database/run.jsonl", f"database/{table}.jsonl")
        with pytest.raises(ContentError, match=f"there is no table for database/{table}"):
            restore(elsewhere(tmp_path / "there"), changed)


def rename(source: Path, old: str, new: str) -> Path:
    """The backup with one member under another name, its sums made to fit."""
    target = source.with_name("renamed.tar.gz")
    with tarfile.open(source) as there, tarfile.open(target, "w:gz") as tar:
        for member in there:
            content = there.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "SHA256SUMS":
                content = content.replace(old.encode(), new.encode())
                member.size = len(content)
            member.name = new if member.name == old else member.name
            tar.addfile(member, io.BytesIO(content))
    return target


class _Zeros(io.RawIOBase):
    """Endless nothing."""

    def read(self, size: int = -1) -> bytes:
        return bytes(size)


@pytest.mark.parametrize("kind", ["backup.json", "archive/warc/x.warc.gz", "header"])
def test_a_backup_that_unpacks_to_far_more_is_refused(small: AuditConfig, tmp_path: Path, kind: str) -> None:
    bomb = tmp_path / "bomb.tar.gz"
    with tarfile.open(bomb, "w:gz", compresslevel=9) as tar:
        member = tarfile.TarInfo("archive/warc/x" if kind == "header" else kind)
        member.size, member.type = 150_000_000, tarfile.XHDTYPE if kind == "header" else tarfile.REGTYPE
        tar.addfile(member, _Zeros())  # type: ignore[arg-type]
    assert bomb.stat().st_size < 200_000
    with pytest.raises(ContentError, match=r"unpacks to more than 200 times its size|backup\.json has no end"):
        restore(elsewhere(tmp_path / "there"), bomb)
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("share", [0, 1, 50, 99])
def test_a_cut_file_is_refused_in_one_line(small: AuditConfig, tmp_path: Path, share: int) -> None:
    back_up(small, tmp_path / "b.tar.gz", NOW)
    whole = (tmp_path / "b.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) * share // 100])
    with pytest.raises(AuditError, match="is no backup of egov-audit, or it was cut"):
        restore(elsewhere(tmp_path / "there"), tmp_path / "cut.tar.gz")


def test_nothing_that_is_there_is_overwritten(small: AuditConfig, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    back_up(small, target, NOW)
    before = target.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        back_up(small, target, NOW)
    assert target.read_bytes() == before
    there = elsewhere(tmp_path / "there", small.db_url)
    with pytest.raises(UsageError, match="the database is not empty"):
        restore(there, target)
    with pytest.raises(UsageError, match="the archive folder is not empty"):
        restore(AuditConfig(archive=small.archive, state=tmp_path / "s", db_url=f"sqlite:///{tmp_path}/x.db"), target)
    assert not (tmp_path / "x.db").exists()
    assert not there.archive.exists()


def test_a_damaged_archive_is_not_backed_up(small: AuditConfig, tmp_path: Path) -> None:
    warc = sorted((small.archive / "warc").iterdir())[0]
    whole = warc.read_bytes()
    for bad in (whole[:-1], whole + b"x"):
        warc.write_bytes(bad)
        with pytest.raises(IntegrityError, match=r"than it was sealed: egov-audit verify"):
            back_up(small, tmp_path / "b.tar.gz", NOW)
    warc.unlink()
    with pytest.raises(IntegrityError, match="is missing"):
        back_up(small, tmp_path / "b.tar.gz", NOW)
    assert not (tmp_path / "b.tar.gz").exists()
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_an_archive_that_somebody_made_up_packs_no_file_of_this_machine(small: AuditConfig, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("marked")
    run = manifest.load_all(small.archive)[-1]
    secret = replace(manifest.file_entry(tmp_path, tmp_path / "secret"), path="../secret")
    made_up = (*run.files, secret)
    layout.manifest_path(small.archive, run.run_id).write_bytes(manifest.encode(replace(run, files=made_up)))
    with pytest.raises(IntegrityError, match="lists a file that is not the run's"):
        back_up(small, tmp_path / "b.tar.gz", NOW)
    assert not list(tmp_path.glob("*b.tar.gz*"))


def test_a_link_in_the_way_of_a_backup_is_not_written_through(small: AuditConfig, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / ".b.tar.gz.part").symlink_to(tmp_path / "precious")
    back_up(small, tmp_path / "b.tar.gz", NOW)
    assert (tmp_path / "precious").read_text() == "mine"
    assert read_contents(tmp_path / "b.tar.gz").rows["run"] == 1


def test_the_commands_as_a_person_types_them(small: AuditConfig, tmp_path: Path) -> None:
    env = {"EGOV_AUDIT_ARCHIVE": "archive", "EGOV_AUDIT_STATE": "state", "EGOV_AUDIT_DB_URL": "sqlite:///source.db"}
    made = egov_audit(tmp_path, "backup", "copy.tar.gz", **env)
    assert made.code == 0, made.err
    assert "1 rows, " in made.out
    restored = egov_audit(tmp_path, "restore", "copy.tar.gz", "--verify", "--to", "new", **env)
    assert restored.code == 0, restored.err
    assert "rows and archive are as they were backed up" in restored.out
    again = egov_audit(tmp_path, "restore", "copy.tar.gz", "--to", "new", **env)
    assert again.code == 2
    assert again.err == "egov-audit: the archive folder is not empty: a restore overwrites nothing\n"
    with open_database(f"sqlite:///{tmp_path}/new/audit.db") as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE run SET detail = 'changed'")
        config = elsewhere(tmp_path / "new")
        assert verify_restored(config, read_contents(tmp_path / "copy.tar.gz")) == [
            "table run has other rows than were backed up"
        ]


def test_a_backup_sees_one_moment_whatever_is_written_meanwhile(db_url: str) -> None:
    def add(name: str) -> None:
        with open_database(db_url) as other, transaction(other) as session:
            session.add(RunRow(id=name, stage="run", started_at=NOW, result="good"))

    add("before")
    with open_database(db_url) as engine, snapshot(engine) as connection:
        assert connection.scalar(select(func.count()).select_from(SampleRow)) == 0
        add("meanwhile")
        assert [json.loads(line)["id"] for line in table_lines(connection, RunRow.__table__)] == ["before"]  # type: ignore[arg-type]
    assert rows(db_url)["run"] == 2
