"""A delta says what came, went and changed between two releases, and nothing of what means nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, update

from auditor.db.models import CaptureRow, EntryRow, MeasurementRow
from auditor.db.session import connect, transaction
from reports.export.delta import delta
from tests.auditor.cli.command import egov_audit
from tests.auditor.link.store import NOW
from tests.auditor.release.small import entry, figure, fill, released

NAMES = ("Выдача справки", "Назначение пособия", "Выдача лицензии")


def test_what_came_went_and_changed(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, NAMES)
    old = released(sqlite_url, tmp_path / "old.sqlite")
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        session.execute(update(EntryRow).where(EntryRow.ordinal == 1).values(name="Выдача справок", forms="paper"))
        session.execute(update(EntryRow).where(EntryRow.ordinal == 2).values(key=entry(9).key, code="00000009"))
        session.execute(delete(MeasurementRow))
        session.add(figure(value=2.0))
    engine.dispose()
    new = released(sqlite_url, tmp_path / "new & newer.sqlite")
    done = egov_audit(tmp_path, "export", "--delta", str(old), str(new), "--out", "delta.json")
    assert (done.code, done.out) == (0, "delta.json\n"), done.err
    told = json.loads((tmp_path / "delta.json").read_text("utf-8"))
    assert told == delta(old, new)
    assert told["from"] != told["to"]
    entries = told["tables"]["entries"]
    assert entries["changed"] == [
        {
            "key": {"entry_key": entry(1).key},
            "fields": {"name": ["Выдача справки", "Выдача справок"], "forms": ["", "paper"]},
        }
    ]
    assert [(row["entry_key"], row["name"]) for row in entries["removed"]] == [(entry(2).key, NAMES[1])]
    assert [(row["entry_key"], row["code"]) for row in entries["added"]] == [(entry(9).key, "00000009")]
    changed = told["tables"]["measures"]["changed"]
    assert [(one["key"]["measure"], one["fields"]) for one in changed] == [("count", {"value": [1.0, 2.0]})]
    assert all(not any(told["tables"][name].values()) for name in ("editions", "codings", "listings"))


def test_what_means_nothing_is_no_difference(sqlite_template: Path, tmp_path: Path) -> None:
    paths = []
    for number in (1, 2):
        address = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{number}.db')}"
        fill(address, NAMES)
        engine = connect(address)
        with transaction(engine) as session:
            session.execute(update(MeasurementRow).values(computed_at=NOW + timedelta(days=number)))
            session.execute(update(CaptureRow).values(body_warc=f"{number}.warc.gz", body_offset=number))
        engine.dispose()
        paths.append(released(address, tmp_path / f"{number}.sqlite"))
    assert paths[0].read_bytes() != paths[1].read_bytes()
    told = delta(*paths)
    assert told["from"] == told["to"]
    assert told["only_in_one"] == {}
    assert not any(rows for table in told["tables"].values() for rows in table.values())


def test_releases_of_different_versions_are_compared_in_what_both_say(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, NAMES)
    new = released(sqlite_url, tmp_path / "new.sqlite")
    for number, (name, older) in enumerate((("bylaw", "rules"), ("entry_key", "row"))):
        with closing(sqlite3.connect(shutil.copy(new, tmp_path / f"old{number}.sqlite"))) as database, database:
            database.execute(f"ALTER TABLE entries RENAME COLUMN {name} TO {older}")
            told_of = (
                "UPDATE dictionary SET column_name = ? WHERE column_name = ?"
                " AND table_name IN ('entries', 'service_history')"  # the view follows the table
            )
            database.execute(told_of, (older, name))
    told = delta(tmp_path / "old0.sqlite", new)
    assert told["only_in_one"] == {"entries": ["bylaw"]}
    assert not any(rows for table in told["tables"].values() for rows in table.values())
    done = egov_audit(tmp_path, "export", "--delta", "old1.sqlite", str(new), "--out", "d.json")
    assert (done.code, done.err.count("\n")) == (4, 1)
    assert "entries has no entry_key in both releases" in done.err
    (tmp_path / "cut.sqlite").write_bytes(new.read_bytes()[: 8192 * 3])
    done = egov_audit(tmp_path, "export", "--delta", "cut.sqlite", str(new), "--out", "d.json")
    assert (done.code, done.err.count("\n")) == (4, 1), done.err
    assert not (tmp_path / "d.json").exists()


def test_bad_input(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, NAMES)
    path = released(sqlite_url, tmp_path / "r.sqlite")
    assert egov_audit(tmp_path, "export", "--delta", "none", str(path), "--out", "d.json").code == 2
    (tmp_path / "text").write_text("text")
    assert egov_audit(tmp_path, "export", "--delta", "text", str(path), "--out", "d.json").code == 4
    both = egov_audit(tmp_path, "export", "--delta", str(path), str(path), "--out", "d.json", "--format", "csv")
    assert both.code == 2
    assert egov_audit(tmp_path, "export", "--delta", str(path), str(path), "--out", ".").code == 2
    assert not (tmp_path / "d.json").exists()
