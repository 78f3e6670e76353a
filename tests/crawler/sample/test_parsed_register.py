"""Every text of the sample's register read by the product's parser: what it gives is what the data say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from crawler.config import CrawlConfig
from crawler.pages.address import identify
from crawler.pages.records import Lang, Level, Payment, Recipient, RegisterPage, RegisterRow
from crawler.pages.register import parse_register
from crawler.pages.text import compare_key, squeeze
from crawler.sample.adilet import ACT, PATH_WORDS, older_rows
from crawler.sample.data import script, words
from crawler.sample.play import LANGS, Edition, Row, editions
from crawler.sample.site import pages
from crawler.sample.wording import cell_text
from crawler.sources.load import load_sources

RECIPIENTS = {
    "i": {Recipient.INDIVIDUAL},
    "l": {Recipient.LEGAL_ENTITY},
    "il": {Recipient.INDIVIDUAL, Recipient.LEGAL_ENTITY},
}
PAYMENTS = {"free": {Payment.FREE}, "paid": {Payment.PAID}, "both": {Payment.FREE, Payment.PAID}}
OLDER = [(spec["act"], lang, day) for spec in script()["older"] for lang in LANGS for day in (spec["current_date"],)]


def register_page(path: str) -> RegisterPage:
    page = pages("adilet")[path]
    about = identify(f"https://adilet.zan.kz{path}", load_sources(CrawlConfig()).sites)
    assert about is not None, path
    return parse_register(page.body, about, page.headers["Content-Type"])


def lines_of(rows: tuple[Row, ...], lang: str) -> Iterator[tuple[Row, str]]:
    """(row, kind) for each line of the table that the rows take."""
    for row in rows:
        kinds = [words()["subs"][kind][lang] for kind in row.service.subs] if not row.dead else []
        yield from ((row, kind) for kind in kinds or [""])


def check_row(found: RegisterRow, row: Row, lang: str, day: date, layout: list[str]) -> None:
    """A parsed row against the data, field by field."""
    assert compare_key(found.name) == compare_key(row.names[lang])
    texts = [field for field in layout if field not in ("number", "subname")]
    assert {field: getattr(found, field) for field in texts} == {
        field: squeeze(cell_text(row, field, lang, day)) for field in texts
    }
    if "form" in layout:
        assert {form.value for form in found.forms} == set(words()["forms"][row.forms[lang]]["means"])
    if "recipient" in layout:
        assert found.recipients == RECIPIENTS[row.service.recipient]
    if "payment" in layout:
        assert found.payments == PAYMENTS[row.service.payment]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("edition", editions(), ids=lambda edition: str(edition.day))
def test_register_page_reads_as_the_data_say(edition: Edition, lang: str) -> None:
    page = register_page(f"/{PATH_WORDS[lang]}/archive/docs/{ACT}/{edition.day:%d.%m.%Y}")
    assert [finding for finding in page.findings if finding.level is Level.ERROR] == []
    assert (page.complete, page.lang, page.last_number) == (True, Lang(lang), len(edition.of(lang)))
    assert page.status_word == words()["status"]["updated"][lang]
    expected = list(lines_of(edition.of(lang), lang))
    assert len(page.rows) == len(expected)
    for found, (row, kind) in zip(page.rows, expected, strict=True):
        assert (found.dead, bool(found.dead_text)) == (bool(row.dead), bool(row.dead))
        assert (found.section_code, found.subsection_code) == (row.section, row.subsection)
        if not row.dead:
            check_row(found, row, lang, edition.day, edition.spec["layout"])
            assert (found.subname if found.subname != found.name else "") == kind


@pytest.mark.parametrize(("act", "lang", "day"), OLDER)
def test_earlier_act_reads_as_the_data_say(act: str, lang: str, day: date) -> None:
    spec = next(each for each in script()["older"] if each["act"] == act)
    page = register_page(f"/{PATH_WORDS[lang]}/docs/{act}")
    rows = older_rows(spec)
    assert [finding for finding in page.findings if finding.level is Level.ERROR] == []
    assert (page.complete, page.last_number, len(page.rows)) == (True, len(rows), len(rows))
    assert page.status_word == words()["status"]["repealed"][lang]
    for found, row in zip(page.rows, rows, strict=True):
        check_row(found, row, lang, day, spec["layout"])
