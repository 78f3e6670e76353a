"""Story packs: what lies in the folder agrees with the report, is harmless, stable, and replaces nobody's work."""

from __future__ import annotations

import csv
import dataclasses
import re
import resource
import subprocess
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from bs4 import BeautifulSoup

from auditor.measure.objections import objections
from auditor.measure.records import Measured
from auditor.measure.report_records import Report
from crawler.archive.reader import read_payload
from crawler.errors import ContentError, IntegrityError, UsageError
from reports.finding import find, known_findings
from reports.i18n import LANGUAGES
from reports.story import write_story
from tests.auditor.link.command import run
from tests.reports.conftest import Sample
from tests.reports.records import HOSTILE, LONG, body_of, small_report


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "rows.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


@pytest.fixture(scope="module")
def flips(sample: Sample, sample_report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("story") / "flips"
    finding = find(sample_report, "label_flips")
    return write_story(
        sample_report, finding, lambda kept: read_payload(sample.archive, kept), ["ru", "en"], out
    ).parent


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    report = small_report()
    out = tmp_path_factory.mktemp("story") / "hostile"
    return write_story(report, find(report, "digitised"), body_of, tuple(LANGUAGES), out).parent


def test_the_pack_says_what_the_report_measures(flips: Path, sample_report: Report) -> None:
    assert sample_report.now is not None
    measured = sample_report.now.measured["label_flips"]
    counted = [row for row in rows(flips) if row["counted"] == "yes"]
    assert [row["row"] for row in counted] == list(measured.head.keys)
    assert len(rows(flips)) > len(counted), "flips that came with another change stand apart"
    english = text(flips / "finding-en.txt")
    assert f"but the delivery form: {measured.head.value} (" in english
    assert f"from paper to digital: {measured.cells[0].value} (" in english
    assert "Setting: the register's word. Verdict under it: open" in english
    assert "nothing of anybody's intent" in english
    assert not (flips / "finding-kk.txt").exists()
    for row in counted:
        assert row["form"] != row["form_year_before"] != "", "both forms, to be held side by side"


def test_the_workbook_holds_the_same_rows_with_their_zeros_and_no_formula(flips: Path, hostile: Path) -> None:
    for folder in (flips, hostile):
        (sheet,) = openpyxl.load_workbook(folder / "rows.xlsx").worksheets
        head, *lines = sheet.iter_rows()
        shown = [
            {str(name.value): str(cell.value or "") for name, cell in zip(head, line, strict=True)} for line in lines
        ]
        assert [row["code"] for row in shown] == [row["code"] for row in rows(folder)]
        assert all(row["code"].startswith("0") for row in shown)
        assert all(cell.data_type != "f" and cell.hyperlink is None for line in lines for cell in line)
        assert not re.search("[\u200b\u202e]", str(shown))


def test_a_finding_that_undecided_links_could_undo_says_so() -> None:
    report = small_report()
    assert report.now is not None
    digitised = report.now.measured["digitised"]
    doubtful = dataclasses.replace(digitised.head, measure="yo_yo", low=0, high=9)
    seen = dataclasses.replace(doubtful, measure="phantoms", low=1)
    sure = dataclasses.replace(doubtful, measure="fan_out", low=4, high=4)
    now = dataclasses.replace(
        report.now,
        measured={one.measure: Measured(one.measure, (one,)) for one in (doubtful, seen, sure)},
    )
    told = {name: (one.setting, one.fails) for name, (one,) in objections(now, {}).items()}
    assert told == {"yo_yo": ("linker", True), "phantoms": ("seen", False)}


@pytest.mark.parametrize(
    ("counted", "apart", "code", "fails"),
    [(16, 1, "flips_said", False), (0, 1, "flips_apart", True), (0, 0, "flips_apart", False)],
)
def test_that_labels_alone_changed_is_doubted_and_not_its_weight_among_the_digitised(
    counted: int, apart: int, code: str, fails: bool
) -> None:
    report = small_report()
    assert report.now is not None
    head = dataclasses.replace(report.now.measured["digitised"].head, measure="label_flips", value=counted)
    cells = (dataclasses.replace(head, cell="to_digital", value=counted),
             dataclasses.replace(head, cell="with_other_changes", value=apart))  # fmt: skip
    flips = Measured("label_flips", (head, *cells), derived=(("share_of_newly_digitised", 0.6),))
    told = objections(dataclasses.replace(report.now, measured={"label_flips": flips}), {})
    assert [(one.code, one.fails, one.numbers["with_other"]) for one in told["label_flips"]] == [(code, fails, apart)]
    assert [(one.code, one.fails) for one in told["digitised"]] == [("flips_in_growth", True)], "that is growth's"


def test_every_row_has_its_page_and_every_sum_is_right(flips: Path) -> None:
    for row in rows(flips):
        page = flips / row["page"]
        assert row["sha256"] in page.read_text(encoding="utf-8")
        assert sha256(page.with_suffix(".bin").read_bytes()).hexdigest() == row["sha256"]
        assert row["url"] in text(flips / "finding-en.txt")
    assert len(list(flips.glob("pages/*.bin"))) == 2, "the edition and the one of the year before"
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=flips, check=True)
    listed = {line.split("  ")[1] for line in (flips / "SHA256SUMS").read_text().splitlines()}
    assert listed == set(files(flips)) - {"SHA256SUMS", ".egov-audit-story"}


