"""`egov-audit report` twice: the second time nothing is read anew, unless anything at all has changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.auditor.cli.command import Ended, egov_audit
from tests.auditor.ingest.pages import Run
from tests.pages_gen import Spec

UNCHANGED = "nothing changed since this report was written"


def report(folder: Path, *more: str) -> Ended:
    done = egov_audit(folder, "report", "--year", "2021", "--lang", "en", *more)
    assert done.code == 0, done.err
    return done


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twice")
    pages = Run(folder / "var/archive").history(date(2020, 12, 1), date(2021, 12, 1))
    for rows, day in ((60, date(2020, 12, 1)), (62, date(2021, 12, 1))):
        pages.edition(day, Spec(rows=rows))
    pages.seal()
    for verb in ("ingest", "code", "link"):
        assert egov_audit(folder, verb).code == 0
    assert UNCHANGED not in report(folder).err
    return folder


def test_the_same_again_is_left_and_still_sealed(written: Path) -> None:
    page = written / "var/report/en/index.html"
    before = page.stat().st_mtime_ns
    again = report(written)
    assert UNCHANGED in again.err
    assert "sealed; chain root" in again.err
    assert page.stat().st_mtime_ns == before
    assert egov_audit(written, "verify").code == 0


def test_other_arguments_are_another_report(written: Path) -> None:
    assert UNCHANGED not in report(written, "--text", "ru", "--out", "elsewhere").err
    assert UNCHANGED in report(written, "--text", "ru", "--out", "elsewhere").err


def test_a_damaged_page_is_written_again(written: Path) -> None:
    page = written / "var/report/en/index.html"
    text = page.read_bytes()
    page.write_bytes(text.replace(b"6", b"9", 1))
    assert UNCHANGED not in report(written).err
    assert page.read_bytes() == text


def test_a_row_rewritten_behind_our_back_is_seen_and_told(written: Path) -> None:
    with closing(sqlite3.connect(written / "var/audit.db")) as connection:
        connection.execute("UPDATE entry SET name = name || ' и ещё' WHERE id = (SELECT MAX(id) FROM entry)")
        connection.commit()
    again = report(written)
    assert UNCHANGED not in again.err
    assert "was rewritten" in again.err
    assert "и ещё" in (written / "var/report/csv/entries.csv").read_text(encoding="utf-8-sig")
    assert egov_audit(written, "verify").code == 5


def test_a_lost_or_broken_memory_costs_time_only(written: Path) -> None:
    for content in ("[]", "{"):
        (written / "var/state/known.json").write_text(content)
        assert UNCHANGED not in report(written).err
        assert UNCHANGED in report(written).err
