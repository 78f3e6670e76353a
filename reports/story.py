"""A story pack: one finding as a folder for a newsroom. The same records give the same bytes.

The texts, the rows, the kept pages behind them (as safe text and as unchanged bytes), letters for right of reply, and
SHA256SUMS over all of it. A pack in which somebody has worked is never overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from auditor.measure.report_records import Report
from auditor.records import Evidence
from auditor.tables import write_csv
from crawler.errors import IntegrityError, UsageError
from crawler.pages.text import plain
from reports.contexts.story import StoryText
from reports.export.workbook import write_rows
from reports.files import (
    CODING_COLUMNS,
    EVIDENCE_COLUMNS,
    REASON_COLUMNS,
    coding_cells,
    evidence_cells,
    reason_cells,
)
from reports.finding import Behind, Finding, by_regulator
from reports.folder import Kind, built_aside, refuse_foreign, sha256
from reports.i18n import LANGUAGES, words
from reports.pages import environment, kept_page_writer, text_language
from reports.views.facts import Facts, facts_of, full_name
from reports.views.here import Site
from reports.views.letter import Addressee, addressed, letter
from reports.views.story import KeptCopy, Pack, story_text

STORY = Kind(".egov-audit-story", "story pack")
SUMS = "SHA256SUMS"
_ROW = ("row", "counted", "parts", "detail", "service", "code", "name", "section", "subsection", "regulator",
        "provider", "form", "row_year_before", "form_year_before")  # fmt: skip

Bodies = Callable[[Evidence], bytes]


@dataclass(frozen=True, slots=True)
class _Made:
    """What every text of a pack is made of."""

    facts: Facts
    finding: Finding
    behind: Behind
    letters: tuple[Addressee, ...]


def refuse_unsafe(out: Path) -> None:
    """Raise UsageError for a folder that is no story pack, or one in which a file was changed or added since."""
    refuse_foreign(out, STORY)
    for problem in _worked_in(out):
        raise UsageError(f"{out} was worked in since it was made ({problem}): choose another folder with --out")


def write_story(report: Report, finding: Finding, bodies: Bodies, langs: Sequence[str], out: Path) -> Path:
    """Write the pack of a finding and return the path of its text in the first of `langs`.

    `bodies` gives a kept page's bytes. The folder is built aside and swapped in. Raises UsageError as `refuse_unsafe`,
    ContentError for a missing translation, IntegrityError for a page that is not as it was kept, OSError.
    """
    refuse_unsafe(out)
    behind = Behind.of(report)
    made = _Made(facts_of(report), finding, behind, tuple(_addressees(finding, behind)))
    with built_aside(out, STORY) as folder:
        (folder / "static").mkdir()
        css = resources.files("reports").joinpath("static/report.css").read_bytes()
        (folder / "static/report.css").write_bytes(css)
        rows = tuple(_rows(report, finding, behind))
        write_csv(folder / "rows.csv", _columns(), rows)
        # A spreadsheet of this region takes no commas, and drops the zeros of a code that stands in CSV.
        write_rows(folder / "rows.xlsx", finding.measure, report.as_of, _columns(), rows)
        copies = tuple(_copies(report, finding, behind, bodies, folder))
        _write_texts(made, langs, copies, folder)
        _write_letters(made, folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != STORY.marker)
        lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
        (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return out / f"finding-{langs[0]}.html"


def _worked_in(out: Path) -> Iterator[str]:
    """What is not as it was written: a letter that somebody filled in is not ours to replace."""
    if not (out / STORY.marker).exists():
        return
    if not (out / SUMS).is_file():
        yield f"{SUMS} is gone"
        return
    lines = (out / SUMS).read_text(encoding="utf-8").splitlines()
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for path in sorted(path for path in out.rglob("*") if not path.is_dir()):
        name = path.relative_to(out).as_posix()
        if name not in (SUMS, STORY.marker) and known.get(name) != sha256(path):
            yield f"{name} is {'another' if name in known else 'new'}"


def _addressees(finding: Finding, behind: Behind) -> Iterator[Addressee]:
    """Who keeps the source, for the finding as a whole; then each ministry that a counted row names."""
    yield Addressee("", ())
    for name, keys in by_regulator(finding.rows, behind):
        yield Addressee(name, keys)


def _path(number: int) -> str:
    return f"letters/{number:02}"


def _write_texts(made: _Made, langs: Sequence[str], copies: tuple[KeptCopy, ...], folder: Path) -> None:
    unread = sum(not made.behind.pages(row.key) for row in made.finding.rows)
    ministries = tuple((to.name, len(to.keys)) for to in made.letters if to.name)
    template = environment().get_template("story.html")
    for lang in langs:
        here = Site(made.facts, words(lang), tuple(langs)).at("story.html")
        named = tuple((addressed(here, made.finding, to), _path(number)) for number, to in enumerate(made.letters))
        text = story_text(here, made.finding, Pack(copies, named, ministries, unread))
        html = template.render(page=text)
        (folder / f"finding-{lang}.html").write_text(html, encoding="utf-8", newline="\n")
        _plain(folder / f"finding-{lang}.txt", text)


def _write_letters(made: _Made, folder: Path) -> None:
    (folder / "letters").mkdir()
    for lang in LANGUAGES:
        here = Site(made.facts, words(lang), (lang,)).at("letter.txt")
        for number, to in enumerate(made.letters):
            _plain(folder / f"{_path(number)}-{lang}.txt", letter(here, made.finding, made.behind, to))


def _plain(path: Path, text: StoryText) -> None:
    """A text for any editor: with a byte-order mark and Windows' line ends, which Notepad and Word ask for."""
    lines = [*text.above, "", text.title, ""] if text.above else [text.title, ""]
    for block in text.blocks:
        lines += [block.heading] if block.heading else []
        lines += block.paragraphs
        lines += [f"- {item.text}" + (f" ({item.href})" if item.href not in ("", item.text) else "")
                  for item in block.items]  # fmt: skip
        lines.append("")
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8-sig", newline="\r\n")


