"""`egov-audit ingest` and `egov-audit status` as a person or a program meets them."""

from __future__ import annotations

import io
import json
import sys
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from auditor.cli import status as status_module
from auditor.cli.main import main
from auditor.db.session import connect, transaction
from auditor.db.status import read_status
from auditor.ingest.status import not_read
from crawler.archive.records import Outcome, Provenance
from tests.auditor.ingest.pages import ACT, ADILET, EGOV, Run, list_page, service_page
from tests.pages_gen import VALUES, Spec, register_page

FIRST, SECOND, THIRD = date(2020, 1, 31), date(2021, 5, 1), date(2024, 1, 1)
LIST = f"{EGOV}/cms/ru/online-services/for_citizen"


@pytest.fixture
def archive(tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive in which every way that an edition can end is found; the settings point to it."""
    root = tmp_path / "archive"
    monkeypatch.setenv("EGOV_AUDIT_ARCHIVE", str(root))
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", db_url)
    imported = Run(root, provenance=Provenance.IMPORTED, stage="import")
    imported.edition(FIRST, Spec(rows=100, lang="kk")).seal()
    run = Run(root).history(FIRST, SECOND, THIRD).history(FIRST, SECOND, THIRD, lang="kk")
    run.edition(FIRST, Spec(rows=100)).edition(SECOND, Spec(rows=60))
    run.refused += [
        (f"{ADILET}/rus/docs/{ACT}", Outcome.FAILED),
        (f"{ADILET}/kaz/docs/{ACT}/01.05.2021", Outcome.FORBIDDEN),
        (f"{ADILET}/rus/docs/P1300000983/history", Outcome.MISSING),
        (f"{ADILET}/rus/docs/P100000745_", Outcome.FORBIDDEN),
        (f"{ADILET}/rus/docs/P100000745_/history", Outcome.MISSING),
    ]
    run.page(LIST, list_page({"a": "Семья", "b": "Дом"})).page(f"{LIST}/a", service_page("A", "Справка"))
    run.seal()
    return root


def run_command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run `egov-audit` with these arguments; gives its exit code."""
    monkeypatch.setattr(sys, "argv", ["egov-audit", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_ingest_says_what_is_held_and_what_to_type(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(monkeypatch, "ingest") == 4
    out, err = capsys.readouterr()
    assert "runs 2, captures 7, pages read 7" in out
    assert "editions 3 with 260 rows" in out
    assert f'egov-audit ingest --accept {ACT}/{SECOND}/ru --reason "…"' in err
    assert "held" not in out, "stdout is for results"
    assert run_command(monkeypatch, "ingest") == 0
    out, err = capsys.readouterr()
    assert out == "nothing new\n"
    assert f"still held: {ACT}/{SECOND}/ru: " in err

    accept = ("ingest", "--accept", f"{ACT}/{SECOND}/ru")
    assert run_command(monkeypatch, *accept) == 2
    assert "egov-audit: say why" in capsys.readouterr().err
    assert run_command(monkeypatch, *accept, "--reason", "order 55", "--by", "AB") == 0
    assert f"accepted {ACT}/{SECOND}/ru: 60 services" in capsys.readouterr().out
    assert run_command(monkeypatch, *accept, "--reason", "order 55") == 2
    assert run_command(monkeypatch, "ingest", "--accept", f"{ACT}/1999-01-01/ru", "--reason", "x") == 2
    assert run_command(monkeypatch, "ingest", "--reason", "x") == 2
    capsys.readouterr()
    assert run_command(monkeypatch, "ingest") == 0
    assert capsys.readouterr().out == "nothing new\n"


def test_ingest_for_a_program(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(monkeypatch, "ingest", "--json") == 4
    done = json.loads(capsys.readouterr().out)
    assert (done["editions"], done["entries"], done["exit_code"]) == (3, 260, 4)
    assert done["held"][0]["key"] == f"{ACT}/{SECOND}/ru"


def test_an_edition_emptier_than_expected_counts_and_is_told_of(
    tmp_path: Path, db_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nine rows in ten are expected to name a provider: of one edition two in three do, of the other one in three."""
    for name, value in (("ARCHIVE", str(tmp_path / "archive")), ("DB_URL", db_url), ("STATE", str(tmp_path))):
        monkeypatch.setenv(f"EGOV_AUDIT_{name}", value)
    first, second, _ = VALUES["ru"]["provider"]
    few = register_page(Spec(rows=100)).replace(f">{second}<".encode(), b"><")
    fewer = few.replace(f">{first}<".encode(), b"><")
    Run(tmp_path / "archive").history(FIRST, SECOND).text(FIRST, few).text(None, fewer).seal()
    assert run_command(monkeypatch, "ingest") == 4
    assert f"{ACT}/{FIRST}" not in capsys.readouterr().err
    assert run_command(monkeypatch, "status") == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"edition  {ACT}/{FIRST}/ru  fetched 99 services" in lines
    (held,) = (line for line in lines if line.startswith(f"edition  {ACT}/{SECOND}/ru"))
    assert "held 99 services (low_fill: provider is filled in 3" in held
    assert {"issue  warning  low_fill  1", "issue  error  low_fill  1"} <= {*lines}
    run_command(monkeypatch, "doctor")
    assert "warn  expected: pages emptier than expected: 1 (low_fill)\n" in capsys.readouterr().out


def test_an_archive_that_is_not_there_is_one_line(
    tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(monkeypatch, "ingest", "--archive", str(tmp_path / "nowhere")) == 2
    assert "egov-audit: the archive has no finished run" in capsys.readouterr().err


def test_status_tells_how_each_edition_ended(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(monkeypatch, "status") == 0
    assert "2 runs of the archive are not ingested yet" in capsys.readouterr().out
    run_command(monkeypatch, "ingest")
    capsys.readouterr()
    assert run_command(monkeypatch, "status") == 0
    lines = capsys.readouterr().out.splitlines()
    editions = {line.split()[1]: line.split("  ")[2] for line in lines if line.startswith("edition")}
    assert editions.pop(f"{ACT}/{SECOND}/ru").startswith("held 60 services (fewer_than_before")
    assert editions == {
        "P1300000983/date-unknown/ru": "missing (refused by robots.txt)",
        # A text says more of an edition than its act's history, whichever was asked last.
        "P100000745_/date-unknown/ru": "forbidden (refused by robots.txt)",
        f"{ACT}/{FIRST}/ru": "fetched 99 services",
        f"{ACT}/{FIRST}/kk": "imported 99 services",
        f"{ACT}/{SECOND}/kk": "forbidden (refused by robots.txt)",
        f"{ACT}/{THIRD}/ru": "failed (refused by robots.txt)",
        f"{ACT}/{THIRD}/kk": "not asked",
    }
    assert "list  ru/citizen  2 listings, 1 pages read, complete" in lines
    assert "issue  error  fewer_than_before  1" in lines
    assert any(line.startswith("run  register  ") and line.endswith("  good") for line in lines)


def test_status_for_a_program(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_command(monkeypatch, "ingest")
    capsys.readouterr()
    run_command(monkeypatch, "status", "--json")
    found = json.loads(capsys.readouterr().out)
    assert {line["state"] for line in found["editions"]} == {
        "fetched",
        "imported",
        "held",
        "forbidden",
        "missing",
        "failed",
        "not asked",
    }
    assert found["issues"]["open"] == {"error": 1, "warning": 1}, "both runs say one thing of one address"
    assert found["runs_not_ingested"] == []
    assert found["lists"][0]["listings"] == 2


def test_the_table_fits_eighty_columns(archive: Path, db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_command(monkeypatch, "ingest")
    stream = io.StringIO()
    monkeypatch.setattr(
        status_module, "Console", lambda **_: Console(file=stream, force_terminal=True, width=80, color_system=None)
    )
    engine = connect(db_url)
    with transaction(engine) as session:
        status_module.show(read_status(session), [])
    engine.dispose()
    shown = stream.getvalue()
    assert "not asked" in shown
    assert "forbidden" in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_a_report_is_told_what_was_not_read(archive: Path, db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_command(monkeypatch, "ingest")
    engine = connect(db_url)
    with transaction(engine) as session:
        found = {one.what: one.outcome for one in not_read(session)}
    engine.dispose()
    assert found == {
        "P1300000983/date-unknown/ru": "missing",
        "P100000745_/date-unknown/ru": "forbidden",
        f"{ACT}/{SECOND}/ru": "held",
        f"{ACT}/{SECOND}/kk": "forbidden",
        f"{ACT}/{THIRD}/ru": "failed",
        f"{ACT}/{THIRD}/kk": "not asked",
        **{
            f"portal list {lang}/{whom}": "not asked"
            for lang in ("ru", "kk", "en")
            for whom in ("citizen", "business")
            if (lang, whom) != ("ru", "citizen")
        },
    }
