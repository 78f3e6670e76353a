"""The report as a reader and as an attacker meets it."""

from __future__ import annotations

import csv
import dataclasses
import os
import subprocess
import sys
import typing
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError, meta

from auditor.measure.records import Audit
from auditor.records import NotRead
from crawler.errors import ContentError, UsageError
from reports import contexts
from reports.build import MARKER, build, environment
from tests.reports.records import BODY, HOSTILE, body_of, small_audit

RULES = {"N5": "A queue for a human service is human.", "C9": "not used here"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return build(small_audit(), body_of, RULES, tmp_path / "report").parent


def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


def test_every_link_inside_the_report_leads_somewhere(site: Path) -> None:
    trees = {page.name: soup(page) for page in site.glob("*.html")}
    ids = {name: {str(tag["id"]) for tag in tree.find_all(id=True)} for name, tree in trees.items()}
    for name, tree in trees.items():
        assert len(ids[name]) == len(tree.find_all(id=True)), "an id stands twice"
        for link in tree.find_all("a"):
            file, _, anchor = str(link["href"]).partition("#")
            assert (site / (file or name)).is_file(), link
            assert not anchor or anchor in ids[file or name], link


def test_every_number_of_the_series_leads_to_its_entries(site: Path) -> None:
    tree = soup(site / "index.html")
    for row in tree.select("#series tbody tr"):
        for cell in row.select("td.n"):
            link = cell.a
            assert link is not None
            file, _, anchor = str(link["href"]).partition("#")
            behind = soup(site / file).find(id=anchor)
            assert behind is not None
            count = len(behind.find_all("li")) or len(behind.select("tbody tr"))
            assert link.text.split()[0] == str(count)


def test_a_year_whose_editions_were_not_read_is_not_observed_and_not_left_out(tmp_path: Path) -> None:
    gap = NotRead("P100000745_/2017-05-01/ru", "forbidden", "robots", "P100000745_", date(2017, 5, 1), "ru")
    audit = dataclasses.replace(small_audit(), not_read=(gap,))
    rows = soup(build(audit, body_of, RULES, tmp_path / "report")).select("#series tbody tr")
    assert [row.td.text for row in rows] == ["2017-12-31", "2018-12-31", "2019-12-31", "2025-12-31"]  # type: ignore[union-attr]
    assert "not observed" in rows[0].text
    assert "P100000745_/2017-05-01/ru" in rows[0].text


def test_an_edition_that_a_person_accepted_says_so_beside_its_figures(tmp_path: Path) -> None:
    audit = small_audit()
    newest = audit.dates[-1]
    shot = dataclasses.replace(newest.snapshot, accepted="accepted by vera: checked against the paper text")
    audit = dataclasses.replace(audit, dates=(audit.dates[0], dataclasses.replace(newest, snapshot=shot)))
    page = build(audit, body_of, RULES, tmp_path / "report")
    assert "held as doubtful and accepted by vera: checked against the paper text" in page.read_text(encoding="utf-8")
    assert "accepted by vera" in (page.parent / "csv/figures.csv").read_text(encoding="utf-8")


def test_sample_pages_are_called_a_sample(tmp_path: Path) -> None:
    audit = small_audit()
    assert "Sample or test data" not in build(audit, body_of, RULES, tmp_path / "real").read_text(encoding="utf-8")
    local = {
        key: dataclasses.replace(kept, url="http://127.0.0.1:8001/rus/docs/V2000019982")
        for key, kept in audit.evidence.items()
    }
    audit = dataclasses.replace(audit, evidence=local)
    text = build(audit, body_of, RULES, tmp_path / "sample").read_text(encoding="utf-8")
    assert "Sample or test data" in text
    assert "served by 127.0.0.1" in text


def test_a_listing_leads_to_its_list_and_to_the_page_with_its_result(site: Path) -> None:
    row = soup(site / "index.html").find(id="portal-kk-row-kk_pass158_mtszn")
    assert row is not None
    links = [str(link["href"]) for link in row.find_all("a")]
    assert len(set(links)) == 2
    assert all((site / link).is_file() for link in links)


def test_each_figure_leads_to_exactly_its_entries_and_each_entry_to_its_page(site: Path) -> None:
    tree = soup(site / "index.html")
    figure = next(li for li in tree.select("#register .figures li") if "Digitised" in li.text)
    link = figure.select_one(".value a")
    assert link is not None
    behind = tree.find(id=str(link["href"])[1:])
    assert behind is not None
    entries = behind.find_all("li")
    assert str(len(entries)) == link.text == "3"
    row = tree.find(id=str(entries[0].a["href"])[1:])
    assert row is not None
    page = row.find_all("a")[-1]
    assert "table 1 row" in row.text
    kept = soup(site / str(page["href"]))
    assert sha256(BODY).hexdigest() in kept.text
    assert "offset 917" in kept.text
    assert "2026-01-01 00:30 (Almaty)" in kept.text
    frame = kept.find("iframe")
    assert frame is not None
    assert frame["srcdoc"] == BODY.decode()
    assert frame.has_attr("sandbox")
    assert not frame["sandbox"], "the page gets no permission at all"


def test_hostile_names_are_text_and_nothing_else(site: Path) -> None:
    tree = soup(site / "index.html")
    assert not tree.find_all("script")
    assert HOSTILE.replace("\u202e", "") in tree.text
    assert "\u202e" not in str(tree), "nothing turns the reading direction round"
    assert "default-src 'none'" in str(tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"}))
    rows = list(csv.reader((site / "csv/entries.csv").open(encoding="utf-8-sig", newline="")))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]
    assert {row[4] for row in rows[1:6]} == {"00000001", "00000002", "00000003"}, "leading zeros are kept"


def test_the_files_repeat_the_figures(site: Path) -> None:
    figures = list(csv.DictReader((site / "csv/figures.csv").open(encoding="utf-8-sig", newline="")))
    behind = list(csv.DictReader((site / "csv/figure_entries.csv").open(encoding="utf-8-sig", newline="")))
    for figure in figures:
        same = [
            line for line in behind if all(line[key] == figure[key] for key in ("as_of", "subject", "measure", "cell"))
        ]
        assert len(same) == int(figure["value"])


def test_a_new_act_is_marked_as_a_break(site: Path) -> None:
    rows = soup(site / "index.html").select("#series tbody tr")
    assert [row.get("class") for row in rows] == [None, ["break"]]
    assert "forbidden" in soup(site / "index.html").select_one("#unread").text  # type: ignore[union-attr]


def test_without_a_register_the_report_says_so_and_counts_nothing(tmp_path: Path) -> None:
    audit = dataclasses.replace(small_audit(), dates=())
    page = soup(build(audit, body_of, RULES, tmp_path / "report"))
    assert "An unread register is not an empty one" in page.text
    assert page.find(id="register") is None


def test_nothing_read_is_refused(tmp_path: Path) -> None:
    audit = dataclasses.replace(small_audit(), dates=(), portals=())
    with pytest.raises(ContentError, match="nothing to report"):
        build(audit, body_of, RULES, tmp_path / "report")
    assert not (tmp_path / "report").exists()


def test_a_foreign_folder_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not a report of ours"):
        build(small_audit(), body_of, RULES, tmp_path / "mine")
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_a_failure_leaves_the_former_report_whole(site: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}

    def broken(_evidence: object) -> bytes:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        build(small_audit(), broken, RULES, site)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
    assert (site / MARKER).exists()


def test_the_same_records_give_the_same_bytes_anywhere(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.reports.records import *; from reports.build import build; "
        "build(small_audit(), body_of, {'N5': 'x'}, Path(sys.argv[1]))"
    )
    sums = []
    for number, (zone, locale) in enumerate([("UTC", "C"), ("Asia/Tokyo", "C.UTF-8")]):
        out = tmp_path / f"place{number}" / "r"
        out.parent.mkdir()
        environ = os.environ | {"PYTHONHASHSEED": str(number + 7), "TZ": zone, "LC_ALL": locale}
        subprocess.run([sys.executable, "-c", code, str(out)], check=True, env=environ)
        files = sorted(path for path in out.rglob("*") if path.is_file())
        sums.append([(str(path.relative_to(out)), sha256(path.read_bytes()).hexdigest()) for path in files])
    assert sums[0] == sums[1]
    assert len(sums[0]) > 8


def test_the_page_context_is_documented_and_a_misspelt_name_fails() -> None:
    for name, kind in vars(contexts).items():
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind, include_extras=True)
            for field in dataclasses.fields(kind):
                assert getattr(hints[field.name], "__metadata__", ("",))[0], f"{name}.{field.name} has no help"
    templates = environment()
    for template in ("audit.html", "evidence.html"):
        source, _, _ = templates.loader.get_source(templates, template)  # type: ignore[union-attr]
        assert meta.find_undeclared_variables(templates.parse(source)) == {"page"}
    with pytest.raises(UndefinedError):
        templates.from_string("{{ page.titel }}").render(page=object())


