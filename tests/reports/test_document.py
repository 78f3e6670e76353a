"""The yearly report as one file: what it says, hostile text, another's file, a full disk, the same bytes anywhere."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
import resource
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.abc import MetaPathFinder
from pathlib import Path

import docx
import pypdf
import pytest
import weasyprint
from docx.oxml.ns import qn
from docx.table import Table
from weasyprint.urls import FatalURLFetchingError

from auditor.corrections.records import Correction
from auditor.measure.records import Figure, Measured
from auditor.measure.report_records import Report
from crawler.errors import UsageError
from reports.document.build import write_document
from reports.document.html import to_html
from reports.document.pdf import Charts, _letters_needed
from reports.i18n import words
from reports.views.document import document
from reports.views.facts import facts_of
from reports.views.here import Site
from tests.auditor.link.command import run
from tests.reports.conftest import Sample
from tests.reports.records import HOSTILE, LONG, STAMPED, STAMPED_TOLD, small_report

LETTERS = "Ж" * 10_000


def released() -> Report:
    report = small_report()
    reason = "a row\x00 was\ufffe read\u202e twice\x1b"
    at = datetime(2025, 12, 31, 9, tzinfo=UTC)
    wrong = Correction("digitised", report.as_of, "ru", 1, at, 130, 131, reason, "a\ud800 reader")
    return dataclasses.replace(
        report, release="20251231-0123456789ab", root="f" * 64, corrections=(wrong,), stamped=STAMPED
    )


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF, close."""
    return [close(page.extract_text()) for page in pypdf.PdfReader(path).pages]


def close(text: str) -> str:
    """A text without spaces and hyphens: where a word breaks is up to the fonts of the machine."""
    return re.sub("[\\s\u2010-]", "", text)


