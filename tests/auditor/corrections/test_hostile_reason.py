"""A correction's reason as a foreign or careless database could hold it harms nobody, wherever it is shown.

`correct` refuses most of these; a release can rest on rows that it never saw.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import UTC, date, datetime
from pathlib import Path

import feedparser
import openpyxl
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from auditor.corrections.records import Correction
from auditor.corrections.stage import corrections
from auditor.db.models import CorrectionRow
from auditor.db.session import connect, transaction
from reports.build import Wanted, build
from reports.export.build import Format, export
from reports.feeds import to_atom
from reports.i18n import words
from reports.views.facts import facts_of
from reports.views.feeds import feeds
from reports.views.here import Site
from tests.auditor.release.site import served
from tests.auditor.release.small import fill, released
from tests.reports.records import body_of, small_report

REASONS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "javascript:alert(1)",
    "не \u202eяансогу\u202c\u200b так",
    "Ж" * 10_000,
)
FORMULA = ("=", "+", "-", "@", "\t")


@pytest.fixture
def kept(sqlite_url: str) -> tuple[str, tuple[Correction, ...]]:
    """A database with a correction for each reason."""
    fill(sqlite_url, ("Выдача справки",))
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        session.add_all(
            CorrectionRow(noted_at=datetime(2026, 2, 1, at, tzinfo=UTC), measure="digitised", cell="", lang="ru",
                          as_of=date(2023, 12, 31), old_value=at, new_value=at + 1, reason=reason, noticed_by="aigul")
            for at, reason in enumerate(REASONS)
        )  # fmt: skip
        session.flush()
        found = corrections(session)
    engine.dispose()
    return sqlite_url, found


def test_files_and_datasette(kept: tuple[str, tuple[Correction, ...]], tmp_path: Path) -> None:
    release = released(kept[0], tmp_path / "hostile.sqlite")
    export(release, tmp_path / "out", {Format.CSV, Format.XLSX})
    exact = list(csv.DictReader((tmp_path / "out/csv/corrections.csv").open(encoding="utf-8", newline="")))
    assert [row["reason"] for row in exact] == list(REASONS), "a program gets what was stored"
    people = csv.DictReader(
        (tmp_path / "out/excel/corrections.csv").open(encoding="utf-8-sig", newline=""), delimiter=";"
    )
    sheet = openpyxl.load_workbook(tmp_path / "out/xlsx/corrections.xlsx").worksheets[0]
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet for cell in row)
    with served(tmp_path, "--release", "hostile.sqlite") as site:
        page = site.get("corrections")[1].decode()
        sent = list(csv.DictReader(io.StringIO(site.get("corrections.csv")[1].decode(), newline="")))
    for rows in ([row["reason"] for row in people], [row["reason"] for row in sent]):
        assert len(rows) == len(REASONS)
        assert not [text for text in rows if text.startswith(FORMULA)]
    tree = BeautifulSoup(page, "lxml")
    assert "alert" not in "".join(script.text for script in tree.select("script"))
    assert not tree.select("img, a[href^=javascript]")
    assert "не ⟨U+202E⟩яансогу⟨U+202C⟩⟨U+200B⟩ так" in page


def test_site_and_feed(kept: tuple[str, tuple[Correction, ...]], tmp_path: Path) -> None:
    report = dataclasses.replace(small_report(), corrections=kept[1])
    out = build(report, body_of, Wanted(("kk",), {"kk": {}}), tmp_path / "site").parent
    tree = BeautifulSoup((out / "kk/corrections.html").read_text(encoding="utf-8"), "lxml")
    assert len(tree.select("tbody tr")) == len(REASONS)
    assert not tree.select("tbody script, tbody img, a[href^=javascript]")
    assert "Ж" * 10_000 in tree.text
    (feed,) = (one for one in feeds(Site(facts_of(report), words("kk"), ("kk",))) if one.file == "corrected.atom")
    body = to_atom(feed)
    told = feedparser.parse(body)
    assert not told.bozo
    assert len(told.entries) == len(REASONS)
    # The reader takes scripts out itself: what was sent is looked at.
    sent = [one for one in etree.fromstring(body).iter() if one.text and one.get("type") in ("html", "text", None)]
    assert not [
        one for one in sent if one.get("type") == "html" and BeautifulSoup(one.text, "lxml").select("script, img")
    ]
    for text in (tree.tbody.text if tree.tbody else "", *(str(one.text) for one in sent)):
        assert not set(text) & set("\u202e\u202c\u200b")
