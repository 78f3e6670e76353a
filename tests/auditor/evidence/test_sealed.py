"""What was sealed beside the archive: no row of the database and no file of a report can be changed unseen."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.sealing import check_beside
from auditor.config import AuditConfig
from auditor.db.session import open_database
from auditor.evidence.published import check_folder, seal_folder
from auditor.evidence.rows import DERIVED, MOVING, read_sealed
from auditor.evidence.stage_rows import seal_database
from auditor.ops.stage_backup import back_up
from auditor.ops.stage_restore import restore
from crawler.archive import seals
from crawler.archive.verify import Problem, inspect
from crawler.errors import IntegrityError, UsageError
from tests.auditor.cli.command import egov_audit
from tests.auditor.evidence.conftest import settings

Copy = Callable[[str], AuditConfig]
LATER = datetime.now(UTC) + timedelta(hours=1)


def change(config: AuditConfig, *statements: str) -> None:
    """Do to a SQLite database what somebody with the file at hand can do."""
    with closing(sqlite3.connect(config.db_url.removeprefix("sqlite:///"))) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, statement


def problems(config: AuditConfig) -> list[Problem]:
    return check_beside(config, seals.load_seals(config.archive), ()).problems


def places(config: AuditConfig) -> list[str]:
    return [problem.place for problem in problems(config)]


def flipped(value: Any, chance: random.Random) -> Any:
    """A value with one character or bit changed, of the same kind."""
    if isinstance(value, str) and value:
        at = chance.randrange(len(value))
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
    if isinstance(value, int | float):
        return 1 - value if value in (0, 1) else value + 1_000_003
    return "x"


def test_what_the_demo_leaves_is_as_it_was_sealed(demo: Path) -> None:
    found = check_beside(settings(demo), seals.load_seals(settings(demo).archive), ())
    assert (found.problems, found.notes, found.folders) == ([], [], 1)
    assert found.rows is not None
    assert found.rows > 10_000


@pytest.mark.parametrize("seed", range(12))
def test_a_changed_value_anywhere_in_the_database_is_named_with_its_row(copy: Copy, seed: int) -> None:
    config, chance = copy("db"), random.Random(seed)
    with closing(sqlite3.connect(config.db_url.removeprefix("sqlite:///"))) as connection, connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        filled = [
            name
            for name in sorted(names)
            if name not in ("alembic_version", "sqlite_sequence", "identity")
            and connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        ]
        assert len(filled) > 12
        table = chance.choice(filled)
        row = chance.choice(connection.execute(f'SELECT rowid AS here, * FROM "{table}"').fetchall())
        texts = [
            name
            for name in tuple(row.keys())
            if name not in ("here", "id") and isinstance(row[name], str | int | float)
        ]
        column = chance.choice([name for name in texts if row[name] not in ("{}", "[]")])
        value = row[column]
        if isinstance(value, str) and value[:2] == "20":  # stays a date
            value = "19" + value[2:]
        elif isinstance(value, str) and value[:1] in ("{", "["):  # stays JSON
            value = value[:-1] + f"{',' if len(value) > 2 else ''}" + ('"x":1}' if value[0] == "{" else '"x"]')
        else:
            value = flipped(value, chance)
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row["here"]))
    assert places(config) == [f"{table} {row[1]}"]  # every primary key is its table's first column


def test_a_row_that_vanished_is_named(copy: Copy) -> None:
    config = copy("db")
    change(config, "DELETE FROM measurement WHERE id = 3")
    assert [str(problem).split(" was sealed at")[0] for problem in problems(config)] == ["database measurement 3:"]


def test_a_judgement_changed_by_hand_is_a_problem_and_by_the_program_a_remark(copy: Copy) -> None:
    """Some columns may change; that they did is believed only where the program has worked since."""
    config = copy("db")
    change(config, "UPDATE edition SET state_reason = 'because' WHERE id = 1")
    (problem,) = problems(config)
    assert (problem.place, "though nothing has worked" in problem.message) == ("edition 1", True)
    at = LATER.strftime("%Y-%m-%d %H:%M:%S.000000")
    change(config, f"UPDATE edition SET state_at = '{at}' WHERE id = 1")
    found = check_beside(config, seals.load_seals(config.archive), ())
    assert found.problems == []
    assert [line.split(" since")[0] for line in found.notes] == ["edition 1 was changed"]


def test_every_moving_column_and_derived_table_exists() -> None:
    from auditor.db.models import Base

    for table, names in MOVING.items():
        assert set(names) <= {column.name for column in Base.metadata.tables[table].columns}, table
    assert set(Base.metadata.tables) >= DERIVED


@pytest.mark.parametrize("key", ["5", "[" * 100_000, '["a"', "{"])
def test_a_sealed_row_that_is_none_is_named(key: str) -> None:
    with pytest.raises(IntegrityError, match=r"000001\.lines line 1 is no sealed row"):
        next(read_sealed([f"entry {key} a b\n".encode()], "000001.lines").rows)


def test_later_work_is_no_tampering(copy: Copy) -> None:
    """New rows come, the next report seals them, and every root of before is still in the chain."""
    config = copy("all")
    change(config, "INSERT INTO service (key, first_date, created_at) VALUES ('new', '2026-01-01', '2026-01-01')")
    found = check_beside(config, seals.load_seals(config.archive), ())
    assert (found.problems, found.notes[0].split(" since")[0]) == ([], "1 rows came")
    before = seals.head(config.archive)
    with open_database(config.db_url) as engine:
        made = seal_database(engine, config.archive, LATER)
        assert (made.new, made.faults) == (True, ())
        assert seal_database(engine, config.archive, LATER).new is False
    found = check_beside(config, seals.load_seals(config.archive), ())
    assert (found.problems, found.notes) == ([], [])
    assert inspect(config.archive).problems == ()
    assert before in inspect(config.archive).roots


def test_a_rewritten_row_cannot_be_sealed_away(copy: Copy) -> None:
    """Whoever changes a row and then lets the program seal it has it written down for good."""
    config = copy("all")
    change(config, "UPDATE entry SET name = 'nothing' WHERE id = 7", "DELETE FROM coding WHERE id = 9")
    with open_database(config.db_url) as engine:
        assert set(seal_database(engine, config.archive, LATER).faults) == {"entry 7 was rewritten", "coding 9 is gone"}
        change(config, "INSERT INTO service (key, first_date, created_at) VALUES ('new', '2026-01-01', '2026-01-01')")
        assert seal_database(engine, config.archive, LATER).faults == ()
    assert sorted(places(config)) == ["coding 9", "entry 7"]
    assert inspect(config.archive).problems == ()


def test_another_database_is_not_taken_for_the_sealed_one(copy: Copy) -> None:
    config = copy("all")
    change(config, "UPDATE identity SET id = 'other'")
    (problem,) = problems(config)
    assert "is not the one that was sealed last" in problem.message
    with open_database(config.db_url) as engine:
        assert seal_database(engine, config.archive, LATER).faults == ()
    assert problems(config) == []


def test_a_seal_holds_on_either_engine(demo: Path, tmp_path: Path, empty_db: str) -> None:
    """Sealed on SQLite, backed up, restored on either: the same rows under the same root, the seals with them."""
    back_up(settings(demo), tmp_path / "copy.tar.gz", LATER)
    there = settings(demo).model_copy(
        update={"archive": tmp_path / "archive", "state": tmp_path / "state", "db_url": empty_db}
    )
    restore(there, tmp_path / "copy.tar.gz")
    assert seals.head(there.archive) == seals.head(settings(demo).archive)
    assert inspect(there.archive).problems == ()
    assert problems(there) == []
    with open_database(empty_db) as engine:
        assert seal_database(engine, there.archive, LATER).new is False


@pytest.mark.parametrize("seed", range(10))
def test_a_flipped_bit_in_a_published_report_is_named_with_its_file(copy: Copy, seed: int) -> None:
    config, chance = copy("report"), random.Random(seed)
    report = Path(config.report)
    path = chance.choice(sorted(path for path in report.rglob("*") if path.is_file()))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    assert [problem.file for problem in problems(config)] == [f"report/{path.relative_to(report).as_posix()}"]


def test_a_file_put_in_or_taken_out_is_named(copy: Copy) -> None:
    config = copy("report")
    (Path(config.report) / "index.html").unlink()
    (Path(config.report) / "more.html").write_text("<p>more</p>")
    told = {problem.file: problem.message.split(" sealed")[0] for problem in problems(config)}
    assert told == {"report/index.html": "was", "report/more.html": "is no file of what was"}


def test_an_earlier_report_is_still_known_by_its_root(tmp_path: Path) -> None:
    folders = []
    for number in range(3):
        folder = tmp_path / f"report{number}"
        folder.mkdir()
        (folder / "index.html").write_text(f"<p>{number}</p>")
        seal_folder(tmp_path / "archive", "report", "report", folder, LATER)
        seal_folder(tmp_path / "archive", "report", "report", folder, LATER)
        folders.append(folder)
    made = seals.load_seals(tmp_path / "archive")
    assert len(made) == 3
    for folder in folders:
        assert check_folder(tmp_path / "archive", folder, "report", made) == []
    (folders[0] / "index.html").write_text("<p>x</p>")
    assert check_folder(tmp_path / "archive", folders[0], "report", made)
    assert inspect(tmp_path / "archive").problems == ()
    with pytest.raises(UsageError, match="no such file or folder"):
        check_folder(tmp_path / "archive", tmp_path / "none", "report", made)


def test_verify_as_a_person_types_it(demo: Path, tmp_path: Path) -> None:
    shutil.copytree(demo / "var", tmp_path / "var")
    env = {
        "EGOV_AUDIT_ARCHIVE": "var/demo/archive",
        "EGOV_AUDIT_DB_URL": "sqlite:///var/demo/audit.db",
        "EGOV_AUDIT_REPORT": "var/demo/report",
    }
    fine = egov_audit(tmp_path, "verify", **env)
    assert (fine.code, fine.err) == (0, "")
    assert "rows compared, as sealed; reports and releases compared: 1" in fine.out
    change(settings(tmp_path), "UPDATE entry SET name = 'nothing' WHERE id = 7")
    page = tmp_path / "var/demo/report/index.html"
    page.write_bytes(page.read_bytes() + b"<!-- -->")
    bad = egov_audit(tmp_path, "verify", **env)
    assert bad.code == 5
    assert [line.split(" sealed")[0] for line in bad.out.splitlines()] == [
        "database entry 7: is not the row that was",
        "report/index.html: its sha256 is " + bad.out.split("sha256 is ")[1].split(",")[0] + ", it was",
    ]
    assert bad.err == "egov-audit: archive, database and reports are not as sealed: 2 problems\n"
    told = json.loads(egov_audit(tmp_path, "verify", "--json", **env).out)
    assert (told["ok"], [one["file"] for one in told["problems"]]) == (False, ["database", "report/index.html"])
    other = egov_audit(tmp_path, "verify", "--published", "nowhere", **env)
    assert (other.code, other.err.splitlines()[-1]) == (2, "egov-audit: nowhere: no such file or folder")
