"""Nothing to report, a year before the first edition, an unknown language: one line, no folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.auditor.link.command import run
from tests.reports.conftest import Sample


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (("--year", "2008"), 4, "nothing to report on 2008-12-31: no edition of the register in ru that was read is"),
        (("--year", "2999"), 2, "2999 is no year to measure"),
        (("--year", "2024", "--lang", "en,de"), 2, "no interface language 'de'; there are en, ru, kk"),
        (("--year", "2024", "--lang", ","), 2, "no interface language given; there are en, ru, kk"),
        (("--year", "2024", "--as-of", "2024-12-31"), 2, "--as-of and --year both name the audit date"),
    ],
)
def test_what_cannot_be_reported_is_one_line_and_no_folder(
    sample: Sample, tmp_path: Path, wrong: tuple[str, ...], code: int, said: str
) -> None:
    done = run(sample.db_url, "report", *wrong, "--out", str(tmp_path / "site"))
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("asked", [("report",), ("story", "dead_ends")])
def test_an_empty_database_is_nothing_to_report(db_url: str, tmp_path: Path, asked: tuple[str, ...]) -> None:
    done = run(db_url, *asked, "--year", "2024", "--out", str(tmp_path / "site"))
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "nothing to report: no edition and no portal list has been read" in done.stderr
    assert not list(tmp_path.glob("site*"))


@pytest.mark.parametrize("asked", [("report",), ("story", "dead_ends"), ("export",)])
def test_a_folder_that_is_not_ours_is_told_in_one_line_and_kept(
    sample: Sample, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/index.html").write_text("years of work")
    year = () if asked == ("export",) else ("--year", "2024")
    done = run(sample.db_url, *asked, *year, "--out", str(tmp_path / "mine"))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "of ours" in done.stderr
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["mine", "mine/index.html"]
    assert (tmp_path / "mine/index.html").read_text() == "years of work"