def written(path: Path) -> str:
    """Every word of a document in reading order."""
    if path.suffix == ".pdf":
        return " ".join(pages(path))
    found = []
    for block in docx.Document(str(path)).iter_inner_content():
        rows = [cell.text for row in block.rows for cell in row.cells] if isinstance(block, Table) else [block.text]
        found += rows
    return "\n".join(found)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small report in either form."""
    folder = tmp_path_factory.mktemp("document")
    made = {form: folder / f"small.{form}" for form in ("docx", "pdf")}
    for out in made.values():
        write_document(released(), words("en"), out)
    return made


@pytest.fixture
def small(both: dict[str, Path]) -> Path:
    return both["docx"]


def test_the_command_writes_what_the_site_says(sample: Sample, sample_report: Report, tmp_path: Path) -> None:
    out = tmp_path / "folder" / "report.docx"
    done = run(sample.db_url, "document", str(out), "--year", "2024", "--lang", "kk")
    assert (done.returncode, done.stdout) == (0, f"{out}\n"), done.stderr
    kazakh = written(out)
    write_document(sample_report, words("ru"), out)
    russian = written(out)
    assert "\u202f" not in kazakh + russian, "a space that few fonts have"
    for text, said in (
        (kazakh, ("Қазақстан", "Дереккөздер: оқылған редакциялар", "Шығарылым")),
        (russian, ("Социальные услуги, полные и электронные", "интервала нет: закодировано машиной", "Счёт по членам")),
    ):
        for one in said:
            assert one in text
        now = sample_report.now
        assert now is not None
        for key in (*now.measured["dead_ends"].head.keys, *now.measured["label_flips"].head.keys):
            row = next(row.entry for row in now.snapshot.entries if row.entry.key == key)
            assert row.code in text
            assert row.name in text


def test_headlines_stand_with_interval_and_objection_and_tables_have_heads(small: Path) -> None:
    text = written(small)
    for said in (
        "no interval: coded by the machine, not checked by people",
        "coding – open: No person has checked the machine's codes",
        "Register growth +2, real growth (births less deaths) +2, remainder 0.",
        "not observed",
        "a row was read⟨U+202E⟩ twice",
        "Release 20251231-0123456789ab",
        "f" * 64,
        STAMPED_TOLD,
    ):
        assert said in text, said
    made = docx.Document(str(small))
    heads = [one.style.name for one in made.paragraphs if one.style is not None and "Heading" in str(one.style.name)]
    assert len(heads) > 20
    assert "20251231-0123456789ab" in made.sections[0].footer.paragraphs[0].text
    pictures = made.element.body.findall(f".//{qn('wp:docPr')}")
    assert len(pictures) == 5
    assert all(one.get("descr") for one in pictures), "each chart has its words"
    tables = made.element.body.findall(qn("w:tbl"))
    repeated = [one for one in tables if one.find(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}") is not None]
    assert len(repeated) > 8
    core = made.core_properties
    assert (core.author, core.revision, core.created) == ("egov-audit", 1, core.modified)
    assert f"{core.created:%Y-%m-%d %H:%M}" == "2025-12-31 00:00"
    with zipfile.ZipFile(small) as parts:
        assert b"<Application>egov-audit<" in parts.read("docProps/app.xml")
        assert not [name for name in parts.namelist() if "thumbnail" in name]
        assert b"thumbnail" not in parts.read("_rels/.rels")


def hostile() -> Report:
    """A report whose dead ends have hostile names."""
    report = released()
    old, new = report.years[-2:]
    assert new.audit is not None
    keys = tuple(row.entry.key for row in new.audit.snapshot.entries)
    ends = Measured("dead_ends", (Figure("dead_ends", "", len(keys), len(keys), keys),))
    measured = new.audit.measured | {"dead_ends": ends}
    audit = dataclasses.replace(new.audit, measured=measured)
    return dataclasses.replace(report, years=(report.years[0], old, dataclasses.replace(new, audit=audit)))


def test_a_hostile_name_is_text_and_nothing_else_in_docx(tmp_path: Path) -> None:
    out = tmp_path / "hostile.docx"
    write_document(hostile(), words("en"), out)
    text = written(out)
    assert HOSTILE.replace("\u202e", "").replace("\u200b", "") in text
    assert LONG.strip() in text
    with zipfile.ZipFile(out) as parts:
        body = parts.read("word/document.xml").decode()
        links = b"".join(parts.read(name) for name in parts.namelist() if name.endswith(".rels"))
    for never in ("\u202e", "\u200b", "<script", "<w:instrText", "<w:hyperlink", "<w:object"):
        assert never not in body
    assert b"External" not in links, "nothing is fetched from elsewhere"


def test_a_hostile_name_is_text_and_nothing_else_in_pdf(tmp_path: Path) -> None:
    out = tmp_path / "hostile.pdf"
    write_document(hostile(), words("en"), out)
    text = written(out)
    assert close(HOSTILE.replace("\u202e", "").replace("\u200b", "")) in text
    assert text.count("Услуга") >= LONG.count("Услуга"), "a row taller than a page is whole all the same"
    raw = out.read_bytes()
    for never in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/EmbeddedFile"):
        assert never not in raw


def test_a_word_of_ten_thousand_letters_does_not_stop_the_pdf(tmp_path: Path) -> None:
    report = released()
    *former, new = report.years
    assert new.audit is not None
    shot = new.audit.snapshot
    rows = [dataclasses.replace(row, entry=dataclasses.replace(row.entry, developer=LETTERS)) for row in shot.entries]
    audit = dataclasses.replace(new.audit, snapshot=dataclasses.replace(shot, entries=tuple(rows)))
    report = dataclasses.replace(report, years=(*former, dataclasses.replace(new, audit=audit)))
    page = to_html(document(Site(facts_of(report), words("ru"), ("ru",)), {}))
    assert LETTERS in page.replace("<wbr>", "")
    assert not re.search("Ж{201}", page), "hyphenating it would take hours"
    write_document(report, words("ru"), tmp_path / "long.pdf")
    assert written(tmp_path / "long.pdf").count("Ж") >= len(LETTERS)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://127.0.0.1:1/x.svg", "data:image/svg+xml,x", "chart:no"]
)
def test_a_pdf_asks_for_nothing_but_its_charts(address: str) -> None:
    asked = weasyprint.HTML(string=f'<img src="{address}">', url_fetcher=Charts({"rows": b"<svg/>"}))
    with pytest.raises(FatalURLFetchingError) as caught:
        asked.write_pdf()
    assert "asks for nothing but its charts" in str(caught.value.__cause__)


def test_a_pdf_has_its_fonts_pages_and_table_heads(sample_report: Report, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    write_document(sample_report, words("kk"), out)
    found, read = pages(out), pypdf.PdfReader(out)
    for number, text in enumerate(found, 1):
        assert f"{number}/{len(found)}" in text
        fonts = read.pages[number - 1]["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in inner["/FontDescriptor"].get_object() or "/FontFile3" in inner["/FontDescriptor"]
    assert read.trailer["/Root"]["/Lang"] == "kk"  # type: ignore[index]
    assert close(words("kk").say("Contents")) in found[0]
    now = sample_report.now
    assert now is not None
    rows = {row.entry.key: row.entry for row in now.snapshot.entries}
    head = close(words("kk").say("What is missing"))
    shown = set()
    for key in now.measured["dead_ends"].head.keys:
        page = next(text for text in found if rows[key].code in text and head in text)
        shown.add(page)
        assert close(rows[key].name) in page, "no row is cut, and each page of the table has its head"
    assert len(shown) > 1


@pytest.mark.parametrize(("letter", "fails"), [("ұ", True), ("ж", True), ("7", True), ("\U0001f600", False)])
def test_words_in_boxes_are_an_error_and_a_stray_sign_is_not(letter: str, fails: bool) -> None:
    said = (
        pytest.raises(UsageError, match=f"no font of this machine has {letter}: install DejaVu")
        if fails
        else nullcontext()
    )
    with said, _letters_needed():
        logging.getLogger("weasyprint").warning(".notdef glyph rendered: %s (U+%04X)", letter, ord(letter))


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_the_document_before_is_replaced(both: dict[str, Path], tmp_path: Path, form: str) -> None:
    out = tmp_path / f"mine.{form}"
    out.write_bytes(both[form].read_bytes())
    write_document(dataclasses.replace(released(), release="20260101-000000000000"), words("en"), out)
    assert close("20260101-000000000000") in close(written(out))


@pytest.mark.parametrize("form", ["docx", "pdf"])
@pytest.mark.parametrize("wrong", ["edited", "foreign", "folder"])
def test_nothing_but_an_unedited_document_of_ours_is_replaced(
    both: dict[str, Path], tmp_path: Path, wrong: str, form: str
) -> None:
    out = tmp_path / f"mine.{form}"
    out.write_bytes(both[form].read_bytes())
    if wrong == "edited" and form == "pdf":
        mine = pypdf.PdfWriter(str(out), incremental=True)
        mine.add_metadata({"/Title": "Draft"})
        mine.write(str(out))
    elif wrong == "edited":
        draft = docx.Document(str(out))
        draft.paragraphs[0].add_run(" (draft)")
        draft.save(str(out))
    elif wrong == "foreign":
        out.write_bytes(b"minutes of a meeting")
    else:
        out.unlink()
        out.mkdir()
    before = out.read_bytes() if out.is_file() else b""
    with pytest.raises(UsageError, match=r"not a document of ours as it was written|is a folder"):
        write_document(released(), words("en"), out)
    assert (out.read_bytes() if out.is_file() else b"") == before


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_a_full_disk_leaves_the_old_document_whole(both: dict[str, Path], tmp_path: Path, form: str) -> None:
    out, before = tmp_path / f"mine.{form}", both[form].read_bytes()
    out.write_bytes(before)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Each chart fits below this; the document with all of them does not.
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) - 10_000, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            write_document(released(), words("ru"), out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.filename == str(out)
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [out.name], "nothing half-written stays"


def test_the_same_records_give_the_same_bytes_anywhere(both: dict[str, Path], tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.reports.test_document import *; "
        "[write_document(released(), words('en'), Path(sys.argv[1]) / f'r.{form}') for form in ('docx', 'pdf')]"
    )
    out = tmp_path / "elsewhere"
    environ = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "ru_RU.UTF-8", "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code, str(out)], check=True, env=environ)
    for form, here in both.items():
        assert (out / f"r.{form}").read_bytes() == here.read_bytes(), form


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (
            ("r.docx", "--year", "2008", "--lang", "ru"),
            4,
            "nothing to report on 2008-12-31: no edition of the register",
        ),
        (("r.docx", "--year", "2024", "--lang", "de"), 2, "no interface language 'de'; there are en, ru, kk"),
        (("r.docx", "--year", "2024", "--lang", "ru,kk"), 2, "a document is in one language, not in 2: ru, kk"),
        (("r.odt", "--year", "2024", "--lang", "ru"), 2, "a document is a .docx or .pdf file, not 'r.odt'"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_no_file(
    sample: Sample, tmp_path: Path, wrong: tuple[str, ...], code: int, said: str
) -> None:
    done = run(sample.db_url, "document", str(tmp_path / wrong[0]), *wrong[1:])
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not any(tmp_path.iterdir())


def test_an_empty_database_is_nothing_to_write(db_url: str, tmp_path: Path) -> None:
    done = run(db_url, "document", str(tmp_path / "r.docx"), "--year", "2024", "--lang", "ru")
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "nothing to report: no edition and no portal list has been read" in done.stderr
    assert not list(tmp_path.glob("r.docx*"))


@pytest.mark.parametrize(("form", "library"), [("docx", "docx"), ("pdf", "weasyprint")])
def test_without_its_packages_the_command_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, library: str
) -> None:
    monkeypatch.delitem(sys.modules, f"reports.document.{form}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    done = run("sqlite://", "document", str(tmp_path / f"r.{form}"), "--year", "2024", "--lang", "ru")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"egov-audit: {form.upper()} needs more packages: pip install 'egov-audit[{form}]'\n"


def test_without_pango_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPango(MetaPathFinder):
        def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
            if fullname == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'\nmore")

    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "reports.document.pdf", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    done = run("sqlite://", "document", str(tmp_path / "r.pdf"), "--year", "2024", "--lang", "ru")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in done.stderr


def test_without_a_register_the_document_says_so(tmp_path: Path) -> None:
    report = dataclasses.replace(
        small_report(),
        years=(), accounts=(), changes=(), objections={}, services={}, service_of={}, editions=(),
    )  # fmt: skip
    out = tmp_path / "r.docx"
    write_document(report, words("en"), out)
    text = written(out)
    assert "An unread register is not an empty one" in text
    assert "What these figures do not say" in text