def test_each_ministry_gets_its_letter_in_three_languages(flips: Path) -> None:
    ministries = {row["regulator"] for row in rows(flips) if row["counted"] == "yes"}
    letters = sorted(path.name for path in flips.glob("letters/*"))
    assert letters == sorted(f"{n:02}-{lang}.txt" for n in range(len(ministries) + 1) for lang in LANGUAGES)
    for lang, to in (("ru", "Кому: "), ("kk", "Кімге: "), ("en", "To: ")):
        told = [text(path) for path in sorted(flips.glob(f"letters/*-{lang}.txt"))]
        assert {one.partition(to)[2].partition("\n")[0] for one in told[1:]} == ministries
        assert "V2000019982" in told[0].partition(to)[2].partition("\n")[0], "first who approves the register"
        for one in told:
            assert len(re.findall(r"\[[^\]]+\]", one)) == 4, (
                "date, sender, date of reply, signature: nothing else is open"
            )
    for row in rows(flips):
        if row["counted"] == "yes":
            assert any(
                row["code"] in text(one) and row["regulator"] in text(one) for one in flips.glob("letters/*-ru.txt")
            )


def test_links_of_the_text_lead_into_the_folder_and_nowhere_else(flips: Path, hostile: Path) -> None:
    for page in (*flips.rglob("*.html"), *hostile.rglob("*.html")):
        tree = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
        for one in tree.find_all(href=True):
            assert (page.parent / str(one["href"])).is_file(), (page, one)
        assert "default-src 'none'" in str(tree.find("meta", attrs={"http-equiv": "Content-Security-Policy"}))


def test_hostile_names_are_harmless_in_every_file(hostile: Path) -> None:
    for path in hostile.rglob("*"):
        if path.suffix in (".html", ".txt", ".csv"):
            told = text(path)
            assert not re.search("[\u200b\u202e]", told), path
            if path.suffix == ".html":
                tree = BeautifulSoup(told, "lxml")
                assert not tree.find_all(["script", "img", "iframe"]), path
                assert not tree.find_all(onload=True)
    for row in rows(hostile):
        assert not any(cell.startswith(("=", "+", "@", "-")) for cell in row.values()), row
    names = [row["name"] for row in rows(hostile)]
    assert LONG.strip() in names
    letter = text(hostile / "letters/01-en.txt")
    assert "To: Министерство <b>труда</b>\n" in letter
    assert HOSTILE.replace("\u202e", "").replace("\u200b", "") in letter
    assert max(map(len, letter.splitlines())) < 600, "an endless name is cut in a letter"


def test_the_same_finding_gives_the_same_bytes_and_an_untouched_pack_is_replaced(hostile: Path, tmp_path: Path) -> None:
    report = small_report()
    out = tmp_path / "there"
    for _ in range(2):
        write_story(report, find(report, "digitised"), body_of, tuple(LANGUAGES), out)
    assert files(out) == files(hostile)
    write_story(report, find(report, "core_complete"), body_of, ("kk",), out)
    assert not (out / "finding-en.txt").exists()


