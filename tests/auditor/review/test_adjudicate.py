"""Differences decided, codings gone stale, agreement and intervals: from sheets to what counts."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from auditor.coding.in_force import Standing, standing_coding
from auditor.db.codings import codings_of
from auditor.db.session import connect, transaction
from auditor.measure.records import Figure
from auditor.review.estimate import Estimate
from auditor.review.stage import Intervals, Unchecked, intervals_for
from auditor.review.stage_subjects import current_hashes
from crawler.pages.records import Lang
from tests.auditor.review import desk
from tests.auditor.review.conftest import Sheet

HUMAN = {"nature": "human_social", "completeness": "partial", "output": "queue"}
PAPER = {"nature": "transactional", "completeness": "complete", "output": "document"}
SOCIAL = ("очередь", "пособия", "врачу", "кезекке", "қабылдауына")


def truth(row: Mapping[str, str]) -> dict[str, str]:
    """A coder who reads names as we do."""
    return HUMAN if any(word in row["name"] for word in SOCIAL) else PAPER


def answers(odd: str, number: int, row: Mapping[str, str]) -> dict[str, str]:
    """The truth, but for names that hold the odd word."""
    return {**HUMAN, "note": "doubt"} if odd and odd in row["name"] else truth(row)


def two_coders(sheet: Sheet, folder: Path, differ: str = "водительского") -> None:
    """anna codes all 36 rows; boris too, but takes one kind of name otherwise."""
    assert sheet("sample", "--size", "36", "--strata", "lang", "--name", "full") == 0
    for coder, odd in (("anna", ""), ("boris", differ)):
        path = folder / f"{coder}.xlsx"
        assert sheet("export", "--coder", coder, "--out", path) == 0
        desk.fill_in(path, partial(answers, odd))
        assert sheet("import", path) == 0


def in_database(work: object) -> object:
    engine = connect(os.environ["EGOV_AUDIT_DB_URL"])
    with transaction(engine) as session:
        found = work(session)  # type: ignore[operator]
    engine.dispose()
    return found


def standings() -> dict[str, Standing]:
    """On whose word each row's coding counts now."""

    def work(session: object) -> dict[str, Standing]:
        codings = codings_of(session, "entry")  # type: ignore[arg-type]
        now = current_hashes(session, "entry", set(codings))  # type: ignore[arg-type]
        found = {key: standing_coding(known, now[key]) for key, known in codings.items()}
        return {key: one[0] for key, one in found.items() if one}

    return in_database(work)  # type: ignore[return-value]


