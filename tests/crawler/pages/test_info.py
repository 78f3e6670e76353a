"""The act's card."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.info import parse_info
from crawler.pages.records import Lang, Level, PageKind, Target

TARGET = Target("adilet", PageKind.ACT_INFO, Lang.RU, "V2000019982")
CARD = """<html><body><div class="container_alpha slogan"><h1>О  реестре</h1><p>Приказ</p></div>
<span class="status status_upd">Обновленный</span>
<div class="container_gamma"><table><tr><th>Дата принятия:</th><td>31.01.2020</td></tr>
<tr><td>Статус</td><td>Обновленный</td></tr></table></div></body></html>"""


def test_labels_and_values_in_page_order() -> None:
    page = parse_info(CARD.encode(), TARGET)
    assert page.title == "О реестре"
    assert page.status_word == "Обновленный"
    assert page.fields == (("Дата принятия", "31.01.2020"), ("Статус", "Обновленный"))
    assert page.findings == ()


def test_a_definition_list_and_a_row_that_is_no_pair() -> None:
    page = parse_info(
        b"<h1>A</h1><span class=status>B</span><dl><dt>x</dt><dd>1</dd></dl><table><tr><td>y</td></tr></table>", TARGET
    )
    assert page.fields == (("x", "1"),)
    assert [(f.code, f.address, f.value) for f in page.findings] == [("odd_field", "field 2", "y")]


def test_a_page_that_is_no_card() -> None:
    page = parse_info(b"<html><body><p>x</p></body></html>", TARGET)
    assert [f.code for f in page.findings] == ["no_fields", "no_title", "no_status"]


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from(["<tr>", "<td>", "x", "<dt>", "<dd>", "<h1>"])).map(lambda p: "".join(p).encode())
)
def test_any_bytes_are_read_or_refused_without_an_exception(body: bytes) -> None:
    page = parse_info(body, TARGET)
    assert page.fields or {"no_fields", "nested_too_deep"} & {f.code for f in page.findings}


def test_a_card_of_tables_within_each_other_is_refused_with_one_finding() -> None:
    page = parse_info(b"<h1>x</h1>" + b"<table><tr><td>a</td><td>b" * 3000, TARGET)
    assert (page.fields, [(f.code, f.level) for f in page.findings]) == ((), [("nested_too_deep", Level.ERROR)])


def test_each_label_has_the_value_that_follows_it() -> None:
    page = parse_info(b"<h1>A</h1><dl><dt>x</dt><dt>y</dt><dd>1</dd></dl>" + b"<dl><dt>z</dt></dl>" * 3, TARGET)
    assert page.fields == (("y", "1"),)
    assert [f.value for f in page.findings if f.code == "odd_field"] == ["x", "z", "z", "z"]
