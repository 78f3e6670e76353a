"""The main job on real input: 106 services of egov.kz, saved by others, from import to report."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from tests.auditor.cli.command import Ended, egov_audit
from tests.conftest import SHARED

CAPTURES = SHARED / "captures"


#: What a report over listings alone says of the register, on its front page.
_UNREAD = {
    "en": "An unread register is not an empty one",
    "ru": "Непрочитанный реестр",
    "kk": "Оқылмаған тізілім",
}


def check_real_pages(captures: Path, tmp_path: Path) -> None:
    def run(*words: str) -> Ended:
        ended = egov_audit(tmp_path, *words)
        assert ended.code == 0, ended.err
        return ended

    run("import", str(captures))
    run("ingest")
    told = run("code", "--gold", str(SHARED / "gold/egov_ru_dev.csv")).out
    shares = [float(share) for share in re.findall(r"agreement ([0-9.]+)%", told)]
    assert len(shares) == 2
    assert min(shares) >= 80
    report = Path(run("report", "--as-of", "2024-12-31").out.strip())
    with (tmp_path / report.parent / "csv/entries.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len({row["entry"] for row in rows}) == 106, "none lost, none doubled"
    assert len({row["section"] for row in rows}) == 12
    with (SHARED / "gold/egov_ru_dev.csv").open(encoding="utf-8-sig", newline="") as stream:
        slugs = {row["url"].rsplit("/", 1)[1] for row in csv.DictReader(stream)}
    assert {row["code"] for row in rows} == slugs
    assert all(row["provenance"] == "imported" and row["sha256"] for row in rows)
    for lang, words in _UNREAD.items():
        assert words in (tmp_path / report.parent / lang / "index.html").read_text(encoding="utf-8")

    exported = tmp_path / "files"
    assert "106 listings" in run("release").err
    run("export", "--out", str(exported))
    with (exported / "csv/listings.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 106
    asked = egov_audit(tmp_path, "query", "listed_without_entry")
    assert (asked.code, asked.out) == (4, "")
    assert "no edition of the register that was read is in force" in asked.err

    again = run("import", str(captures))
    assert "0 pages taken, 107 already there" in again.out + again.err
    assert "captures 0, pages read 0" in run("ingest").out
    assert run("verify").code == 0


if CAPTURES.is_dir():  # the real pages lie beside the repository, not in it

    def test_real_pages_from_import_to_report(tmp_path: Path) -> None:
        check_real_pages(CAPTURES, tmp_path)


def test_the_same_folder_cut_short_is_refused_whole(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "index.json").write_text('[{"url": "https://egov.kz/cms/ru/online-services/for_citizen"}]')
    ended = egov_audit(tmp_path, "import", str(saved))
    assert ended.code == 4
    assert "index.json" in ended.err
    assert len(ended.err.strip().splitlines()) == 1
