"""Commands in a folder where nothing is, and stages over nothing: one line that says what to type, and nothing made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.auditor.link.command import run

READING = {
    "status": ("status",),
    "measure": ("measure",),
    "series": ("measure", "--from", "2020", "--to", "2021"),
    "at": ("at", "2020-01-01"),
    "diff": ("diff", "2020-01-01", "2021-01-01"),
    "account": ("account", "2020", "2021"),
    "report": ("report", "--out", "report"),
    "explain": ("explain", "00101001"),
    "link": ("link",),
    "code": ("code",),
    "why": ("why", "count", "2021"),
    "review": ("review", "links"),
    "agreement": ("agreement",),
    "sheet": ("sheet", "stale"),
}


@pytest.mark.parametrize("words", READING.values(), ids=READING.keys())
def test_who_reads_where_nothing_is_makes_nothing(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("sqlite:///var/audit.db", *words)
    assert done.returncode == 4
    assert done.stdout == ""
    assert "there is no database here (sqlite:///var/audit.db)" in done.stderr
    assert "egov-audit ingest" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", ["link", "code"])
def test_a_stage_over_nothing_is_an_error(stage: str, sqlite_url: str) -> None:
    done = run(sqlite_url, stage)
    assert done.returncode == 4
    assert f"nothing to {stage}" in done.stderr
    assert done.stdout == ""


def test_another_kind_of_database_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("mysql://somebody:geheim@host/x", "measure")
    assert done.returncode == 2
    assert "no such kind of database: mysql" in done.stderr
    assert "geheim" not in done.stderr
