"""The whole site of the sample: every way leads somewhere, every number to as many entries, nothing loads or acts."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from auditor.diff.compare import compare_fields
from auditor.measure.report_records import Report
from crawler.pages.text import plain
from reports.i18n import LANGUAGES, words
from reports.views.facts import facts_of, file_of
from reports.views.figures import linked_words
from reports.views.front import front_page
from reports.views.here import Site
from reports.views.lists import changes_page, flips_page
from tests.reports.conftest import Sample, build_story


@cache
def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


@pytest.fixture(scope="module")
def trees(site: Path) -> dict[Path, BeautifulSoup]:
    return {page: soup(page) for page in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="module")
def ids(trees: dict[Path, BeautifulSoup]) -> dict[Path, set[str]]:
    found = {}
    for page, tree in trees.items():
        all_ids = [str(tag["id"]) for tag in tree.find_all(id=True)]
        assert len(all_ids) == len(set(all_ids)), f"{page}: an id stands twice"
        found[page] = set(all_ids)
    return found


def test_every_link_inside_the_report_leads_somewhere(
    site: Path, trees: dict[Path, BeautifulSoup], ids: dict[Path, set[str]]
) -> None:
    outside = set()
    for page, tree in trees.items():
        for tag in tree.find_all(["a", "link", "img", "script"]):
            href = str(tag.get("href") or tag.get("src"))
            if href.startswith(("http:", "https:")):
                outside.add(tag.name)
                continue
            file, _, fragment = href.partition("#")
            target = (page.parent / file).resolve() if file else page
            assert target.is_file(), f"{page.relative_to(site)}: {href}"
            if fragment and target.suffix == ".html":
                assert fragment in ids[target], f"{page.relative_to(site)}: {href}"
    assert outside <= {"a"}, "nothing is loaded from the network"


def test_every_number_of_the_front_page_and_the_series_leads_to_as_many_entries(site: Path) -> None:
    checked = 0
    for page in ("index.html", "series.html", "figures.html"):
        for link in soup(site / "ru" / page).select("main a[href*='register/']"):
            file, _, fragment = str(link["href"]).partition("#")
            if not fragment:
                continue
            register = soup(site / "ru" / file)
            rows = register.select("tbody tr")
            if fragment == "all":
                rows = register.select("#register-entries tbody tr")
            else:
                rule = re.search(rf"#{re.escape(fragment)}:target~\* tbody tr:not\(\.(\w+)\)", str(register.style))
                assert rule is not None, link
                rows = [row for row in rows if rule.group(1) in (row.get("class") or [])]
            assert link.text.replace("\u00a0", "") == str(len(rows)), f"{page}: {link}"
            checked += 1
    assert checked > 150


def test_every_number_of_a_ministrys_sentence_leads_to_as_many_entries(site: Path) -> None:
    pages = [page for page in sorted((site / "ru/ministries").glob("*.html")) if page.name != "index.html"]
    for page in pages:
        tree = soup(page)
        for number, link in enumerate(tree.select(".lead a")):
            fragment = str(link["href"]).removeprefix("#")
            rows = tree.select("#entries tbody tr")
            if fragment != "entries":
                rule = re.search(rf"#{re.escape(fragment)}:target~\* tbody tr:not\(\.(\w+)\)", str(tree.main.style))
                assert rule is not None, link
                rows = [row for row in rows if rule.group(1) in (row.get("class") or [])]
            assert int(link.text.split("\u00a0")[0].split(" ")[0]) == len(rows), f"{page.name} {number}: {link}"
        assert len(tree.select(".lead a")) == 3


@pytest.mark.parametrize("folder", ["ministries", "sections"])
def test_every_number_of_a_year_of_a_ministry_or_section_leads_to_as_many_entries(site: Path, folder: str) -> None:
    checked = 0
    for page in sorted((site / "ru" / folder).glob("*.html")):
        tree = soup(page)
        own = {str(tag["id"]) for tag in tree.select("#entries tbody tr")}
        for year, *cells in ([*row.select("td")] for row in tree.select(".wide section + section tbody tr")):
            for number, link in enumerate(cell.a for cell in cells):
                file, _, fragment = str(link["href"]).partition("#")  # type: ignore[index]
                assert file == f"../register/{year.text}.html"
                register = soup(site / "ru/register" / f"{year.text}.html")
                rule = re.search(rf"#{fragment}:target~\* tbody tr:not\(([\w.]+)\)", str(register.style))
                assert rule is not None, link
                rows = register.select(f"#register-entries tbody tr{rule.group(1)}")
                assert re.match(r"[\d\u00a0]+", link.text).group().replace("\u00a0", "") == str(len(rows)), link  # type: ignore[union-attr]
                said = register.find(id=fragment).strong  # type: ignore[union-attr]
                assert said.text.startswith(f"{tree.h1.text}: "), "it says of whom it is"  # type: ignore[union-attr]
                assert str(said.a["href"]) == f"../{folder}/{page.name}"  # type: ignore[union-attr,index]
                if year.text == "2024" and not number:
                    assert {str(row["id"]) for row in rows} == own
                checked += 1
    assert checked > 150


def test_each_entry_leads_to_the_row_of_its_kept_page(site: Path) -> None:
    rows = soup(site / "en/register/2024.html").select("#register-entries tbody tr")
    assert len(rows) == 185
    for row in rows[::20]:
        name = row.select("td")[1].a.text  # type: ignore[union-attr]
        file, _, fragment = str(row.find_all("a")[-1]["href"]).partition("#")
        kept = soup((site / "en/register" / file).resolve())
        assert name.split("(")[0].strip()[:40] in re.sub(r"\s+", " ", kept.find(id=fragment).text)  # type: ignore[union-attr]
        assert [code for code in kept.select("header code") if re.fullmatch("[0-9a-f]{64}", code.text)]
        assert "2024-12-20" in kept.text


def test_each_service_has_a_page_in_each_language_with_its_whole_history(site: Path, sample_report: Report) -> None:
    assert len(sample_report.services) > 190
    for lang in LANGUAGES:
        pages = {page.stem for page in (site / lang / "services").glob("*.html")} - {"index"}
        assert pages == {file_of(key) for key in sample_report.services}
    long_lived = max(sample_report.services.values(), key=lambda one: len(one.stays))
    page = soup(site / f"kk/services/{file_of(long_lived.key)}.html")
    assert len(page.select("table.history tbody tr")) == len(long_lived.stays) > 3
    assert page.h1 is not None
    assert page.h1["lang"] == "ru"
    coded = next(iter(long_lived.codings.values()))
    assert coded.coder_version
    assert f"машина ({coded.coder_version} нұсқасы)" in page.text, "who reads a coding sees which coder made it"


def test_a_changed_field_that_no_column_shows_is_told_before_and_after(site: Path, sample_report: Report) -> None:
    record, old, new = next(
        (record, old.entry, new.entry)
        for record in sample_report.services.values()
        for old, new in pairwise(record.stays)
        if any(one.field == "recipient" for one in compare_fields(old.entry, new.entry)[0])
    )
    page = soup(site / f"ru/services/{file_of(record.key)}.html")
    told = [one.text for one in page.select("table.history small")]
    assert f"получатель: {plain(old.recipient)} → {plain(new.recipient)}" in told


def test_the_page_of_a_service_that_the_portal_shows_has_its_address(site: Path, sample_report: Report) -> None:
    record = next(one for one in sample_report.services.values() if one.row and one.listings)
    page = soup(site / f"en/services/{file_of(record.key)}.html")
    shown = page.select_one("ul.listings")
    assert shown is not None
    assert record.listings[0].url in shown.text
    assert shown.select("a[href*='evidence/']")


def test_the_account_closes_on_its_page(site: Path) -> None:
    page = soup(site / "en/growth.html")
    table = page.select_one("#rows table.account")
    assert table is not None
    cells = [cell.text for cell in table.select("td.n:nth-of-type(2)")]
    numbers = [int(text.replace("−", "-").replace("+", "").replace(",", "")) for text in cells]
    assert numbers[0] + sum(numbers[1:-1]) == numbers[-1] == 185
    births = page.find(id="rows-births")
    assert births is not None
    assert sum(int(item.b.text) for item in births.find_all("li")) == numbers[1]  # type: ignore[union-attr]


def test_every_number_of_the_table_of_accounts_leads_to_its_account_or_its_entries(site: Path) -> None:
    rows = soup(site / "en/growth.html").select("#years tbody tr")
    assert [row.td.text for row in rows][:2] == ["2017–2018", "2018–2019"]  # type: ignore[union-attr]
    for row in rows:
        pages = {str(link["href"]).partition("#")[0] for link in row.select("a") if "register" not in str(link["href"])}
        (file,) = pages
        account = soup(site / "en" / file)
        closing = account.select_one("#rows .statement")
        assert closing is not None
        start, end, growth, real, *terms, _, flips = (cell.text for cell in row.select("td.n"))
        assert f"Register growth {growth}, real growth (births less deaths) {real.split(' ')[0]}," in closing.text
        assert [one.text for one in account.select("#rows .total .n")] == [start, end]
        for number, name in zip([*terms, flips], ("rows-births", "rows-deaths", "digitised-flips"), strict=True):
            events = account.find(id=name)
            assert events is not None
            assert sum(int(item.text.replace("−", "-")) for item in events.select("li > b")) in (
                int(number.replace("−", "-")),
                -int(number.replace("−", "-")),
            ), f"{file} {name}"
        assert bool(account.select(".objection")) == (file == "growth.html"), "said against the last year's headlines"
    assert len(soup(site / "en/growth/2018.html").select(".years a")) == len(rows)


def test_years_that_were_not_observed_are_said_and_breaks_marked(site: Path) -> None:
    rows = soup(site / "en/series.html").select("table.series")[0].select("tbody tr")
    years = [row.td.text for row in rows]  # type: ignore[union-attr]
    assert years == [str(year) for year in range(2007, 2025)]
    # Of the acts before, only the text under which they stay on show was read: it is dated by their repeal.
    assert all("not observed" in row.text for row in rows[:10])
    assert "not observed" not in rows[10].td.find_next("td").text  # type: ignore[union-attr,operator]
    assert [row.td.text for row in rows if "break" in (row.get("class") or [])] == ["2020"]  # type: ignore[union-attr]


def test_where_one_edition_is_in_force_on_both_dates_the_front_page_tells_the_last_change(
    sample_report: Report,
) -> None:
    quiet = replace(sample_report.accounts[-1], start=sample_report.years[-1])
    report = replace(sample_report, accounts=(*sample_report.accounts, quiet))
    here = Site(facts_of(report), words("en"), ("en",)).at("index.html")
    told = ["".join(part.text for part in one.parts) for one in front_page(here, None).moved]
    assert "Both dates have the same edition in force." in told[1]
    assert (
        "between December 31, 2023 and December 31, 2024: +12 rows; births less deaths give +11 (+10 … +12)." in told[1]
    )
    assert report.now is not None
    for page in (changes_page(here), flips_page(here, report.now)):
        assert linked_words(page.last) == told[1], "a page of nothing says where the last something is"


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_what_the_front_page_says_against_a_figure_its_own_page_says_too(site: Path, lang: str) -> None:
    front = soup(site / lang / "index.html")
    for part, page in (
        ("#dead_ends", "dead-ends.html"),
        ("#label_flips", "label-flips.html"),
        ("#count", "growth.html"),
        ("#digitised", "growth.html"),
        (".moved", "growth.html"),
    ):
        said = front.select_one(f"{part} .objection")
        assert said is not None, part
        assert said.text in [one.text for one in soup(site / lang / page).select(".objection")], part


@pytest.mark.parametrize(("lang", "said"), [("ru", "Не наблюдались ещё 2 показателя:"), ("kk", "Тағы 2 көрсеткіш")])
def test_how_sure_tells_how_many_measures_further_down_were_not_observed(
    sample_report: Report, lang: str, said: str
) -> None:
    year = sample_report.years[-1]
    assert year.audit is not None
    unseen = {"dead_ends": "no edition", "phantoms": "no edition", "listings": "no edition"}
    audit = replace(
        year.audit,
        unmeasured=unseen,
        measured={name: one for name, one in year.audit.measured.items() if name != "dead_ends"},
    )
    report = replace(sample_report, years=(*sample_report.years[:-1], replace(year, audit=audit)))
    page = front_page(Site(facts_of(report), words(lang), (lang,)).at("index.html"), None)
    assert page.unseen.startswith(said)
    assert len(page.missing) == 2, "dead ends have a place of their own"


def test_the_files_repeat_the_figures(site: Path) -> None:
    figures = list(csv.DictReader((site / "csv/figures.csv").open(encoding="utf-8-sig", newline="")))
    behind = list(csv.DictReader((site / "csv/figure_entries.csv").open(encoding="utf-8-sig", newline="")))
    names = ("as_of", "subject", "lang", "measure", "cell")
    counted: dict[tuple[str, ...], int] = {}
    for line in behind:
        key = tuple(line[name] for name in names)
        counted[key] = counted.get(key, 0) + 1
    for figure in figures:
        if figure["as_of"] == "2024-12-31":
            assert counted.get(tuple(figure[name] for name in names), 0) == int(figure["value"])
    assert {figure["as_of"] for figure in figures} >= {"2017-12-31", "2024-12-31"}
    assert min(figure["as_of"] for figure in figures) == "2017-12-31", "no figure of a year whose act was not read"


def test_sample_pages_are_no_sample_when_they_came_from_the_sources(site: Path) -> None:
    assert not soup(site / "en/index.html").select(".sample")


def test_charts_can_be_taken_away_with_their_data(site: Path) -> None:
    for lang in LANGUAGES:
        for name in ("rows", "digitised", "series", "two-by-two", "ministries", "sections"):
            assert (site / f"charts/{lang}/{name}.png").read_bytes().startswith(b"\x89PNG")
            text = (site / f"charts/{lang}/{name}.svg").read_text(encoding="utf-8")
            assert text.startswith("<svg")
            assert "http" not in text.replace("http://www.w3.org/", "")
    rows = list(csv.reader((site / "charts/en/rows.csv").open(encoding="utf-8-sig", newline="")))
    assert int(rows[1][1]) + sum(int(row[1]) for row in rows[2:-1]) == int(rows[-1][1]) == 185
    assert "Пайда болғандар" in (site / "charts/kk/rows.svg").read_text(encoding="utf-8")


def test_the_same_database_gives_the_same_bytes_in_another_folder_zone_locale_and_seed(
    site: Path, sample: Sample, sample_report: Report, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.reports.conftest import *\n"
        "sample = Sample(sys.argv[1], Path(sys.argv[2]))\n"
        "with reading(sample) as report:\n"
        "    build_site(sample, report, Path('place/two'))\n"
        "    build_story(sample, report, 'dead_ends', Path('place/story'))\n"
    )
    # Without Python's own UTF-8 mode, a file written in the locale's encoding would be ASCII or an error.
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(), "PYTHONHASHSEED": "7", "TZ": "Pacific/Chatham",
               "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", code, sample.db_url, str(sample.archive)], check=True, env=environ, cwd=tmp_path
    )

    def sums(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }

    there = sums(tmp_path / "place/two")
    assert there == sums(site)
    assert len(there) > 1000
    assert not [path for path in site.rglob("*.html") if str(site).encode() in path.read_bytes()]
    story = build_story(sample, sample_report, "dead_ends", tmp_path / "here")
    assert sums(tmp_path / "place/story") == sums(story)


def test_the_files_say_on_whose_word_each_row_is_coded(site: Path) -> None:
    for file in ("entries", "services"):
        rows = list(csv.DictReader((site / f"csv/{file}.csv").open(encoding="utf-8-sig", newline="")))
        coded = [row for row in rows if row["nature"]]
        assert len(coded) > 190
        assert all(re.fullmatch(r"machine \d+\.[0-9a-f]{12}", row["coded_by"]) for row in coded), file
        assert not any(row["coded_by"] for row in rows if not row["nature"])
