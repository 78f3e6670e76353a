"""Every way a sheet can be spoilt: one clear message with its place, exit 4, nothing imported."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import select
import shutil
import socket
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import text

from auditor.db.session import connect
from tests.auditor.review import desk
from tests.auditor.review.conftest import Sheet
from tests.auditor.review.test_sheets import people

GOOD = {"nature": "transactional", "completeness": "complete"}


def edit(path: Path, change: Callable[[Worksheet, dict[str, int]], object]) -> None:
    """Spoil the coding sheet of a workbook."""
    book = load_workbook(path)
    sheet = book["coding"]
    change(sheet, {str(cell.value): cell.column for cell in sheet[1] if cell.column})
    book.save(path)


def refused(sheet: Sheet, capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """The message of a refused import that has left nothing behind."""
    capsys.readouterr()
    before = people()
    assert sheet("import", *arguments) == 4
    assert people() == before
    return capsys.readouterr().err


def test_all_faults_are_told_at_once_with_row_and_column(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    def spoil(number: int, row: dict[str, str]) -> dict[str, str]:
        return {
            0: {"nature": "humane", "completeness": "partial"},
            1: {**GOOD, "output": "paper", "sector": "11"},
            2: {"id": "V2000019982/2024-01-01/ru/99999999", "sector": "12"},
            3: {"name": "Another name"},
            4: {"completeness": "=CONCATENATE(1)"},
            5: {"sheet": "v1-aaaaaaaaaaaa"},
            6: GOOD,
        }.get(number, {})

    desk.fill_in(handed, spoil)  # type: ignore[arg-type]
    err = refused(lite, capsys, handed)
    assert "8 faults, nothing was imported" in err
    for place in (
        "row 2, column nature: unknown code 'humane'; choose from transactional, human_social, unclear",
        "row 3, column output: unknown code 'paper'",
        "row 3, column sector: unknown code '11'; choose from 01–10",
        "row 4, column id: 'V2000019982/2024-01-01/ru/99999999' is no item of this sample",
        "row 4, column sector: unknown code '12'",
        "row 5, column name: not the text of V2000019982",
        "row 6, column completeness: a formula",
        "row 7, column sheet: 'v1-aaaaaaaaaaaa' is not this sheet's mark",
    ):
        assert place in err


def test_ids_sorted_away_from_their_texts(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [row["id"] for row in desk.read(handed)]
    desk.fill_in(handed, lambda number, row: {**GOOD, "id": sorted(ids)[number]})
    assert "were rows or columns moved apart?" in refused(lite, capsys, handed)


def test_rows_sorted_whole_and_rows_taken_out_are_fine(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = sorted(desk.read(handed), key=lambda row: row["name"])[:9]
    path = handed.with_suffix(".csv")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows({**row, **GOOD, "name": row["name"].replace("=СУММА", "'=СУММА")} for row in rows)
    assert lite("import", path) == 0
    assert len(people()) == 9
    assert "3 items of the sample are not in the file: they stay uncoded" in capsys.readouterr().err


def test_an_id_twice(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    first = desk.read(handed)[0]
    desk.fill_in(handed, lambda number, row: {**first, **GOOD} if number == 1 else {})
    assert f"row 3, column id: {first['id']} stands in row 2 already" in refused(lite, capsys, handed)


def test_merged_cells(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    desk.fill_in(handed, lambda number, row: {**GOOD, "sector": "99"} if number == 6 else GOOD)
    edit(handed, lambda sheet, at: sheet.merge_cells("G3:G5"))
    err = refused(lite, capsys, handed)
    assert "row 3, column nature: merged cells G3:G5: undo the merging" in err
    assert "row 8, column sector: unknown code '99'" in err, "the merging hides no other fault"


def test_another_sheet_of_the_workbook_is_the_coders_own(handed: Path, lite: Sheet) -> None:
    desk.fill_in(handed, lambda number, row: GOOD)
    book = load_workbook(handed)
    book["codebook"].merge_cells("A1:C1")
    book["coding"].title = "кодирование"
    book.move_sheet("codebook", -1)
    book.save(handed)
    assert lite("import", handed) == 0
    assert len(people()) == 12


def test_codes_emptied_in_the_file_stay_and_are_told(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.fill_in(handed, lambda number, row: GOOD)
    assert lite("import", handed) == 0
    emptied = {0: {"nature": "", "completeness": ""}, 1: {"nature": ""}}
    desk.fill_in(handed, lambda number, row: emptied.get(number, {}))
    capsys.readouterr()
    assert lite("import", handed) == 0
    out, err = capsys.readouterr()
    assert "anna: 0 new, 10 as before, 1 empty" in out
    assert "2 items are without codes in the file and were coded before: those codes stay" in err
    assert len(people()) == 12


def test_one_file_filled_in_twice_tells_what_changed(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.fill_in(handed, lambda number, row: GOOD if number < 8 else {})
    assert lite("import", handed) == 0
    desk.fill_in(handed, lambda number, row: {**GOOD, "completeness": "partial"} if number == 3 else GOOD)
    key = desk.read(handed)[3]["id"]
    capsys.readouterr()
    assert lite("import", handed) == 4
    err = capsys.readouterr().err
    assert "1 fault, nothing was imported" in err
    assert f"row 5, column nature: {key} was transactional/complete when anna filled in this sheet" in err
    assert "two people with one sheet?" in err
    assert len(people()) == 8
    assert lite("import", handed, "--changed") == 0
    out, err = capsys.readouterr()
    assert "anna: 4 new, 1 changed, 7 as before, 0 empty" in out
    assert f"row 5: {key} transactional/partial, before transactional/complete" in err


@pytest.mark.parametrize("other", ["аnna", "Αnna".casefold(), "an.na", "ann" + "á"])
def test_an_alias_that_looks_like_anothers(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    assert lite("export", "--coder", other, "--out", handed.with_name("new.xlsx")) == 2
    assert "looks like the coder 'anna'" in capsys.readouterr().err
    assert lite("export", "--coder", "ANNA", "--out", handed.with_name("new.xlsx")) == 0


@pytest.mark.parametrize("word", ["people", "machine", "реорlе", "Adjudicated", "adjudicated.x", "a b", ""])
def test_what_no_coder_may_be_called(handed: Path, lite: Sheet, word: str) -> None:
    assert lite("export", "--coder", word, "--out", handed.with_name("new.xlsx")) == 2


def test_a_formula_is_refused_though_its_value_would_be_right(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.fill_in(handed, lambda number, row: {**GOOD, "nature": '="transactional"'} if number == 4 else GOOD)
    assert "row 6, column nature: a formula; write the code itself" in refused(lite, capsys, handed)
    path = handed.with_suffix(".csv")
    rows = [
        {**row, **GOOD, "name": "'" + row["name"] if row["name"][0] == "=" else row["name"]}
        for row in desk.read(handed)
    ]
    rows[2]["nature"] = '=HYPERLINK("http://x.test";"transactional")'
    rows[3]["name"], rows[4]["id"], rows[5]["note"] = "=1+1", "=A1", "=1+1"
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    err = refused(lite, capsys, path)
    assert "4 faults" in err, "each cell is one fault, though a formula is no code, no id and no text either"
    for place in ("row 4, column nature", "row 5, column name", "row 6, column id", "row 7, column note"):
        assert f"{place}: a formula" in err
    edit(handed, lambda sheet, at: [sheet.cell(3, column, "=1+1") for column in (at["id"], at["name"], at["sheet"])])
    assert "4 faults" in refused(lite, capsys, handed)


@pytest.mark.parametrize("column", ["id", "name", "nature", "note", "sheet"])
def test_a_missing_column(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str], column: str) -> None:
    edit(handed, lambda sheet, at: sheet.delete_cols(at[column]))
    assert f"column {column}: this column is missing" in refused(lite, capsys, handed)


def test_a_column_too_many(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    edit(handed, lambda sheet, at: sheet.cell(1, 13, "my remarks"))
    assert "row 1, column my remarks: no column of this sheet" in refused(lite, capsys, handed)
    edit(handed, lambda sheet, at: (sheet.cell(1, 13).__setattr__("value", None), sheet.cell(5, 14, "stray")))
    assert "row 5, column N: 'stray' stands under no heading" in refused(lite, capsys, handed)
    edit(handed, lambda sheet, at: (sheet.cell(5, 14).__setattr__("value", None), sheet.cell(1, 13, "nature")))
    assert "row 1, column nature: this column stands twice" in refused(lite, capsys, handed)


def test_another_coders_sheet(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    desk.fill_in(handed, lambda number, row: GOOD)
    assert "is the sheet of anna, not of boris" in refused(lite, capsys, handed, "--coder", "boris")


def test_two_coders_under_one_alias(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    other = handed.with_name("other.xlsx")
    assert lite("export", "--coder", "anna", "--out", other) == 0
    desk.fill_in(handed, lambda number, row: GOOD)
    assert lite("import", handed) == 0
    desk.fill_in(other, lambda number, row: {**GOOD, "completeness": "partial"} if number == 3 else GOOD)
    key = desk.read(other)[3]["id"]
    err = refused(lite, capsys, other)
    assert f"row 5, column nature: anna coded {key} transactional/complete on another sheet" in err
    assert "two coders under one alias?" in err
    desk.fill_in(other, lambda number, row: GOOD)
    assert lite("import", other) == 0
    assert "anna: 0 new, 12 as before" in capsys.readouterr().out


def test_a_sheet_of_another_codebook(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    mark = desk.read(handed)[0]["sheet"]
    desk.fill_in(handed, lambda number, row: {**GOOD, "sheet": mark.replace("v1-", "v0-")})
    assert "made for codebook version 0, this one is 1: export the sheet anew" in refused(lite, capsys, handed)
    desk.fill_in(handed, lambda number, row: {"sheet": mark})
    engine = connect(os.environ["EGOV_AUDIT_DB_URL"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE sheet SET codebook = '0'"))
    engine.dispose()
    assert "no sheet v1-" in refused(lite, capsys, handed)


def test_a_sheet_of_another_database(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    desk.fill_in(handed, lambda number, row: {**GOOD, "sheet": "v1-0123456789ab"})
    assert "no sheet v1-0123456789ab was handed out from this database" in refused(lite, capsys, handed)


def test_more_than_fifty_megabytes(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    with handed.open("ab") as stream:
        stream.truncate(50_000_001)
    assert "has more than 50,000,000 bytes; no sheet of ours has" in refused(lite, capsys, handed)


def test_a_packed_bomb(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        zipfile.ZipFile(handed, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/worksheets/sheet9.xml", "w") as part,
    ):
        for _ in range(61):
            part.write(b" " * 1_000_000)
    assert "unpacks to more than 60,000,000 bytes" in refused(lite, capsys, handed)


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet9.xml", "xl/media/picture.bin"])
def test_a_workbook_of_endless_cells(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str], part: str) -> None:
    """A packed megabyte of them took minutes to read."""
    with zipfile.ZipFile(handed, "a", zipfile.ZIP_DEFLATED) as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # some are there already: the last of a name is read
        packed.writestr(part, "<sst>" + "<si><t>a</t></si>" * 210_000)
    assert "holds more than 800,000 tags; no sheet of ours does" in refused(lite, capsys, handed)


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Spoil one part of a workbook as text."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    assert change(parts[part]) != parts[part]
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def test_a_row_with_an_endless_number(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows before it are nowhere in the file; a reader that makes them up never ends."""
    rewritten(
        handed,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace("</sheetData>", '<row r="999999999"><c t="n"><v>1</v></c></row></sheetData>'),
    )
    assert "has more than 100,000 rows" in refused(lite, capsys, handed)


