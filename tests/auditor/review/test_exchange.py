"""doccano there and back, and the codebook as other programs read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from auditor.coding.codebook import rules_in_full
from auditor.review.qdc import NAMESPACE, codebook_qdc
from auditor.review.words import CHOICES
from crawler.pages.records import Lang
from tests.auditor.review.conftest import Sheet
from tests.auditor.review.test_sheets import people

#: What the REFI-QDA codebook 1.0 demands of a file without sets: the rules of its published Codebook.xsd, written anew.
SCHEMA = f"""
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}" xmlns="{NAMESPACE}"
    elementFormDefault="qualified">
  <xsd:element name="CodeBook"><xsd:complexType><xsd:sequence>
    <xsd:element name="Codes"><xsd:complexType><xsd:sequence>
      <xsd:element name="Code" type="CodeType" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>
    </xsd:sequence><xsd:attribute name="origin" type="xsd:string"/></xsd:complexType>
    <xsd:unique name="guids"><xsd:selector xpath=".//*"/><xsd:field xpath="@guid"/></xsd:unique></xsd:element>
  <xsd:complexType name="CodeType"><xsd:sequence>
    <xsd:element name="Description" type="xsd:string" minOccurs="0"/>
    <xsd:element name="Code" type="CodeType" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence>
    <xsd:attribute name="guid" use="required"><xsd:simpleType><xsd:restriction base="xsd:token">
      <xsd:pattern value="[0-9a-fA-F]{{8}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{4}}-[0-9a-fA-F]{{12}}"/>
      </xsd:restriction></xsd:simpleType></xsd:attribute>
    <xsd:attribute name="name" type="xsd:string" use="required"/>
    <xsd:attribute name="isCodable" type="xsd:boolean" use="required"/>
    <xsd:attribute name="color" type="xsd:string"/></xsd:complexType>
