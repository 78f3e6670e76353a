"""`egov-audit code-file`: a person's list in, the same list with the codes beside it out, or nothing and one line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.cli.commands import COMMAND_MODULES
from auditor.coding.coder import Coder
from auditor.coding.csvfile import ADDED, code_file, labels_in
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

CODER = Coder.load()
LIST = "id,name\n007,Назначение пособия на рождение ребенка\n010,Выдача лицензии на охрану\n"


def coded(tmp_path: Path, text: str | bytes, *, people: bool = False, lang: Lang = Lang.RU) -> list[dict[str, str]]:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(text if isinstance(text, bytes) else text.encode())
    code_file(CODER, source, target, lang, beside_people=people)
    return list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"), newline="")))


def test_codes_stand_beside_what_was_given(tmp_path: Path) -> None:
    rows = coded(tmp_path, LIST)
    assert [row["id"] for row in rows] == ["007", "010"]
    assert (rows[0]["nature"], rows[0]["completeness"], rows[0]["output"]) == ("human_social", "complete", "money")
    assert rows[0]["rules"] == "N2 C3 C11"
    assert rows[0]["evidence"] == "name: пособия"
    assert (rows[1]["nature"], rows[1]["output"]) == ("transactional", "permit")
    assert tuple(rows[0])[2:] == ADDED


def test_a_byte_order_mark_comes_back_only_if_it_was_there(tmp_path: Path) -> None:
    coded(tmp_path, LIST)
    assert not (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = coded(tmp_path, b"\xef\xbb\xbf" + LIST.encode())
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows[0]["id"] == "007"


def test_result_category_and_language_are_used(tmp_path: Path) -> None:
    text = (
        "name;result;lang\n"
        "Выплата семье;Уведомление о приеме заявления;\n"
        "Балаларды балабақшаға кезекке қою;;kk\n"
        "Queue for kindergarten;;EN\n"
    )
    rows = coded(tmp_path, text)
    assert rows[0]["completeness"] == "partial"
    assert [row["nature"] for row in rows[1:]] == ["human_social", "human_social"]
    assert coded(tmp_path, "name\nЖәрдемақы тағайындау\n", lang=Lang.KK)[0]["output"] == "money"


def test_tabs_part_cells_too(tmp_path: Path) -> None:
    rows = coded(tmp_path, "id\tname\n007\tНазначение пособия, выплаты\n")
    assert (rows[0]["id"], rows[0]["name"]) == ("007", "Назначение пособия, выплаты")


def test_no_formula_leaves_the_file(tmp_path: Path) -> None:
    rows = coded(tmp_path, 'id,name\n=1+1,"+Выдача справки"\n"\t@SUM(A1)",-Справка\n')
    assert [row["id"] for row in rows] == ["'=1+1", "'\t@SUM(A1)"]
    assert [row["name"] for row in rows] == ["'+Выдача справки", "'-Справка"]
    assert rows[0]["evidence"].startswith("name: ")


def test_peoples_codes_stay_and_are_compared(tmp_path: Path) -> None:
    text = "name,nature,completeness\nВыдача лицензии,human_social,complete\nЗапись к врачу,human_social,partial\n"
    with pytest.raises(ContentError, match="--agree"):
        coded(tmp_path, text)
    rows = coded(tmp_path, text, people=True)
    assert [(row["nature"], row["machine_nature"]) for row in rows] == [
        ("human_social", "transactional"),
        ("human_social", "human_social"),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("id,title\n1,Выдача\n", "no column `name`"),
        ("", "is empty"),
        ("name,name\nа,б\n", "column `name` twice"),
        ("name\nа,б\n", "row 2: 2 cells under 1 headings"),
        ("name,lang\nа,ru\nб,де\n", "row 3: language 'де'"),
        ("name\nВыдача\n".encode("cp1251"), "is not UTF-8 (line 2)"),
        ('name\n"Выдача\n', "is no CSV"),
        ("id,name\n1,Выдача\n2, \n", "row 3: there is no name"),
        ("id,name\n1,Выдача\n2,Запись\n1,Учет\n", "row 4: the id '1' stands in row 2 too"),
        ("name\nВыд\0ача\n", "NUL character (line 2)"),
        ("name,evidence\nВыдача,x\n", "already has the column `evidence`"),
    ],
)
def test_a_bad_list_is_refused_and_nothing_is_written(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    (tmp_path / "out.csv").write_text("earlier")
    with pytest.raises(ContentError) as caught:
        coded(tmp_path, text)
    assert complaint in str(caught.value)
    assert caught.value.exit_code == 4
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_a_code_no_codebook_has_is_named_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="row 2, column nature: 'humane'"):
        coded(tmp_path, "name,nature,completeness\nВыдача,humane,complete\n", people=True)


def test_a_file_of_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="more than 50,000,000 bytes"):
        coded(tmp_path, b"name\n" + b"a" * 50_000_000)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("id,name\n" + "\n" * 200_001, "has more than 200,000 lines"),
        ("name" + "," * 3_000_001, "has more than 3,000,000 cells"),
        (",".join(f"column{number}" for number in range(10_000)) + "\n1", "has no column `name`"),
    ],
    ids=["lines", "cells", "headings"],
)
def test_a_list_made_to_be_heavy_is_refused_in_one_short_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ContentError, match=complaint) as told:
        coded(tmp_path, text)
    assert len(str(told.value)) < 600


def test_no_such_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        code_file(CODER, tmp_path / "none.csv", tmp_path / "out.csv", Lang.RU)


def test_the_command_prints_agreement(tmp_path: Path) -> None:
    assert COMMAND_MODULES
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "name,nature,completeness\nВыдача лицензии,transactional,complete\nЗапись к врачу,human_social,partial\n"
    )
    result = CliRunner().invoke(app, ["code-file", str(source), str(target), "--agree"])
    assert result.exit_code == 0, result.stderr
    assert "nature: agreement 100.0%" in result.stdout
    assert "2 rows coded" in result.stderr


def test_the_file_that_is_read_is_never_written(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(LIST, encoding="utf-8")
    (tmp_path / "same.csv").symlink_to(source)
    for target in (source, tmp_path / "same.csv", tmp_path / "." / "in.csv"):
        with pytest.raises(UsageError, match="is the file that is read"):
            code_file(CODER, source, target, Lang.RU)
    assert source.read_text(encoding="utf-8") == LIST


def test_a_dash_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "in.csv"
    source.write_text(LIST, encoding="utf-8")
    for pair in ((Path("-"), tmp_path / "out.csv"), (source, Path("-"))):
        with pytest.raises(UsageError, match="no file"):
            code_file(CODER, *pair, Lang.RU)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_file_that_cannot_be_written_is_named_as_it_was_given(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(LIST, encoding="utf-8")
    for target in (tmp_path / "nowhere" / "out.csv", tmp_path):
        with pytest.raises(OSError, match="directory") as told:
            code_file(CODER, source, target, Lang.RU)
        assert told.value.filename == str(target)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("http://x/b,humane,partial", "row 3, column nature: 'humane' is none of"),
        ("http://x/a/,transactional,complete", "row 3: the listing 'a' stands in row 2 too"),
        (",transactional,complete", "row 3: there is no address"),
    ],
)
def test_labels_that_cannot_be_meant_are_refused_with_their_row(tmp_path: Path, row: str, complaint: str) -> None:
    path = tmp_path / "gold.csv"
    path.write_text(f"url,nature,completeness\nhttp://x/a,human_social,\n{row}\n", encoding="utf-8")
    with pytest.raises(ContentError, match=complaint):
        labels_in(path)
    path.write_text("url,nature,completeness\nhttp://x/a,human_social,\n", encoding="utf-8")
    assert labels_in(path) == {"a": ("human_social", "")}
