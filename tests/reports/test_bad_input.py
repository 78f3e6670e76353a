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


def test_an_empty_database_is_nothing_to_report(db_url: str, tmp_path: Path) -> None:
    done = run(db_url, "report", "--year", "2024", "--out", str(tmp_path / "site"))
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "nothing to report: no edition and no portal list has been read" in done.stderr
    assert not list(tmp_path.glob("site*"))
