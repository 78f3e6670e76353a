"""What a person said of a text counts for every row that has this very text, in whatever edition, and for no other."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from auditor.coding.in_force import coding_in_force
from auditor.coding.stage import code_all
from auditor.db.codings import codings_of
from auditor.db.session import connect, transaction
from auditor.link.stage import link_register
from auditor.measure.stage_history import lean_codings
from crawler.pages.records import Lang
from tests.auditor.db import fill
from tests.auditor.review import desk
from tests.auditor.review.conftest import Sheet

THEN, NOW = date(2023, 1, 1), date(2024, 1, 1)
NAMES = ("Выдача справки о рождении", "Постановка на очередь в детский сад", "Запись на прием к врачу")
HUMAN = {"nature": "human_social", "completeness": "complete"}
PAPER = {"nature": "transactional", "completeness": "complete"}


def key(day: date, number: int, lang: Lang = Lang.RU) -> str:
    return f"{desk.ACT}/{day}/{lang}/00101{number:03}"


@pytest.fixture
def two_years(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Sheet]]:
    """Two editions that differ in one name, linked and coded by the machine; the desk's commands over them."""
    engine = connect(db_url)
    with transaction(engine) as session:
        for day, last in ((THEN, "Выдача лицензии на вывоз отходов"), (NOW, "Выдача лицензий на вывоз отходов")):
            fill.add_edition(session, desk.ACT, day, fill.rows(*NAMES, last))
        link_register(session, desk.NOW)
    code_all(engine, desk.coder(), desk.NOW)
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", db_url)
    yield engine, lambda *arguments: desk.run(monkeypatch, *arguments)
    engine.dispose()


def coded(
    sheet: Sheet, folder: Path, coder: str, codes: Mapping[str, str], day: date = THEN, paper: str = "nothing"
) -> int:
    """One coder's codes for the four rows of an edition, rows with one word papers; gives the import's exit code."""
    sample, path = f"of-{day}", folder / f"{coder}-{day}.csv"
    if not list(folder.glob(f"*-{day}.csv")):
        assert sheet("sample", "--size", "4", "--strata", "lang", "--name", sample, "--as-of", str(day)) == 0
    assert sheet("export", "--coder", coder, "--sample", sample, "--out", path) == 0
    desk.fill_in(path, lambda number, row: PAPER if paper in row["name"] else codes)
    return sheet("import", path)


def in_force(engine: Engine) -> dict[str, tuple[str, str, str]]:
    """Who counts for each row, with what, and for which row it was said: alike in all three places that tell it."""
    with transaction(engine) as session:
        chosen = {row: coding_in_force(found) for row, found in codings_of(session, "entry").items()}
        readings = session.scalars(text("SELECT id FROM edition")).all()
        lean = lean_codings(session, readings, Lang.RU, "1")
        said = session.execute(text("SELECT * FROM codings WHERE in_force = 1")).mappings().all()
    found = {row: (one.coder, str(one.coding.nature), one.subject) for row, one in chosen.items() if one}
    assert {row: (one.coder, str(one.coding.nature), one.subject) for row, one in lean.items()} == found
    assert {one["subject_key"]: (one["coder"], one["nature"], one["given_to"]) for one in said} == found
    assert len(said) == len(found)
    return found