def test_from_difference_to_decision(sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two_coders(sheet, tmp_path)
    capsys.readouterr()
    assert sheet("adjudicate") == 0
    out, err = capsys.readouterr()
    assert "3 differences in sample full wait" in err
    assert out.count("anna             transactional / complete / document") == 3
    assert out.count("boris            human_social / partial / queue (doubt)") == 3
    assert list(standings().values()).count(Standing.MACHINE) == 3
    unresolved = in_database(lambda session: intervals_for(session, Lang.RU, "1").share("human_social", ["x"]))
    assert str(unresolved) == (
        "machine-coded, unchecked: 3 differences of the coders wait for `egov-audit sheet adjudicate`"
    )

    path = tmp_path / "decide.xlsx"
    assert sheet("adjudicate", "--export", path) == 2, "who decides?"
    assert sheet("adjudicate", "--export", path, "--coder", "vera") == 0
    rows = desk.read(path)
    assert len(rows) == 3
    assert rows[0]["coder boris"] == "human_social / partial / queue (doubt)"
    desk.fill_in(path, lambda number, row: PAPER)
    capsys.readouterr()
    assert sheet("adjudicate", "--import", path) == 4
    assert "row 2, column reason: a decision needs its reason" in capsys.readouterr().err
    assert sheet("import", path) == 4
    assert "is a sheet of decisions" in capsys.readouterr().err
    desk.fill_in(path, lambda number, row: {"reason": "a licence is the paper itself (N3)"})
    for _ in range(2):
        assert sheet("adjudicate", "--import", path) == 0
    assert "vera: 0 new, 3 as before" in capsys.readouterr().out
    counted = list(standings().values())
    assert counted.count(Standing.ADJUDICATED) == 3
    assert counted.count(Standing.AGREED) == 33
    assert sheet("adjudicate") == 0
    assert "0 differences" in capsys.readouterr().err
    assert sheet("adjudicate", "--export", path, "--coder", "vera") == 4

    def kept(session: object) -> list[tuple[object, ...]]:
        statement = (
            'SELECT coding.coder, hand_coding.reason, hand_coding."between" FROM hand_coding '
            "JOIN coding ON coding.id = hand_coding.coding_id WHERE coding.coder LIKE 'adjudicated:%'"
        )
        return [tuple(row) for row in session.execute(text(statement))]  # type: ignore[attr-defined]

    decisions = in_database(kept)
    assert len(decisions) == 3  # type: ignore[arg-type]
    for coder, reason, between in decisions:  # type: ignore[attr-defined]
        assert (coder, reason) == ("adjudicated:vera", "a licence is the paper itself (N3)")
        assert len(json.loads(between) if isinstance(between, str) else between) == 2


def test_agreement_of_people_and_with_the_machine(
    sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two_coders(sheet, tmp_path)
    capsys.readouterr()
    assert sheet("agreement", "--json") == 0
    found = {(one["axis"], one["lang"]): one for one in json.loads(capsys.readouterr().out)}
    both = found["nature", "all"]
    assert both["coders"] == ["anna", "boris"]
    assert both["items"] == 36
    assert both["percent"]["value"] == pytest.approx(33 / 36)
    assert found["nature", "kk"]["percent"]["value"] == 1
    assert {"anna": "transactional", "boris": "human_social", "items": 3} in both["confusion"]
    assert sheet("agreement", "--axis", "nature", "--lang", "ru") == 0
    out = capsys.readouterr().out
    assert "anna and boris, nature, ru, n 24" in out
    assert "agreement 87.5%" in out
    assert sheet("agreement", "--machine") == 0
    assert "people and machine, nature" in capsys.readouterr().out


def test_agreement_is_refused_where_it_has_no_meaning(
    lite: Sheet, handed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lite("agreement") == 4
    assert "no two coders share an item" in capsys.readouterr().err
    other = handed.with_name("boris.xlsx")
    assert lite("export", "--coder", "boris", "--out", other) == 0
    for path in (handed, other):
        desk.fill_in(path, lambda number, row: PAPER)
        assert lite("import", path) == 0
    capsys.readouterr()
    assert lite("agreement", "--lang", "ru") == 4
    assert "both coders used only 'transactional'" in capsys.readouterr().out


def test_intervals_come_from_two_people_who_agree(sheet: Sheet, tmp_path: Path) -> None:
    keys = in_database(lambda session: sorted(k for k in codings_of(session, "entry") if "/ru/" in k))
    nothing = in_database(lambda session: intervals_for(session, Lang.RU, "1").share("human_social", keys))  # type: ignore[arg-type]
    assert str(nothing) == "machine-coded, unchecked"
    two_coders(sheet, tmp_path, differ="nobody")
    found = in_database(lambda session: intervals_for(session, Lang.RU, "1"))
    share = found.share("human_social", keys)  # type: ignore[attr-defined]
    assert isinstance(share, Estimate)
    assert found.pooled, "24 Russian items are too few to stand alone"  # type: ignore[attr-defined]
    assert share.items == 36
    assert share.low <= 9 / 24 <= share.high
    of_all = found.share("human_social", keys, of=48)  # type: ignore[attr-defined]
    assert of_all.value == pytest.approx(share.value / 2)
    assert isinstance(found.share("human_social", []), Unchecked)  # type: ignore[attr-defined]
    base = tuple(keys)  # type: ignore[arg-type]
    corrected = found(Figure("nature_digitised", "human_social", 9, 24, (), base))  # type: ignore[operator]
    assert corrected == (share.value, share.low, share.high)
    easy = found(Figure("easy_share", "", 24, 24, (), base))  # type: ignore[operator]
    assert easy is None, "everything in this register is easy: no item tells how the machine knows what is not"
    assert found(Figure("nature", "", 24, None, base)) is None  # type: ignore[operator]
    assert found(Figure("nature", "unclear", 0, 24, (), base)) is None  # type: ignore[operator]
    assert "is inside" in str(found.share("human_social/complete", keys))  # type: ignore[attr-defined]


def test_a_changed_text_makes_codings_stale(sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two_coders(sheet, tmp_path, differ="nobody")
    assert sheet("stale") == 0
    assert "0 codings are stale" in capsys.readouterr().err
    engine = connect(os.environ["EGOV_AUDIT_DB_URL"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE entry SET name = name || ' (новая редакция)' WHERE name LIKE '%врачу № 1'"))
        connection.execute(text("UPDATE entry SET dead = true WHERE name LIKE '%врачу № 2'"))
    engine.dispose()
    assert sheet("stale") == 0
    out, err = capsys.readouterr()
    assert "4 codings are stale" in err
    assert out.count("has another text now") == 2
    assert out.count("is no longer there") == 2
    assert out.count("by anna of") == 2
    assert sheet("stale", "--json") == 0
    assert {one["coder"] for one in json.loads(capsys.readouterr().out)} == {"anna", "boris"}


def test_core_complete_is_a_share_of_all_with_only_digitised_rows_in_it() -> None:
    human, paper = ("human_social", "complete"), ("transactional", "complete")
    pairs = (
        [(human, human, 1.0)] * 45 + [(human, paper, 1.0)] * 5 + [(paper, paper, 1.0)] * 95 + [(paper, human, 1.0)] * 5
    )
    keys = tuple(f"k{number}" for number in range(400))
    machine = {key: human if number % 4 == 0 else paper for number, key in enumerate(keys)}
    found = Intervals(Lang.RU, "1", "full", False, pairs, machine, set(keys[:200]))
    # Of the 200 digitised rows the machine calls a quarter human: (0.25 + 0.95 - 1) / 0.85, of 400 rows half of that.
    figure = found(Figure("core_complete", "", 50, 400, (), keys))
    assert figure is not None
    assert figure[0] == pytest.approx((0.25 + 0.95 - 1) / 0.85 / 2)
    assert figure[1] < figure[0] < figure[2]
