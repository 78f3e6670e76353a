"""`egov-audit demo` as a new user runs it: the figures are those that the sample's own truth tells."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from crawler.sample.truth import truth
from tests.auditor.cli.command import Ended, egov_audit

STORED = {"EGOV_AUDIT_ARCHIVE": "var/demo/archive", "EGOV_AUDIT_DB_URL": "sqlite:///var/demo/audit.db"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Ended:
    """The demo, started by who has real evidence configured."""
    real = {"EGOV_AUDIT_ARCHIVE": "real/archive", "EGOV_AUDIT_STATE": "real/state"}
    ended = egov_audit(folder, "demo", EGOV_AUDIT_DB_URL="sqlite:///real/audit.db", **real)
    assert [path.relative_to(folder).as_posix() for path in folder.glob("*/*")] == ["var/demo"], (
        "nothing real is touched"
    )
    return ended


def test_the_demo_ends_with_the_report_and_five_lines(demo: Ended, folder: Path) -> None:
    assert demo.code == 0, demo.err
    path, *lines = demo.out.strip().splitlines()[-6:]
    assert (folder / path).is_file()
    newest = truth()["acts"]["V2000019982"]["ru"]["editions"]["2024-12-13"]
    assert lines[0].endswith(f": {newest['lines']} service rows (act V2000019982, edition of 2024-12-13)")
    assert f": {newest['digitised_lines']} (" in lines[1]
    assert f": {newest['core_complete']} (" in lines[3]
    assert "unchecked" in lines[4]


def test_each_date_measures_what_the_sample_holds(demo: Ended, folder: Path) -> None:
    editions = truth()["acts"]["V2000019982"]
    for lang in ("ru", "kk"):
        told = json.loads(
            egov_audit(folder, "measure", "--as-of", "2022-12-31", "--lang", lang, "--json", **STORED).out
        )
        wanted = editions[lang]["editions"]["2022-12-16"]
        assert told["edition"] == "V2000019982/2022-12-16"
        assert told["measures"]["count"]["value"] == wanted["lines"]
        assert told["measures"]["digitised"]["value"] == wanted["digitised_lines"]


def test_a_later_edition_that_was_not_read_is_said_beside_the_figures(demo: Ended, folder: Path) -> None:
    told = json.loads(egov_audit(folder, "measure", "--as-of", "2022-06-01", "--json", **STORED).out)
    assert told["edition"] == "V2000019982/2021-07-09"
    assert told["unread_later_editions"] == ["V2000019982/2021-12-24/ru", "V2000019982/2022-03-18/ru"]


def test_before_the_first_edition_there_is_no_figure_and_no_zero(demo: Ended, folder: Path) -> None:
    ended = egov_audit(folder, "measure", "--as-of", "2001-01-01", "--json", **STORED)
    assert ended.code == 4
    assert not ended.out
    assert "no edition of the register in ru" in ended.err


def test_every_entry_of_the_report_has_a_kept_page(demo: Ended, folder: Path) -> None:
    site = folder / "var/demo/report"
    for lang, page in (("en", "portal.html"), ("ru", "register/2020.html"), ("kk", "register/2024.html")):
        file = site / lang / page
        tree = BeautifulSoup(file.read_text(encoding="utf-8"), "lxml")
        rows = tree.select("table.filterable tbody tr")
        assert len(rows) > 100
        assert not [row for row in rows if "not coded" in row.text]
        for row in rows:
            assert (file.parent / str(row.find_all("a")[-1]["href"]).partition("#")[0]).is_file()


def test_the_evidence_is_whole_and_a_second_run_adds_no_figure(demo: Ended, folder: Path) -> None:
    assert egov_audit(folder, "verify", **STORED).code == 0
    rows = csv.DictReader((folder / "var/demo/report/csv/figures.csv").open(encoding="utf-8-sig", newline=""))
    before = [tuple(row.values()) for row in rows]
    assert egov_audit(folder, "demo").code == 0
    rows = csv.DictReader((folder / "var/demo/report/csv/figures.csv").open(encoding="utf-8-sig", newline=""))
    assert [tuple(row.values()) for row in rows] == before
    again = egov_audit(folder, "measure", "--as-of", "2022-12-31", **STORED)
    assert "kept before" in again.err


def test_a_folder_that_is_not_ours_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    ended = egov_audit(tmp_path, "demo", "--out", "mine")
    assert ended.code == 2
    assert "not a report of ours" in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_a_figure_is_cited_with_its_day_release_and_root(demo: Ended, folder: Path) -> None:
    wanted = truth()["acts"]["V2000019982"]["ru"]["editions"]["2022-12-16"]
    asked = ("cite", "digitised", "--as-of", "2022-12-31")
    told = egov_audit(folder, *asked, "--lang", "ru", **STORED)
    assert told.code == 0, told.err
    assert f": {wanted['digitised_lines']} (" in told.out.splitlines()[0]
    assert "редакция от 2022-12-16" in told.out
    assert "закодировано машиной" not in told.out, "that is the register's own word and no code"
    assert "закодировано машиной" in egov_audit(folder, "cite", "dead_ends", *asked[2:], "--lang", "ru", **STORED).out
    root = told.out.partition("Корень доказательств по последнему сбору: ")[2].split()[0]
    pages = [page.read_text(encoding="utf-8") for page in (folder / "var/demo/report").rglob("*.html")]
    assert any(root in page for page in pages), "the report prints the same root"


def test_what_cannot_be_cited_is_refused_by_its_kind(demo: Ended, folder: Path) -> None:
    for words, code in (
        (("nonsense",), 2),
        (("nature:nonsense", "--as-of", "2022-12-31"), 2),
        (("count", "--lang", "xx"), 2),
        (("count", "--format", "ris"), 2),
        (("count", "--as-of", "2001-01-01"), 4),
    ):
        ended = egov_audit(folder, "cite", *words, **STORED)
        assert (ended.code, ended.out) == (code, ""), (words, ended.err)