@pytest.mark.parametrize("touched", ["letters/01-ru.txt", "notes.txt", "SHA256SUMS"])
def test_a_pack_in_which_somebody_worked_is_never_replaced(tmp_path: Path, touched: str) -> None:
    report = small_report()
    finding = find(report, "digitised")
    write_story(report, finding, body_of, ("en",), tmp_path / "mine")
    if touched == "SHA256SUMS":
        (tmp_path / "mine" / touched).unlink()
    else:
        (tmp_path / "mine" / touched).write_text("signed and sent")
    before = files(tmp_path)
    with pytest.raises(UsageError, match=rf"worked in since it was made \({touched}"):
        write_story(report, finding, body_of, ("en",), tmp_path / "mine")
    assert files(tmp_path) == before


def test_a_foreign_folder_and_another_kind_of_ours_are_never_touched(tmp_path: Path) -> None:
    report = small_report()
    for name in ("thesis.txt", ".egov-audit-export"):
        folder = tmp_path / name.strip(".")
        folder.mkdir()
        (folder / name).write_text("years of work")
        with pytest.raises(UsageError, match="not a story pack of ours"):
            write_story(report, find(report, "digitised"), body_of, ("en",), folder)
        assert files(folder) == {name: b"years of work"}


def test_a_disk_that_refuses_or_a_page_that_was_changed_leaves_the_former_pack_whole(tmp_path: Path) -> None:
    report = small_report()
    finding = find(report, "digitised")
    out = write_story(report, finding, body_of, ("en",), tmp_path / "pack").parent
    before = files(out)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_story(report, finding, body_of, ("ru",), out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with pytest.raises(IntegrityError, match="the kept page's sha256 is not"):
        write_story(report, finding, lambda kept: body_of(kept) + b" ", ("ru",), out)
    assert files(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_every_measure_that_was_taken_and_the_account_make_a_pack(
    sample: Sample, sample_report: Report, tmp_path: Path
) -> None:
    assert sample_report.now is not None
    made = 0
    for name in known_findings():
        if name in sample_report.now.unmeasured:
            with pytest.raises(ContentError, match=f"{name} on 2024-12-31 was not observed: "):
                find(sample_report, name)
            continue
        finding = find(sample_report, name)
        out = tmp_path / name
        write_story(sample_report, finding, lambda kept: read_payload(sample.archive, kept), ("en",), out)
        assert "The strongest objection" in text(out / "finding-en.txt")
        assert "is not in this folder" not in text(out / "finding-en.txt") or name == "divergence", name
        made += 1
    assert made > 20
    account = text(tmp_path / "account/finding-en.txt")
    assert "Births: +" in account
    strongest = account.partition("The strongest objection\n")[2].splitlines()[0]
    assert strongest.endswith("Setting: unit of count. Verdict under it: the headline fails."), "as on its page"
    assert {"births", "deaths"} <= {row["parts"] for row in rows(tmp_path / "account")}


def test_without_a_year_before_there_is_no_account() -> None:
    report = small_report()
    with pytest.raises(ContentError, match="account on 2025-12-31 was not observed"):
        find(dataclasses.replace(report, accounts=()), "account")


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("dead_end",), 2, "no finding 'dead_end'; known are count, digitised,"),
        (("nature:complete",), 2, "nature has no cell 'complete'; there are: transactional, human_social, unclear"),
        (("account:births",), 2, "account has no cells"),
        (("parallel", "--lang", "de"), 2, "no interface language 'de'"),
        (("parallel", "--year", "2008"), 4, "nothing to report on 2008-12-31"),
    ],
)
def test_what_cannot_be_told_is_one_line_and_no_folder(
    sample: Sample, tmp_path: Path, asked: tuple[str, ...], code: int, said: str
) -> None:
    year = () if "--year" in asked else ("--year", "2024")
    done = run(sample.db_url, "story", *asked, *year, "--out", str(tmp_path / "pack"))
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not any(tmp_path.iterdir())


def test_the_command_writes_the_pack_of_an_archive(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGOV_AUDIT_ARCHIVE", str(sample.archive))
    out = tmp_path / "pack"
    done = run(sample.db_url, "story", "nature:human_social", "--year", "2024", "--lang", "ru,kk", "--out", str(out))
    assert (done.returncode, done.stdout.strip()) == (0, str(out / "finding-ru.html")), done.stderr
    assert f"{len(rows(out))} rows; " in done.stderr
    told = text(out / "finding-ru.txt")
    assert re.search(r"Выпуск: \d{8}-[0-9a-f]{12}\n", told)
    assert "egov-audit story nature:human_social --as-of 2024-12-31 --text ru" in told
