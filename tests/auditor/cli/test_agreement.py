"""Two coders' files compared without a database, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.auditor.cli.command import egov_audit

HEADER = "id,nature,completeness,lang\n"


def coder(path: Path, rows: list[tuple[str, str, str, str]]) -> str:
    path.write_text(HEADER + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8-sig")
    return path.name


def rows(cells: dict[tuple[str, str], int], side: int) -> list[tuple[str, str, str, str]]:
    codes = [pair[side] for pair, count in cells.items() for _ in range(count)]
    return [(f"{n:03}", code, "", "ru") for n, code in enumerate(codes)]


def test_two_files_give_the_figures_of_a_published_example(tmp_path: Path) -> None:
    """Fleiss, Levin and Paik's way of counting: 20, 5, 10, 15 of 50 give 0.70 observed and kappa 0.40."""
    human, paper = "human_social", "transactional"
    cells = {(human, human): 20, (human, paper): 5, (paper, human): 10, (paper, paper): 15}
    one, other = coder(tmp_path / "anna.csv", rows(cells, 0)), coder(tmp_path / "boris.csv", rows(cells, 1))
    ended = egov_audit(tmp_path, "agreement", one, other, "--json")
    assert ended.code == 0, ended.err
    (told,) = json.loads(ended.out)
    assert told["coders"] == ["anna", "boris"]
    assert told["items"] == 50
    assert told["percent"]["value"] == pytest.approx(0.7)
    assert told["kappa"]["value"] == pytest.approx(0.4)
    assert {"anna": paper, "boris": human, "items": 10} in told["confusion"]
    assert not (tmp_path / "var").exists(), "no database is made for two files"
    capitals = (tmp_path / other).read_text(encoding="utf-8-sig").replace("transactional", "Transactional")
    (tmp_path / other).write_text(capitals, encoding="utf-8-sig")
    shown = egov_audit(tmp_path, "agreement", one, other).out
    assert "kappa 0.40" in shown
    assert "anna down, boris across" in shown


def test_files_that_share_nothing_or_one_category_are_refused_with_the_reason(tmp_path: Path) -> None:
    same = [("1", "transactional", "complete", "ru"), ("2", "transactional", "complete", "ru")]
    one, other = coder(tmp_path / "a.csv", same), coder(tmp_path / "b.csv", same)
    ended = egov_audit(tmp_path, "agreement", one, other)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.count("only 'transactional'") == 1
    ended = egov_audit(tmp_path, "agreement", one, other, "--lang", "kk")
    assert ended.code == 4
    assert "the coders share items on completeness, nature, in ru" in ended.err
    apart = coder(tmp_path / "c.csv", [("9", "transactional", "complete", "ru")])
    ended = egov_audit(tmp_path, "agreement", one, apart)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.splitlines() == [
        "2 of 2 items are in a alone: no agreement is told of them",
        "1 of 1 items are in c alone: no agreement is told of them",
        "egov-audit: no agreement can be given: the two coders share no item (a and c)",
    ]
    empty = coder(tmp_path / "d.csv", [("1", "", "", "ru"), ("2", "", "", "ru")])
    assert "share no item (a and d)" in egov_audit(tmp_path, "agreement", one, empty).err


def test_a_bad_file_is_refused_with_every_place(tmp_path: Path) -> None:
    good = coder(tmp_path / "a.csv", [("1", "transactional", "complete", "ru")])
    empty = ("", "", "", "")
    bad = coder(tmp_path / "b.csv", [("1", "humane", "complete", "rus"), empty, ("1", "transactional", "done", "ru")])
    ended = egov_audit(tmp_path, "agreement", good, bad)
    assert ended.code == 4
    assert "b.csv: row 2 column nature: unknown code 'humane'" in ended.err
    assert "row 2 column lang: 'rus' is none of ru, kk, en" in ended.err
    assert "row 4: id '1' stands twice" in ended.err, "an empty row counts, as in a spreadsheet"
    assert "row 4 column completeness: unknown code 'done'" in ended.err
    assert egov_audit(tmp_path, "agreement", good).code == 2
    ended = egov_audit(tmp_path, "agreement", good, f"../{tmp_path.name}/{good}")
    assert (ended.code, ended.out) == (2, "")
    assert "is given twice" in ended.err


def test_a_coder_of_one_code_is_named_beside_a_kappa_of_nought(tmp_path: Path) -> None:
    one = coder(tmp_path / "a.csv", [(str(n), "transactional", "complete", "ru") for n in range(9)])
    other = coder(
        tmp_path / "b.csv", [(str(n), ("human_social", "transactional")[n > 0], "complete", "ru") for n in range(9)]
    )
    told = egov_audit(tmp_path, "agreement", one, other, "--axis", "nature").out
    assert "kappa 0.00" in told
    assert "a used only 'transactional': kappa is 0 then, whatever the two agree on" in told
    assert "b used only" not in told