</xsd:schema>"""


CODE = f"{{{NAMESPACE}}}Code"


@pytest.mark.parametrize("lang", list(Lang))
def test_the_codebook_is_valid_and_whole(lang: Lang) -> None:
    document = etree.fromstring(codebook_qdc(lang))
    etree.XMLSchema(etree.fromstring(SCHEMA)).assertValid(document)
    names = {code.get("name") for code in document.iter(CODE)}
    assert {"nature", "human_social", "partial", "queue", "N1", "N9", "C11"} <= names
    assert len([name for name in names if name and name[:2] in ("07", "10")]) == 2
    said = {code.get("name"): code.findtext(f"{{{NAMESPACE}}}Description") for code in document.iter(CODE)}
    assert said["N6"] == rules_in_full(lang)["N6"], "rules are told whole"
    assert codebook_qdc(lang) == codebook_qdc(lang)


def test_the_codebook_by_command(lite: Sheet, tmp_path: Path) -> None:
    assert lite("codebook", "--out", tmp_path / "book.qdc", "--words", "kk") == 0
    assert "кезектегі орын" in (tmp_path / "book.qdc").read_text(encoding="utf-8")
    assert lite("codebook", "--out", tmp_path / "book.qdc", "--words", "ru") == 2  # somebody may have worked in it
    assert (tmp_path / "book.qdc").read_bytes() == codebook_qdc(Lang.KK)
    assert lite("codebook", "--out", tmp_path / "book.xml") == 2
    assert lite("codebook", "--out", tmp_path / "none" / "book.qdc") == 2


@pytest.fixture
def lines(lite: Sheet, tmp_path: Path) -> list[dict[str, object]]:
    """A sheet for doccano, as objects."""
    assert lite("sample", "--size", "12", "--strata", "lang") == 0
    path = tmp_path / "anna.jsonl"
    assert lite("export", "--coder", "anna", "--format", "doccano", "--out", path) == 0
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labelled(path: Path, lines: list[dict[str, object]], *labels: str, **more: object) -> Path:
    """The file as doccano exports it: its own ids, labels, comments, and our own fields beside them."""
    told = [{**line, "id": number, "label": list(labels), "Comments": [], **more} for number, line in enumerate(lines)]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told), encoding="utf-8")
    return path


def test_doccano_there_and_back(lite: Sheet, lines: list[dict[str, object]], tmp_path: Path) -> None:
    assert all(line["label"] == [] for line in lines)
    assert any("Постановка на очередь" in str(line["text"]) for line in lines)
    given = ("nature=human_social", "completeness=partial", "output=queue", "sector=09")
    path = labelled(tmp_path / "back.jsonl", lines, *given, Comments=[{"text": "sure"}])
    assert lite("import", path) == 0
    codings = [one for (one,) in people().values()]
    assert {(one.coder, str(one.coding.output), one.coding.sector) for one in codings} == {("anna", "queue", "09")}
    assert len(codings) == 12
    assert lite("import", labelled(tmp_path / "empty.jsonl", lines)) == 0
    assert lite("export", "--coder", "anna", "--format", "doccano", "--out", tmp_path / "anna.csv") == 2


def test_the_labels_that_a_project_needs_lie_beside_the_items(
    lite: Sheet, lines: list[dict[str, object]], tmp_path: Path
) -> None:
    given = json.loads((tmp_path / "anna.labels.json").read_text(encoding="utf-8"))
    assert [one["text"] for one in given] == [f"{column}={code}" for column in CHOICES for code in CHOICES[column]]
    assert all(set(one) == {"text", "backgroundColor", "textColor"} for one in given), "what doccano's import takes"
    for nature, completeness, output, sector in ((0, 0, 0, 0), (1, 1, 5, 8)):
        picked = [
            f"{name}={CHOICES[name][at]}"
            for name, at in zip(CHOICES, (nature, completeness, output, sector), strict=True)
        ]
        path = labelled(tmp_path / f"{nature}.jsonl", lines, *picked)
        assert lite("import", path, *(["--changed"] if nature else [])) == 0
    again = tmp_path / "again.jsonl"
    again.with_suffix(".labels.json").write_text("mine")
    assert lite("export", "--coder", "anna", "--format", "doccano", "--out", again) == 2
    assert not again.exists()


def test_a_text_that_was_altered(
    lite: Sheet, lines: list[dict[str, object]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = labelled(tmp_path / "back.jsonl", lines, "nature=human_social", "completeness=partial")
    path.write_text(path.read_text(encoding="utf-8").replace("Постановка", "Снятие", 1), encoding="utf-8")
    assert lite("import", path) == 4
    assert "column text: not the text of V2000019982" in capsys.readouterr().err
    told = [{**line, "item": "ru/none"} if number == 1 else line for number, line in enumerate(lines)]
    assert lite("import", labelled(path, told, "nature=human_social", "completeness=partial")) == 4
    err = capsys.readouterr().err
    assert "1 fault, nothing was imported\n  row 2, column id: 'ru/none' is no item of this sample" in err
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    assert lite("import", path) == 4
    assert "row 1: not a JSON object" in capsys.readouterr().err, "a list of all items is doccano's JSON, no JSONL"
    path.write_text('{"label": [' + "[]," * 10_000 + "[]]}", encoding="utf-8")
    assert lite("import", path) == 4
    assert "row 1: more than 10,000 lists and objects in one line" in capsys.readouterr().err
    assert people() == {}


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (("nature=x", "completeness=partial"), "column nature: unknown code 'x'"),
        (("nature=human_social", "nature=transactional"), "column nature: two codes"),
        (("human",), "column label: unknown label 'human'"),
        (("human",) * 1_000, "column label: 1,000 labels; an item has one an axis"),
    ],
)
def test_bad_labels(
    lite: Sheet,
    lines: list[dict[str, object]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    labels: tuple[str, ...],
    message: str,
) -> None:
    assert lite("import", labelled(tmp_path / "bad.jsonl", lines, *labels)) == 4
    err = capsys.readouterr().err
    assert f"row 1, {message}" in err
    assert "12 faults" in err
    assert people() == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}\n" * 100_001, "has more than 100,000 lines"),
        ("1\n" * 6_000, "has more than 5,000 faults"),
    ],
    ids=["lines", "faults"],
)
def test_an_export_made_to_be_heavy(
    lite: Sheet,
    lines: list[dict[str, object]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: str,
    words: str,
) -> None:
    path = tmp_path / "heavy.jsonl"
    path.write_text(content)
    capsys.readouterr()
    assert lite("import", path) == 4
    said = capsys.readouterr().err
    assert words in said
    assert len(said) < 2_000


def test_lines_that_are_none(
    lite: Sheet, lines: list[dict[str, object]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = labelled(tmp_path / "bad.jsonl", lines[:2], "nature=human_social", "completeness=partial")
    path.write_text(
        path.read_text(encoding="utf-8") + "{\n[1]\n" + "[" * 5_000 + "\n" + "[" * 100_000 + "\n", encoding="utf-8"
    )
    assert lite("import", path) == 4
    err = capsys.readouterr().err
    assert "row 3: not a line of JSON" in err
    assert "row 4: not a JSON object" in err
    assert "row 5: not a line of JSON" in err, "nested deeper than Python reads"
    assert "row 6: more than 10,000 lists and objects in one line" in err, "refused before it is read"
    path.write_bytes("нет".encode("cp1251"))
    assert lite("import", path) == 4
    assert "line 1: not UTF-8" in capsys.readouterr().err
