"""The sample's register pages, written apart from the parser, are read to the figures the sample declares."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from crawler.pages.records import ELECTRONIC_FORMS, Lang, PageKind, RegisterPage, Target
from crawler.pages.register import parse_register
from crawler.sample.adilet import render_pages
from crawler.sample.truth import truth

EDITIONS = [
    (lang, act, date.fromisoformat(str(day)))
    for act, langs in truth()["acts"].items()
    for lang, facts in langs.items()
    for day in facts["editions"]
]


def pages() -> dict[tuple[Lang, str, date], RegisterPage]:
    found = {}
    for path, page in render_pages():
        match = re.fullmatch(r"/(rus|kaz)/(?:archive/)?docs/(\w+)/(\d\d\.\d\d\.\d{4})", path)
        if match:
            lang = Lang.RU if match[1] == "rus" else Lang.KK
            day = datetime.strptime(match[3], "%d.%m.%Y").date()
            target = Target("adilet", PageKind.ACT_TEXT, lang, match[2], day)
            found[lang, match[2], day] = parse_register(page.body, target)
    return found


@pytest.fixture(scope="module")
def read() -> dict[tuple[Lang, str, date], RegisterPage]:
    return pages()


def test_the_sample_has_editions_to_read(read: dict[tuple[Lang, str, date], RegisterPage]) -> None:
    assert len(set(read) & {(Lang(lang), act, day) for lang, act, day in EDITIONS}) >= 12


def test_every_edition_is_read_whole_and_without_a_finding(
    read: dict[tuple[Lang, str, date], RegisterPage],
) -> None:
    for (lang, act, day), page in read.items():
        facts = truth()["acts"][act][lang]["editions"][str(day)]
        assert page.findings == (), (lang, act, day)
        assert page.complete
        assert page.lang is lang
        if "rows" in facts:
            assert len(page.rows) == facts["rows"]
            continue
        assert len(page.live) == facts["lines"]
        assert len(page.rows) - len(page.live) == facts["dead"]
        assert page.last_number == facts["last_number"]
        assert sum(bool(row.forms & ELECTRONIC_FORMS) for row in page.live) == facts["digitised_lines"]