def _copies(report: Report, finding: Finding, behind: Behind, bodies: Bodies, folder: Path) -> Iterator[KeptCopy]:
    """The kept pages of the rows and of their rows a year before, each once by content."""
    (folder / "pages").mkdir()
    show = kept_page_writer(report.release)
    found: dict[str, tuple[Evidence, str, int]] = {}
    for row in finding.rows:
        former = behind.before.get(report.service_of.get(row.key, ""))
        keys = [row.key, former.key] if former else [row.key]
        for key in keys:
            for page in behind.pages(key):
                first, lang, count = found.get(page.sha256, (page, text_language(key), 0))
                found[page.sha256] = (first, lang, count + (key == row.key))
    for digest, (page, lang, count) in sorted(found.items(), key=lambda item: (item[1][0].url, item[0])):
        body = bodies(page)
        if hashlib.sha256(body).hexdigest() != digest:
            raise IntegrityError(f"{page.url}: the kept page's sha256 is not {digest}")
        file = f"pages/{digest[:24]}"
        (folder / f"{file}.bin").write_bytes(body)
        (folder / f"{file}.html").write_text(show(page, lang, body), encoding="utf-8", newline="\n")
        yield KeptCopy(file, page, count)


def _columns() -> tuple[str, ...]:
    return (*_ROW, *CODING_COLUMNS, *REASON_COLUMNS, *EVIDENCE_COLUMNS, "page")


def _rows(report: Report, finding: Finding, behind: Behind) -> Iterator[tuple[object, ...]]:
    coded = {row.entry.key: (row.coding, row.by) for row in report.now.snapshot.entries} if report.now else {}
    coded |= {row.listing.key: (row.coding, row.by) for one in report.portals for row in one.snapshot.listings}
    for row in finding.rows:
        service = report.service_of.get(row.key, "")
        record, former = report.services.get(service), behind.before.get(service)
        stored = record.codings.get(row.key) if record else None
        coding, by = (stored.coding, stored.by) if stored else coded.get(row.key, (None, ""))
        page = behind.evidence(row.key)
        yield (
            *(row.key, "yes" if row.counted else "no", " ".join(row.parts), row.detail, service),
            *_said(behind, row.key),
            *((former.key, plain(former.form)) if former and former.key != row.key else ("", "")),
            *coding_cells(coding, by),
            *reason_cells(coding),
            *evidence_cells(page),
            f"pages/{page.sha256[:24]}.html" if page else "",
        )


def _said(behind: Behind, key: str) -> tuple[str, ...]:
    """What the source says of a row, code to form; of a listing its slug, name and categories. Nothing unseen in it."""
    entry, listing = behind.entries.get(key), behind.listings.get(key)
    said: tuple[str, ...] = ("",) * 7
    if entry is not None:
        said = (entry.code, full_name(entry), entry.section, entry.subsection, entry.developer, entry.provider,
                entry.form)  # fmt: skip
    elif listing is not None:
        said = (listing.slug, listing.name, "; ".join(listing.categories), *said[3:])
    return tuple(map(plain, said))
