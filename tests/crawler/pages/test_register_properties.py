"""Generated registers: every source row comes back whatever the layout, and a broken table is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages.records import Lang, Level, PageKind, RegisterPage, Target
from crawler.pages.register import parse_register
from tests.pages_gen import HEADINGS, VALUES

RU = Target("adilet", PageKind.ACT_TEXT, Lang.RU, "V2000019982")
WORDS = ("Выдача", "справки", "лицензии", "Регистрация", "пособия", "учёт", "граждан", "беременности", "«дети»", "ІІ")
ALWAYS = ("code", "name", "form")


@dataclass(frozen=True)
class Source:
    """One row of the source: a service, a dead row or a section."""

    kind: str
    texts: dict[str, str]


@st.composite
def sources(draw: st.DrawFn) -> list[Source]:
    found: list[Source] = []
    for number in range(1, draw(st.integers(1, 12)) + 1):
        section = (number - 1) // 4 + 1
        if number % 4 == 1 and draw(st.booleans()):
            found.append(Source("section", {"code": f"{section:03d}", "name": f"Раздел {section}"}))
        code = f"{section:03d}01{number:03d}"
        texts = {"number": str(number), "code": code}
        if draw(st.integers(0, 5)) == 0:
            found.append(Source("dead", {**texts, "dead": f"Исключена приказом № {number}"}))
            continue
        texts |= {name: draw(st.sampled_from(values)) for name, values in VALUES["ru"].items()}
        texts["name"] = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
        texts["subname"] = draw(st.sampled_from(["", "подвид"]))
        texts["bylaw"] = f"Правила {number}"
        found.append(Source("service", texts))
    return found


@st.composite
def layouts(draw: st.DrawFn) -> tuple[str, ...]:
    """Columns in any order; those that an act need not have may be left out."""
    others = [name for name in HEADINGS["ru"] if name not in ALWAYS]
    chosen = draw(st.lists(st.sampled_from(others), unique=True, min_size=2))
    return tuple(draw(st.permutations([*ALWAYS, *chosen])))


def cell(text: str, attributes: str = "") -> str:
    return f"<td {attributes}><p>{text}</p></td>"


def noisy(code: str, style: int) -> str:
    return (code, f"{code[:3]} {code[3:5]} {code[5:]}", f"{code[:4]}\u00ad{code[4:]}")[style]


@st.composite
def pages(draw: st.DrawFn) -> tuple[list[Source], tuple[str, ...], list[str]]:
    """(source rows, columns, the markup's rows). Section headings, dead rows and the heading come in several shapes."""
    rows, columns = draw(sources()), draw(layouts())
    width = len(columns)
    heading = [f"<tr>{''.join(cell(HEADINGS['ru'][name]) for name in columns)}</tr>"]
    if draw(st.booleans()):  # two rows: every heading reaches down but two under a group
        left = draw(st.integers(0, width - 2))
        tall = [cell(HEADINGS["ru"][name], "rowspan=2") for name in columns]
        heading = [
            f"<tr>{''.join((*tall[:left], cell('Сведения', 'colspan=2'), *tall[left + 2 :]))}</tr>",
            f"<tr>{''.join(cell(HEADINGS['ru'][name]) for name in columns[left : left + 2])}</tr>",
        ]
    markup = list(heading)
    if draw(st.booleans()):
        markup.append(f"<tr>{''.join(cell(str(place + 1)) for place in range(width))}</tr>")
    for row in rows:
        if draw(st.integers(0, 9)) == 0:
            markup += heading
        texts = row.texts
        if row.kind == "section":
            words = texts["code"] + draw(st.sampled_from([". ", " "])) + texts["name"]
            markup.append(f"<tr>{cell(words, f'colspan={width}')}</tr>")
        elif row.kind == "dead":
            labels = [cell(texts[name]) if name in ("number", "code") else None for name in columns]
            first = next(place for place, name in enumerate(columns) if name not in ("number", "code"))
            end = next((p for p in range(first, width) if columns[p] in ("number", "code")), width)
            labels[first] = cell(texts["dead"], f"colspan={end - first}")
            rest = [label if label else cell("") for p, label in enumerate(labels) if p <= first or p >= end]
            markup.append(f"<tr>{''.join(rest)}</tr>")
        else:
            shown = {**texts, "code": noisy(texts["code"], draw(st.integers(0, 2)))}
            markup.append(f"<tr>{''.join(cell(shown[name]) for name in columns)}</tr>")
    return rows, columns, markup


def page_of(markup: list[str]) -> bytes:
    return f"<div class='container_gamma text'><table>{''.join(markup)}</table></div>".encode()


def read(markup: list[str]) -> RegisterPage:
    return parse_register(page_of(markup), replace(RU, lang=None))


@settings(max_examples=150, deadline=None)
@given(pages())
def test_every_source_row_comes_back(page: tuple[list[Source], tuple[str, ...], list[str]]) -> None:
    rows, columns, markup = page
    read_page = read(markup)

    wanted = [row for row in rows if row.kind != "section"]
    errors = [finding for finding in read_page.findings if finding.level is Level.ERROR]
    if wanted:
        assert errors == []
        assert read_page.complete
    section = ("", "")
    read_rows = iter(read_page.rows)
    for source in rows:
        if source.kind == "section":
            section = (source.texts["code"], source.texts["name"])
            continue
        row = next(read_rows)
        assert row.code == source.texts["code"]
        assert row.dead == (source.kind == "dead")
        assert (row.section_code, row.section) == section
        for name in columns:
            if source.kind == "service":
                assert getattr(row, name) == source.texts[name]
        if row.dead:
            assert row.dead_text == source.texts["dead"]
    assert next(read_rows, None) is None
    if "number" in columns:
        assert read_page.last_number == len(wanted)


@settings(max_examples=100, deadline=None)
@given(pages(), st.data())
def test_a_renamed_mandatory_column_is_never_passed_over(
    page: tuple[list[Source], tuple[str, ...], list[str]], data: st.DataObject
) -> None:
    _, _, markup = page
    name = data.draw(st.sampled_from(ALWAYS))
    changed = [row.replace(cell(HEADINGS["ru"][name])[4:], cell("Прочие сведения")[4:]) for row in markup]
    read_page = read(changed)
    assert not read_page.complete
    assert {"unknown_column", "missing_column"} & {finding.code for finding in read_page.findings} or not read_page.rows


@settings(max_examples=100, deadline=None)
@given(pages())
def test_an_added_column_holds_the_page_and_keeps_its_rows(
    page: tuple[list[Source], tuple[str, ...], list[str]],
) -> None:
    rows, _, markup = page
    with_column = [
        row.replace("</tr>", cell("Новая графа" if place == 0 else "слово") + "</tr>")
        for place, row in enumerate(markup)
    ]
    read_page = read(with_column)
    assert not read_page.complete or not any(row.kind == "service" for row in rows)
    codes = {row.texts["code"] for row in rows if row.kind == "service"}
    assert codes <= {row.code for row in read_page.rows}


@settings(max_examples=100, deadline=None)
@given(pages(), st.data())
def test_two_cells_merged_or_one_dropped_is_told(
    page: tuple[list[Source], tuple[str, ...], list[str]], data: st.DataObject
) -> None:
    rows, _, markup = page
    services = [place for place, row in enumerate(markup) if "Правила" in row and row.count("<td ") > 4]
    if not services:
        return
    place = data.draw(st.sampled_from(services))
    cells = markup[place][len("<tr>") : -len("</tr>")].split("</td>")[:-1]
    del cells[data.draw(st.integers(0, len(cells) - 1))]
    read_page = read([*markup[:place], "<tr>" + "</td>".join(cells) + "</td></tr>", *markup[place + 1 :]])
    wanted = sum(row.kind != "section" for row in rows)
    findings = {finding.code for finding in read_page.findings if finding.code != "missing_column"}
    assert findings
    assert len(read_page.rows) >= wanted or findings & {"unknown_row", "leftover_text", "leftover_cell"}


FRAGMENTS = st.sampled_from(
    [
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<td colspan=3>",
        "<td rowspan=0>",
        "<td rowspan=5 colspan=200>",
    ]
    + [
        "<p>",
        "<div class='container_gamma text'>",
        "</div>",
        "<!--",
        "-->",
        "<script>",
        "&#0;",
        "\x00",
        "<th>",
        "<caption>",
    ]
    + [f"<td>{text}</td>" for text in HEADINGS["ru"].values()]
    + ["00101001", "1", "Исключена", "001. Раздел", "Сноска.", "Бумажная", "17-20", "<span class=status>", "<h1>"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60).map("".join))
def test_no_markup_raises(markup: str) -> None:
    page = parse_register(markup.encode(), RU)
    assert page.complete <= bool(page.rows)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=utf-16", "charset=nonsense", "charset=hex"]))
def test_no_bytes_raise(body: bytes, content_type: str) -> None:
    assert not parse_register(body, RU, content_type).complete
