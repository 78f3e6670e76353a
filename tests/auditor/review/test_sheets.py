"""Sheets as people meet them: drawn, handed out, filled in, taken back; twice is once, half is fine."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from auditor.coding.codebook import rules_in_full
from auditor.db.codings import codings_of
from auditor.db.review import items_of, sample_named
from auditor.db.session import connect, transaction
from auditor.records import CodingInput, Completeness, Nature, Output, StoredCoding
from auditor.review.check import check_grid
from auditor.review.columns import ANSWERS, MARK, SHOWN, shown_cells
from auditor.review.records import LANGS, SampleItem, Subject
from auditor.review.sheetfile import Table, write_sheet
from auditor.review.sheetread import read_sheet
from auditor.review.words import CHOICES
from crawler.pages.records import Lang
from tests.auditor.review import desk
from tests.auditor.review.conftest import Sheet

CODED = {"nature": "human_social", "completeness": "partial", "output": "queue", "sector": "09", "note": "=1+1, -2"}


def people() -> dict[str, list[StoredCoding]]:
    """People's codings by entry."""
    engine = connect(os.environ["EGOV_AUDIT_DB_URL"])
    with transaction(engine) as session:
        found = codings_of(session, "entry")
    engine.dispose()
    return {
        key: hands for key, codings in found.items() if (hands := [one for one in codings if one.coder != "machine"])
    }


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_there_and_back(sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    assert sheet("sample", "--size", "20", "--seed", "4") == 0
    assert "20 of 36" in capsys.readouterr().out
    path = tmp_path / f"anna.{ending}"
    assert sheet("export", "--coder", "Anna", "--out", path) == 0
    assert len(desk.read(path)) == 20
    if ending == "xlsx":
        desk.fill_in(path, lambda number, row: CODED if number < 7 else {})
    else:
        desk.fill_in(path, lambda number, row: {**CODED, "note": "'=1+1, -2"} if number < 7 else {})
    capsys.readouterr()
    if ending == "xlsx":
        # openpyxl, as a person would not, has made the note a formula.
        assert sheet("import", path) == 4
        assert "column note: a formula" in capsys.readouterr().err
        desk.fill_in(path, lambda number, row: {"note": "1+1, -2"} if number < 7 else {})
    assert sheet("import", path) == 0
    assert "anna: 7 new, 0 as before, 13 empty" in capsys.readouterr().out
    hands = people()
    assert len(hands) == 7
    for (coding,) in hands.values():
        assert (coding.coder, coding.codebook) == ("anna", "1")
        codes = coding.coding
        assert (codes.nature, codes.completeness) == (Nature.HUMAN_SOCIAL, Completeness.PARTIAL)
        assert (codes.output, codes.sector) == (Output.QUEUE, "09")
    assert sheet("import", path) == 0
    assert "anna: 0 new, 7 as before, 13 empty" in capsys.readouterr().out
    assert people() == hands
    desk.fill_in(
        path, lambda number, row: {**CODED, "nature": "transactional", "note": ""} if number in (0, 12) else {}
    )
    assert sheet("import", path, "--coder", "ANNA", "--changed") == 0
    assert "anna: 1 new, 1 changed, 6 as before, 12 empty" in capsys.readouterr().out
    again = people()
    assert sorted(len(codings) for codings in again.values()) == [1] * 7 + [2], (
        "the corrected code stands beside the first"
    )


def test_a_sheet_shows_evidence_and_nobodys_codes(handed: Path, lite: Sheet, tmp_path: Path) -> None:
    desk.fill_in(handed, lambda number, row: {"nature": "human_social", "completeness": "partial"})
    assert lite("import", handed) == 0
    other = tmp_path / "boris.xlsx"
    assert lite("export", "--coder", "boris", "--out", other) == 0
    with zipfile.ZipFile(other) as packed:
        coding = packed.read("xl/worksheets/sheet1.xml").decode()
        shared = packed.read("xl/sharedStrings.xml").decode()
    assert "anna" not in shared
    assert "machine" not in shared
    rows = desk.read(other)
    assert {(row["nature"], row["completeness"], row["output"], row["sector"], row["note"]) for row in rows} == {
        ("",) * 5
    }
    assert "<f>" not in coding, "a name that begins with = is text"
    assert {row["name"] for row in rows} == {f"{name} № 0" for name in desk.RU + desk.KK}
    assert coding.count('type="list"') == 4
    assert [row["id"] for row in rows] != [row["id"] for row in desk.read(handed)], "every coder has an own order"
    beside = list(load_workbook(other)["codebook"].iter_rows(values_only=True))
    assert {"N1", "C11", "human_social", "07"} <= {row[1] for row in beside}
    full = [rules_in_full(lang)["C2"] for lang in LANGS]
    assert [row[2:5] for row in beside if row[1] == "C2"] == [tuple(full)], "the codebook stands there whole"
    assert beside[1][0] == "how"
    assert any(
        "a place in a queue" in str(row) and "место в очереди" in str(row) and "кезектегі орын" in str(row)
        for row in beside
    )


def test_weights_are_kept_and_add_up(sheet: Sheet) -> None:
    assert sheet("sample", "--ci", "0.2", "--strata", "lang,nature", "--name", "weighed") == 0
    engine = connect(os.environ["EGOV_AUDIT_DB_URL"])
    with transaction(engine) as session:
        sample = sample_named(session, "weighed")
        items = items_of(session, sample.id)
    engine.dispose()
    assert sample.half_width == pytest.approx(0.2)
    assert len(items) == 13 + 9, "24.01 items of an endless frame, 12.3 of 24 in Russian, 8.2 of 12 in Kazakh"
    assert sum(item.weight for item in items) == pytest.approx(36)
    assert {item.subject.given.lang for item in items} == {Lang.RU, Lang.KK}


def test_one_axis_alone_waits(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    desk.fill_in(handed, lambda number, row: {"nature": "human_social"} if number < 3 else {})
    assert lite("import", handed) == 0
    out, err = capsys.readouterr()
    assert "anna: 0 new, 0 as before, 9 empty" in out
    assert "3 items have a code on one axis only" in err
    assert people() == {}


def test_what_a_spreadsheet_makes_of_numbers_and_spaces(handed: Path, lite: Sheet) -> None:
    book = load_workbook(handed)
    table = book["coding"]
    columns = {cell.value: cell.column for cell in table[1]}
    for heading, value in {"nature": " Human_Social\u00a0", "completeness": "PARTIAL", "sector": 7}.items():
        table.cell(2, columns[heading]).value = value
    book.save(handed)
    assert lite("import", handed) == 0
    ((coding,),) = people().values()
    assert (coding.coding.nature, coding.coding.sector) == (Nature.HUMAN_SOCIAL, "07")


def test_a_sample_of_both_never_holds_one_kind_alone(lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    assert lite("sample", "--size", "5", "--strata", "lang", "--of", "both") == 4
    assert "no listing of the portal was read; there are entries: --of entries" in capsys.readouterr().err
    assert lite("sample", "--size", "5", "--strata", "lang", "--of", "both", "--as-of", "1999-01-01") == 4
    assert "no edition of the register was read that is in force on 1999-01-01" in capsys.readouterr().err
    assert lite("sample", "--size", "5", "--strata", "lang") == 0


def test_a_sample_is_never_drawn_over(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    assert lite("sample", "--size", "5", "--strata", "lang", "--name", "first") == 2
    assert "there is a sample first already" in capsys.readouterr().err
    assert lite("sample", "--size", "500") == 2
    assert "the frame has 12" in capsys.readouterr().err
    assert lite("sample") == 2
    assert lite("sample", "--size", "5", "--strata", "colour") == 2
    assert lite("export", "--coder", "anna", "--out", handed) == 2
    assert "is there already and may be filled in" in capsys.readouterr().err
    assert lite("export", "--coder", "machine", "--out", handed.with_name("new.xlsx")) == 2
    assert lite("export", "--coder", "anna", "--out", "x.ods") == 2
    assert lite("export", "--coder", "anna", "--out", "no/such/folder.xlsx") == 2
    assert "there is no folder no/such" in capsys.readouterr().err
    for seed in ("-1", "99999999999999999999999"):
        assert lite("sample", "--size", "5", "--strata", "lang", "--seed", seed) == 2
        assert "--seed" in capsys.readouterr().err
    for name in ("a/../b \nc", "x" * 81, ""):
        assert lite("sample", "--size", "5", "--strata", "lang", "--name", name) == 2
        assert "--name" in capsys.readouterr().err
    assert lite("sample", "--size", "5", "--strata", "lang", "--name", "весна 2024 (черновик)") == 0
    assert lite("export", "--coder", "anna", "--sample", "none", "--out", "x.csv") == 2


TEXTS = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    [
        "=1+1",
        "'=1",
        "-5",
        "@x",
        "0010",
        "_x0041_",
        "a\x00b",
        "\ud800",
        "x" * 40_000,
        "\r\n",
        "　= 1",
        "«ё»\u00ad",
        "TRUE",
        "1e5",
    ]
)
CODES = {column: st.sampled_from(["", *choices]) for column, choices in CHOICES.items()}
ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, st.fixed_dictionaries(CODES)), min_size=1, max_size=6)


@given(rows=ROWS, ending=st.sampled_from(["xlsx", "csv"]), random=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_and_any_codes_come_back(
    rows: list[tuple[str, str, str, str, dict[str, str]]], ending: str, random: object, tmp_path: Path
) -> None:
    items = {}
    lines = []
    for number, (name, result, category, provider, codes) in enumerate(rows):
        given = CodingInput(name, result, category, provider)
        item = SampleItem(number, Subject("entry", f"A/2024-01-01/ru/{number:08}", given, f"text {number}"), "all", 1.0)
        items[item.key] = item
        lines.append([*shown_cells(item), *(codes[column] for column in CHOICES), "", "v1-000000000000"])
    random.shuffle(lines)  # type: ignore[attr-defined]
    path = tmp_path / f"any.{ending}"
    path.unlink(missing_ok=True)
    write_sheet(path, Table((*SHOWN, *ANSWERS, MARK), ANSWERS, lines, "1", desk.NOW))
    checked = check_grid(read_sheet(path), items, "v1-000000000000", ANSWERS)
    assert checked.faults == ()
    told = {item.key: answer for item, answer in checked.answers}
    for number, (*_, codes) in enumerate(rows):
        key = f"A/2024-01-01/ru/{number:08}"
        if not codes["nature"] or not codes["completeness"]:
            assert key not in told
            continue
        answer = told[key]
        assert (answer.nature, answer.completeness, answer.sector) == (
            codes["nature"], codes["completeness"], codes["sector"],
        )  # fmt: skip
        assert answer.output == (codes["output"] or "unclear")


def test_the_same_sheet_is_the_same_bytes() -> None:
    from auditor.review.sheetfile import _workbook

    table = Table(("id", "nature", MARK), ("nature",), [["a", "", "v1-x"]], "1", desk.NOW)
    assert _workbook(table) == _workbook(table)
    assert load_workbook(io.BytesIO(_workbook(table)))["coding"]["A2"].data_type == "s"


def test_a_word_given_twice_makes_no_other_strata(lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    assert lite("sample", "--size", "12", "--strata", "lang,lang") == 0
    assert "  ru: 8 of 8, weight 1.000" in capsys.readouterr().out