def test_the_same_text_in_another_edition_has_the_persons_code_until_it_changes(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine, sheet = two_years
    assert coded(sheet, tmp_path, "anna", HUMAN) == 0
    found = in_force(engine)
    for number in (1, 2, 3):
        assert found[key(NOW, number)] == found[key(THEN, number)] == ("anna", "human_social", key(THEN, number))
    assert found[key(THEN, 4)] == ("anna", "human_social", key(THEN, 4))
    assert found[key(NOW, 4)][0] == "machine"
    capsys.readouterr()
    assert sheet("explain", key(NOW, 2)) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert f"human_social/complete, by anna alone, given to {key(THEN, 2)}, which has the same text" in out
    assert f"anna: human_social/complete, codebook 1, given to {key(THEN, 2)}, which has the same text" in out
    assert sheet("explain", key(THEN, 2)) == 0
    assert "given to" not in capsys.readouterr().out
    assert sheet("stale") == 0
    out, err = capsys.readouterr()
    assert "1 codings are stale" in err
    assert f"{key(THEN, 4)}: human_social/complete by anna" in out
    assert f"not carried to {key(NOW, 4)}, which has another text" in out
    assert coded(sheet, tmp_path, "anna", HUMAN, NOW) == 0
    assert sheet("stale") == 0
    assert "0 codings are stale" in capsys.readouterr().err


def test_the_figures_of_the_other_edition_follow(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, sheet = two_years
    capsys.readouterr()
    figures = []
    for _ in range(2):
        assert sheet("measure", "--as-of", "2024-06-01", "--csv", "--measure", "nature") == 0
        rows = csv.DictReader(capsys.readouterr().out.splitlines())
        figures.append(next(row["value"] for row in rows if row["cell"] == "human_social"))
        if len(figures) == 1:
            assert coded(sheet, tmp_path, "anna", HUMAN) == 0
            capsys.readouterr()
    assert figures == ["2", "3"], "the birth certificate, which anna takes for help to people"


def test_two_people_who_coded_one_text_in_two_editions_share_an_item(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine, sheet = two_years
    assert coded(sheet, tmp_path, "anna", HUMAN) == coded(sheet, tmp_path, "boris", PAPER, NOW) == 0
    assert in_force(engine)[key(NOW, 1)][0] == in_force(engine)[key(THEN, 1)][0] == "machine", "they differ"
    capsys.readouterr()
    assert sheet("adjudicate", "--sample", f"of-{NOW}") == 0
    out, err = capsys.readouterr()
    assert "3 differences" in err
    assert "anna" in out
    path = tmp_path / "decide.csv"
    assert sheet("adjudicate", "--sample", f"of-{NOW}", "--coder", "vera", "--export", path) == 0
    desk.fill_in(path, lambda number, row: {**PAPER, "reason": "N3"})
    for _ in range(2):
        assert sheet("adjudicate", "--import", path) == 0
    assert "vera: 0 new, 3 as before" in capsys.readouterr().out
    assert in_force(engine)[key(THEN, 1)] == ("adjudicated:vera", "transactional", key(NOW, 1))
    assert sheet("adjudicate", "--sample", f"of-{THEN}") == 0
    assert "0 differences" in capsys.readouterr().err


def test_a_text_is_one_item_of_agreement_however_often_it_was_coded(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, sheet = two_years
    assert coded(sheet, tmp_path, "anna", HUMAN, paper="справки") == 0
    assert coded(sheet, tmp_path, "boris", HUMAN, NOW, paper="справки") == 0
    capsys.readouterr()
    assert sheet("agreement", "--axis", "nature") == 0
    assert "anna and boris, nature, ru, n 3\n" in capsys.readouterr().out
    assert coded(sheet, tmp_path, "boris", HUMAN, paper="справки") == 0
    capsys.readouterr()
    assert sheet("agreement", "--axis", "nature") == 0
    assert "anna and boris, nature, ru, n 4\n" in capsys.readouterr().out


def test_one_alias_has_one_code_for_a_text(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine, sheet = two_years
    assert coded(sheet, tmp_path, "anna", HUMAN) == 0
    capsys.readouterr()
    assert coded(sheet, tmp_path, "anna", PAPER, NOW) == 4
    err = capsys.readouterr().err
    assert err.count("two coders under one alias?") == 3
    assert f"anna coded {key(THEN, 1)} human_social/complete on another sheet" in err
    path = tmp_path / f"anna-{NOW}.csv"
    desk.fill_in(path, lambda number, row: HUMAN)
    for told in ("anna: 4 new, 0 as before", "anna: 0 new, 4 as before"):
        assert sheet("import", path) == 0
        assert told in capsys.readouterr().out
    assert in_force(engine)[key(NOW, 1)] == ("anna", "human_social", key(NOW, 1))


def test_at_the_terminal_a_text_is_asked_for_once(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sheet = two_years
    assert coded(sheet, tmp_path, "anna", HUMAN) == 0
    assert sheet("sample", "--size", "4", "--strata", "lang", "--name", "now", "--as-of", str(NOW)) == 0
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115 - the process ends it
    capsys.readouterr()
    assert sheet("code", "--coder", "anna", "--sample", "now", "--lang-ui", "en") == 0
    out = capsys.readouterr().out
    assert key(NOW, 4) in out
    assert key(NOW, 1) not in out


def test_a_row_whose_own_text_changed_has_no_persons_code_and_the_others_keep_it(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine, sheet = two_years
    assert coded(sheet, tmp_path, "anna", HUMAN) == 0
    with transaction(engine) as session:
        change = text("UPDATE entry SET name = name || ' (дубликат)' WHERE key = :key")
        session.execute(change, {"key": key(THEN, 1)})
    code_all(engine, desk.coder(), desk.NOW.replace(hour=10))
    found = in_force(engine)
    assert found[key(THEN, 1)][0] == "machine"
    assert found[key(NOW, 1)] == ("anna", "human_social", key(THEN, 1))
    capsys.readouterr()
    assert sheet("stale", "--json") == 0
    assert f'"row": "{key(THEN, 1)}"' in capsys.readouterr().out


def test_rows_of_one_text_on_one_sheet_have_one_code(
    two_years: tuple[Engine, Sheet], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine, sheet = two_years
    with transaction(engine) as session:
        fill.add_edition(session, desk.ACT, date(2025, 1, 1), fill.rows(NAMES[0], NAMES[0], NAMES[1]))
    assert sheet("sample", "--size", "3", "--strata", "lang", "--name", "twice") == 0
    path = tmp_path / "anna.csv"
    assert sheet("export", "--coder", "anna", "--out", path) == 0
    desk.fill_in(path, lambda number, row: HUMAN if row["id"].endswith("1") else PAPER)
    assert sheet("import", path) == 4
    err = capsys.readouterr().err
    assert "1 fault, nothing was imported" in err
    assert "shows the same text and is" in err
    desk.fill_in(path, lambda number, row: {**HUMAN, "note": row["id"][-1]})
    for told in ("anna: 3 new, 0 as before", "anna: 0 new, 3 as before"):
        assert sheet("import", path) == 0
        assert told in capsys.readouterr().out