def test_an_audit_without_the_date_asked_for_still_has_a_front_page(tmp_path: Path) -> None:
    audit: Audit = dataclasses.replace(small_audit(), as_of=date(2026, 6, 1))
    front = build(audit, body_of, RULES, tmp_path / "report")
    assert front.name == "index.html"
    assert "No edition of the register in force" in front.read_text(encoding="utf-8")


def test_a_checked_share_stands_with_its_correction_and_interval(tmp_path: Path) -> None:
    audit = small_audit()
    newest = audit.dates[-1]
    core = newest.measured["core_complete"]
    figure = dataclasses.replace(core.head, corrected=0.31, interval=(0.25, 0.4))
    measured = newest.measured | {"core_complete": dataclasses.replace(core, figures=(figure,))}
    dates = (audit.dates[0], dataclasses.replace(newest, measured=measured))
    audit = dataclasses.replace(audit, dates=dates, coding="machine-coded, corrected by the sample spring")
    page = build(audit, body_of, RULES, tmp_path / "report")
    text = page.read_text(encoding="utf-8")
    assert "corrected for coding errors 31.0% (95%: 25.0–40.0%)" in text
    assert "corrected by the sample spring" in text
    assert "unchecked" not in text
    rows = csv.DictReader((page.parent / "csv/figures.csv").open(encoding="utf-8-sig", newline=""))
    found = next(row for row in rows if row["measure"] == "core_complete" and row["as_of"] == "2025-12-31")
    assert (found["corrected_share"], found["low_95"], found["high_95"]) == ("0.310000", "0.250000", "0.400000")
