"""The register's table as the real pages have it: generated registers come back row for row."""

from __future__ import annotations

import pytest

from crawler.pages.records import Lang, PageKind, Target
from crawler.pages.register import parse_register
from tests.pages_gen import Spec, register_page, register_rows

RU = Target("adilet", PageKind.ACT_TEXT, Lang.RU, "V2000019982")
KK = Target("adilet", PageKind.ACT_TEXT, Lang.KK, "V2000019982")


@pytest.mark.parametrize("target", [RU, KK], ids=["ru", "kk"])
def test_generated_register_comes_back_row_for_row(target: Target) -> None:
    spec = Spec(rows=210, lang=str(target.lang))
    page = parse_register(register_page(spec), target)

    assert page.findings == ()
    assert page.complete
    assert page.lang is target.lang
    assert page.last_number == 210
    assert len(page.notes) == 1
    for row, source in zip(page.rows, register_rows(spec), strict=True):
        assert (row.number, row.code, row.dead_text) == (source["number"], source["code"], source.get("dead", ""))
        assert (row.section_code, row.subsection_code) == (source["code"][:3], source["code"][:5])
        if not row.dead:
            for name in spec.fields:
                assert getattr(row, name) == source[name]
            assert row.forms
            assert row.payments
            assert row.recipients
            assert row.provider_levels