@pytest.mark.parametrize("outside", ["laughs", "file", "address"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_in_a_workbook_are_neither_asked_for_nor_unfolded(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str], tmp_path: Path, outside: str, part: str
) -> None:
    (tmp_path / "secret").write_text("marked")
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        said = {
            "laughs": '<!ENTITY a "{}"><!ENTITY b "{}"><!ENTITY e "{}">'.format("x" * 1000, "&a;" * 1000, "&b;" * 1000),
            "file": f'<!ENTITY e SYSTEM "file://{tmp_path}/secret">',
            "address": f'<!ENTITY e SYSTEM "http://127.0.0.1:{nobody.getsockname()[1]}/">',
        }[outside]

        def hostile(text: str) -> str:
            root = re.search(r"<(worksheet|sst|workbook)\b[^>]*>", text)
            assert root
            return f"<!DOCTYPE {root[1]} [{said}]>{root[0]}<x>&e;</x>{text[root.end() :]}"

        rewritten(handed, part, hostile)
        code = lite("import", handed)
        told = capsys.readouterr()
        assert not select.select([nobody], [], [], 0)[0], "nobody was asked"
    # A stranger's element of the workbook itself is nobody's text, and left unread.
    assert code == (0 if part == "xl/workbook.xml" and outside != "laughs" else 4)
    assert "marked" not in told.out + told.err + json.dumps(people())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,nature\n" + "a," * 20_000, "line 2: more than 60 columns"),
        ("a," * 2_000_001, "has more than 2,000,000 cells"),
        ("id,nature\n" + "\n" * 100_001, "has more than 100,000 rows"),
        ("id,nature\n" + "=,=\n" * 5_000, "has more than 5,000 faults"),
    ],
    ids=["wide", "cells", "rows", "faults"],
)
def test_a_text_of_endless_cells(
    handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    path = handed.with_suffix(".csv")
    path.write_text(content)
    assert words in refused(lite, capsys, path)


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16"])
def test_the_wrong_encoding(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str], encoding: str) -> None:
    rows = [row for row in desk.read(handed) if "/ru/" in row["id"]]
    told = io.StringIO(newline="")
    writer = csv.DictWriter(told, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = handed.with_suffix(".csv")
    path.write_bytes(told.getvalue().encode(encoding))
    err = refused(lite, capsys, path)
    assert "not UTF-8 text: save it as CSV UTF-8 or as XLSX" in err
    assert "line 2" in err or encoding == "utf-16"


def test_damaged_and_foreign_files(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    whole = handed.read_bytes()
    other = handed.with_name("other.xlsx")
    for cut in (40, len(whole) // 2, len(whole) - 10):
        other.write_bytes(whole[:cut])
        assert "is no readable XLSX workbook" in refused(lite, capsys, other)
    other.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512))
    assert "an old or an encrypted workbook" in refused(lite, capsys, other)
    other.write_bytes(b"")
    assert "is empty" in refused(lite, capsys, other)
    other.write_text("name,nature\nx,transactional\n")
    assert "column sheet: this column is missing" in refused(lite, capsys, other)
    other.write_text("name,sheet\nx,\n")
    assert "no row carries a sheet's mark" in refused(lite, capsys, other)
    assert lite("import", handed.with_name("nowhere.xlsx")) == 2
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("xl/worksheets/sheet1.xml", "<!DOCTYPE x [<!ENTITY a 'a'>]><x>&a;</x>")
    assert "is no XLSX workbook (an OpenDocument one?): save it as XLSX" in refused(lite, capsys, other)
    with zipfile.ZipFile(other, "a") as packed:
        packed.writestr("[Content_Types].xml", "<!DOCTYPE x [<!ENTITY a 'a'>]><x>&a;</x>")
    assert "is no readable XLSX workbook" in refused(lite, capsys, other)


def test_a_refused_sheet_mended_is_taken(handed: Path, lite: Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    spoilt = shutil.copy(handed, handed.with_name("spoilt.xlsx"))
    desk.fill_in(Path(spoilt), lambda number, row: {**GOOD, "nature": "x"} if number == 11 else GOOD)
    assert "1 fault, nothing was imported" in refused(lite, capsys, Path(spoilt))
    desk.fill_in(Path(spoilt), lambda number, row: GOOD)
    assert lite("import", spoilt) == 0
    assert len(people()) == 12
