"""Building the report: hostile names, foreign folders, a disk that refuses, the same bytes anywhere."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import resource
import typing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError, meta

from auditor.corrections.records import Correction
from auditor.records import NotRead, PermissionUsed
from auditor.tables import written_out
from crawler.errors import UsageError
from reports import i18n
from reports.build import MARKER, Wanted, build
from reports.contexts import base, method, pages, services, story
from reports.copies import readable_copy
from reports.pages import environment
from reports.views.facts import facts_of
from reports.views.here import Site
from reports.views.register import register_page
from tests.reports.records import BODY, HOSTILE, LONG, STAMPED, STAMPED_TOLD, body_of, small_report

RULES = {"N5": "A queue for a human service is human.", "C2": "A place in a queue is a step."}
ENGLISH = Wanted(("en",), {"en": RULES})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(small_report(), body_of, ENGLISH, tmp_path_factory.mktemp("small") / "site").parent


def soup(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_hostile_names_are_text_and_nothing_else(small: Path) -> None:
    shown = HOSTILE.replace("\u202e", "").replace("\u200b", "")
    seen = 0
    for page in small.rglob("*.html"):
        tree = soup(page)
        assert not [one for one in tree.find_all("script") if one.string or not str(one["src"]).endswith("tables.js")]
        assert not tree.find_all(onload=True)
        assert not [one for one in tree.find_all(href=True) if str(one["href"]).lower().startswith("javascript")]
        assert "\u202e" not in str(tree), "nothing turns the reading direction round"
        assert "\u200b" not in str(tree)
        assert "default-src 'none'" in str(tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"}))
        seen += shown in tree.text
    assert seen > 5
    assert LONG.strip() in soup(small / "en/services/S-4.html").text
    assert "javascript:alert(1)" in soup(small / "en/services/S-1.html").text, "the address is shown, not followed"


def test_hostile_cells_stay_text_in_spreadsheets(small: Path) -> None:
    for file in sorted((small / "csv").glob("*.csv")):
        for row in csv.reader(file.open(encoding="utf-8-sig", newline="")):
            for cell in row:
                assert not cell.startswith(("=", "+", "@")), (file.name, cell)
                assert not cell.startswith("-") or cell.lstrip("-").replace(".", "").isdigit(), (file.name, cell)
    rows = list(csv.DictReader((small / "csv/entries.csv").open(encoding="utf-8-sig", newline="")))
    assert rows[0]["code"] == "00000001", "leading zeros are kept"
    assert written_out(HOSTILE) in {row["name"] for row in rows}, "what turns or hides letters is written out"
    assert not any(re.search("[\u200b\u202e]", file.read_text("utf-8-sig")) for file in (small / "csv").glob("*.csv"))


def test_a_kept_page_is_shown_as_text_with_its_rows_addressed() -> None:
    text = readable_copy(BODY)
    tree = BeautifulSoup(text, "lxml")
    assert {tag.name for tag in tree.find_all()} <= {"html", "body", "div", "p", "table", "tr", "td", "code"}
    assert [dict(tag.attrs) for tag in tree.find_all("td")] == [{"colspan": "2"}, {}, {}]
    row = tree.find(id="t1r2")
    assert row is not None
    assert row.text == "1Выдача справки"
    assert "U+202E" in text, "what turns the reading direction is shown by its code"
    assert "evil.example" not in text


def test_a_kept_page_that_is_no_page_or_nested_without_end_is_shown_all_the_same() -> None:
    assert readable_copy(b"") == ""
    assert "plain" in readable_copy(b"plain < text")
    assert "deep" in readable_copy(b"<div>" * 1500 + b"deep")


def test_a_foreign_folder_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not a report of ours"):
        build(small_report(), body_of, ENGLISH, tmp_path / "mine")
    assert files(tmp_path) == {"mine/thesis.txt": b"years of work"}


def test_a_disk_that_refuses_leaves_the_former_report_whole(small: Path) -> None:
    before = files(small)
    changed = dataclasses.replace(small_report(), release="another")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Files over 30 kB are refused by the system itself, as on a full disk: the charts' pictures are larger.
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            build(changed, body_of, ENGLISH, small)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files(small) == before
    assert [path.name for path in small.parent.iterdir()] == [small.name], "nothing half-built stays"


def test_a_run_that_ended_between_the_two_moves_loses_no_report(small: Path, tmp_path: Path) -> None:
    site, old = tmp_path / "site", tmp_path / "site.old"
    old.mkdir()
    for name in (MARKER, "index.html"):
        (old / name).write_bytes((small / name).read_bytes())
    before = files(old)

    def gone(_: object) -> bytes:
        raise OSError("the archive's disk is gone")

    with pytest.raises(OSError, match="disk is gone"):
        build(small_report(), gone, ENGLISH, site)
    assert files(site) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_unchanged_report_is_left_alone_and_a_damaged_one_is_built_again(small: Path) -> None:
    page = small / "en/index.html"
    written = page.stat().st_mtime_ns
    build(small_report(), body_of, ENGLISH, small)
    assert page.stat().st_mtime_ns == written
    text = page.read_bytes()
    page.write_bytes(text.replace(b"4", b"5", 1))
    build(small_report(), body_of, ENGLISH, small)
    assert page.read_bytes() == text


def test_other_records_or_languages_give_another_report(small: Path, tmp_path: Path) -> None:
    told = json.loads((small / MARKER).read_text())["inputs"]
    out = build(dataclasses.replace(small_report(), coding="x"), body_of, ENGLISH, tmp_path / "site").parent
    assert json.loads((out / MARKER).read_text())["inputs"] != told


def test_the_contexts_are_documented_and_a_misspelt_name_fails() -> None:
    for module in (base, pages, services, method, story):
        for name, kind in vars(module).items():
            if dataclasses.is_dataclass(kind):
                hints = typing.get_type_hints(kind, include_extras=True)
                for field in dataclasses.fields(kind):
                    assert getattr(hints[field.name], "__metadata__", ("",))[0], f"{name}.{field.name} has no help"
    templates = environment()
    macros = set(dir(templates.get_template("parts.html").module))
    for template in templates.list_templates():
        source, _, _ = templates.loader.get_source(templates, template)  # type: ignore[union-attr]
        free = meta.find_undeclared_variables(templates.parse(source)) - {"_", "gettext", "ngettext"}
        assert free <= {"page", *macros}, template
    with pytest.raises(UndefinedError):
        templates.from_string("{{ page.titel }}").render(page=object())


def test_every_field_of_a_context_is_used_by_a_template() -> None:
    templates = environment()
    sources = "\n".join(
        templates.loader.get_source(templates, name)[0]  # type: ignore[union-attr]
        for name in templates.list_templates()
    )
    for module in (base, pages, services, method, story):
        for name, kind in vars(module).items():
            if dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__:
                for field in dataclasses.fields(kind):
                    assert f".{field.name}" in sources or f"{field.name} in page" in sources, f"{name}.{field.name}"


def test_without_a_register_the_report_says_so_and_counts_nothing(tmp_path: Path) -> None:
    report = dataclasses.replace(
        small_report(),
        years=(), accounts=(), changes=(), objections={}, services={}, service_of={}, editions=(),
        not_read=(NotRead("portal list kk/business", "not asked", "nothing", lang="kk", audience="business"),),
    )  # fmt: skip
    out = build(report, body_of, ENGLISH, tmp_path / "site").parent
    assert "An unread register is not an empty one" in soup(out / "en/index.html").text
    assert not (out / "en/register").exists()
    assert "Жәрдемақы тағайындау" in soup(out / "en/portal.html").text
    assert not (out / "en/files.html").exists() or "Charts" not in soup(out / "en/files.html").text
    front = soup(out / "en/index.html")
    boxes = front.select("#h-portal ~ .grid .matrix tbody td a")
    assert len(boxes) == 4, "the portal alone was read, so the first page tells what it lists"
    for box in boxes:
        page, _, part = str(box["href"]).partition("#")
        assert soup(out / "en" / page).find(id=part)
    said = front.select_one("#h-portal ~ .grid .objection")
    assert said is not None, "the table carries what can be said against it"
    assert said.text.startswith("coding – open: ")
    for page in ("index", "portal"):
        assert "Lists of the portal never read whole: Kazakh, for business." in soup(out / f"en/{page}.html").text
    assert "portal list: Kazakh, for business" in soup(out / "en/limits.html").text
    assert soup(out / "en/index.html").select(".doors a[href='portal.html']"), "the portal is all that was read"
    assert "No edition of the register has been read" in soup(out / "en/editions.html").text
    for page in out.rglob("*.html"):
        for link in soup(page).find_all("a", href=True):
            href = str(link["href"]).partition("#")[0]
            assert not href or href.startswith("http") or (page.parent / href).exists(), (page, href)


def test_pages_of_coded_figures_say_how_they_were_coded(small: Path) -> None:
    pages = [*(small / "en/ministries").glob("*.html"), *(small / "en/sections").glob("*.html")]
    for path in (*(path for path in pages if path.stem != "index"), small / "en/portal.html"):
        assert "Nature and completeness: coded by the machine" in soup(path).text, path


def test_sample_pages_are_called_a_sample(tmp_path: Path) -> None:
    report = small_report()
    local = {
        key: dataclasses.replace(kept, url="http://127.0.0.1:8001/rus/docs/V2000019982")
        for key, kept in report.places.items()
    }
    out = build(dataclasses.replace(report, places=local), body_of, ENGLISH, tmp_path / "site").parent
    notice = soup(out / "en/services/S-1.html").select_one(".sample")
    assert notice is not None
    assert "served by 127.0.0.1" in notice.text


def test_a_release_and_the_root_of_the_evidence_stand_in_every_page(tmp_path: Path) -> None:
    report = dataclasses.replace(small_report(), release="20251231-0123456789ab", root="f" * 64, stamped=STAMPED)
    out = build(report, body_of, ENGLISH, tmp_path / "site").parent
    for page in (out / "en").rglob("*.html"):
        assert "20251231-0123456789ab" in soup(page).footer.text, page  # type: ignore[union-attr]
        assert f"{'f' * 64}. {STAMPED_TOLD}." in soup(page).footer.text  # type: ignore[union-attr]


def test_corrections_are_listed_newest_first(tmp_path: Path) -> None:
    report = small_report()
    day = report.as_of
    told = tuple(
        Correction("digitised", day, "ru", 1, datetime(day.year, *at, tzinfo=UTC), 130, 131, "read twice", "a.reader")
        for at in ((3, 31), (9, 30))
    )
    out = build(dataclasses.replace(report, corrections=told), body_of, ENGLISH, tmp_path / "site").parent
    rows = soup(out / "en/corrections.html").select("tbody tr")
    assert [row.td.text for row in rows] == ["September 30, 2025", "March 31, 2025"]  # type: ignore[union-attr]


def test_a_corrected_figure_says_so_beside_it_and_what_was_said_keeps_its_address(tmp_path: Path) -> None:
    report = small_report()
    assert report.now is not None
    value = report.now.measured["digitised"].head.value
    at = datetime(2026, 2, 1, 20, tzinfo=UTC)
    wrong = Correction("digitised", report.as_of, "ru", 1, at, 130, value, f"{HOSTILE} read twice", "a.reader")
    elsewhere = dataclasses.replace(wrong, as_of=date(2001, 12, 31), number=1)
    both = dataclasses.replace(report, corrections=(wrong, elsewhere))
    out = build(both, body_of, Wanted(("en", "ru", "kk"), {"en": {}, "ru": {}, "kk": {}}), tmp_path / "site").parent
    said = {
        "en": f"corrected on February 2, 2026: 130 → {value}",
        "ru": f"исправлено 2 февраля 2026 г.: 130 → {value}",
        "kk": f"түзетілген күні: 2026 ж. 2 ақпан; 130 → {value}",
    }
    for lang, words in said.items():
        for page in ("index.html", "figures.html", "cards.html"):
            (line,) = soup(out / lang / page).select("a[href^='corrections.html#']")
            assert " ".join(line.text.split()) == words, (lang, page)
        row = soup(out / lang / "corrections.html").find(id=str(line["href"]).partition("#")[2])
        assert row is not None
        assert row.find("script") is None
        assert "\u202e" not in row.text
        (way,) = row.select("a")
        assert way.text == str(value)
        file, _, fragment = str(way["href"]).partition("#")
        assert fragment in (out / lang / file).read_text("utf-8")


def test_what_a_reader_must_know_stands_beside_the_figures(tmp_path: Path) -> None:
    report = small_report()
    newest = report.years[-1].audit
    assert newest is not None
    shot = dataclasses.replace(
        newest.snapshot,
        accepted="accepted by vera: checked against the paper text",
        unread=("V2000019982/2025-11-01/ru",),
    )
    core = newest.measured["core_complete"]
    sure = dataclasses.replace(core.head, corrected=0.31, interval=(0.25, 0.4))
    measured = newest.measured | {"core_complete": dataclasses.replace(core, figures=(sure,))}
    audit = dataclasses.replace(newest, snapshot=shot, measured=measured)
    years = (*report.years[:-1], dataclasses.replace(report.years[-1], audit=audit))
    out = build(dataclasses.replace(report, years=years), body_of, ENGLISH, tmp_path / "site").parent
    front = soup(out / "en/index.html").text
    assert "held as doubtful: accepted by vera: checked against the paper text" in front
    assert "V2000019982/2025-11-01/ru" in front
    assert "corrected for coding errors 31.0% (95%: 25.0% to 40.0%)" in soup(out / "en/figures.html").text
    rows = csv.DictReader((out / "csv/figures.csv").open(encoding="utf-8-sig", newline=""))
    assert [(row["low_95"], row["high_95"]) for row in rows if row["measure"] == "core_complete"][-1] == (
        "0.250000",
        "0.400000",
    )


def test_pages_asked_for_by_written_permission_are_told_in_every_language(tmp_path: Path) -> None:
    used = PermissionUsed("adilet.zan.kz/rus/archive/", HOSTILE, date(2024, 3, 1), "ab" * 32, 1204)
    permitted = dataclasses.replace(small_report(), permissions=(used,))
    said = {"en": "by written permission", "ru": "по письменному разрешению", "kk": "жазбаша рұқсат бойынша"}
    site = build(permitted, body_of, Wanted(tuple(said), dict.fromkeys(said, RULES)), tmp_path / "site").parent
    for lang, words in said.items():
        told = soup(site / lang / "limits.html").select_one("#permission")
        assert told is not None
        text = " ".join(told.text.split())
        assert all(one in text for one in (words, "adilet.zan.kz/rus/archive/", "alert(1)", "ab" * 32)), text
        assert "204" in text


def test_nothing_is_said_of_permission_where_none_was_needed(small: Path) -> None:
    assert soup(small / "en/limits.html").select_one("#permission") is None


def test_a_persons_code_for_another_row_of_the_same_text_names_that_row(tmp_path: Path) -> None:
    report, given = small_report(), "V2000019982/2022-01-01/ru/00000001"
    service = report.services["S-1"]
    (key,) = service.codings
    by_hand = dataclasses.replace(service.codings[key], coder="anna", subject=given)
    services = {**report.services, "S-1": dataclasses.replace(service, codings={key: by_hand})}
    out = build(dataclasses.replace(report, services=services), body_of, ENGLISH, tmp_path / "site").parent
    told = f"The code was given to a row of the same text: {given}."
    assert told in soup(out / "en/services/S-1.html").text
    assert "The code was given to" not in soup(out / "en/services/S-2.html").text


@pytest.mark.parametrize(("apart", "told"), [(1, "Captured 2026"), (2000, "Captured between 2026")])
def test_pages_captured_within_a_second_are_told_with_one_moment(apart: int, told: str) -> None:
    report = small_report()
    places = {
        key: dataclasses.replace(one, captured_at=one.captured_at + timedelta(milliseconds=number * apart))
        for number, (key, one) in enumerate(report.places.items())
    }
    site = Site(facts_of(dataclasses.replace(report, places=places)), i18n.words("en"), ("en",))
    assert report.now is not None
    page = register_page(site.at("register/2025.html"), report.now, 2025)
    assert any(text.startswith(told) for text in page.parts[0].origin), page.parts[0].origin
