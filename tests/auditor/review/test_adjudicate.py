"""Differences decided, codings gone stale, agreement and intervals: from sheets to what counts."""

from __future__ import annotations

import csv
import io
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
from auditor.review.intervals import Unchecked
from auditor.review.stage_intervals import intervals_for
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


def test_differences_of_another_sample_and_a_judge_in_the_own_cause(
    lite: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lite("sample", "--size", "12", "--strata", "lang", "--name", "first") == 0
    for coder, odd in (("anna", ""), ("boris", "водительского")):
        path = tmp_path / f"{coder}.csv"
        assert lite("export", "--coder", coder, "--out", path) == 0
        desk.fill_in(path, partial(answers, odd))
        assert lite("import", path) == 0
    assert lite("sample", "--size", "1", "--strata", "", "--name", "second", "--seed", "3") == 0
    capsys.readouterr()
    assert lite("adjudicate") == 0
    err = capsys.readouterr().err
    assert "0 differences in sample second" in err
    assert "1 wait in sample first: --sample 'first'" in err
    path = tmp_path / "decide.csv"
    own = "1 of them are anna's own: a decision on these is taken, but a third person's word weighs more"
    assert lite("adjudicate", "--sample", "first", "--coder", "vera") == 0
    assert own not in capsys.readouterr().err
    for target in ((), ("--export", path)):
        assert lite("adjudicate", "--sample", "first", "--coder", "anna", *target) == 0
        assert own in capsys.readouterr().err
    desk.fill_in(path, lambda number, row: {**PAPER, "reason": "N3"})
    capsys.readouterr()
    assert lite("adjudicate", "--import", path) == 0
    assert "1 decisions are on items that anna coded too" in capsys.readouterr().err


def test_a_decision_is_between_the_codes_that_were_seen(
    lite: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lite("sample", "--size", "12", "--strata", "lang", "--name", "first") == 0
    sheets = {coder: tmp_path / f"{coder}.csv" for coder in ("anna", "boris", "carla")}
    for coder, path in sheets.items():
        assert lite("export", "--coder", coder, "--out", path) == 0
        desk.fill_in(path, partial(answers, "водительского" if coder == "boris" else ""))
    assert lite("import", sheets["anna"]) == lite("import", sheets["boris"]) == 0
    path = tmp_path / "decide.xlsx"
    assert lite("adjudicate", "--coder", "vera", "--export", path) == 0
    desk.fill_in(path, lambda number, row: {**PAPER, "reason": "N3"})
    # boris thinks again while vera decides; carla codes for the first time, which vera could not see.
    desk.fill_in(sheets["boris"], lambda number, row: {**row, "note": "sure"} if "водительского" in row["name"] else {})
    assert lite("import", sheets["boris"]) == lite("import", sheets["carla"]) == 0
    capsys.readouterr()
    assert lite("adjudicate", "--import", path) == 4
    assert "row 2, column coder boris: boris says human_social / partial / queue (sure) now" in capsys.readouterr().err
    desk.fill_in(sheets["boris"], partial(answers, "водительского"))
    assert lite("import", sheets["boris"]) == lite("adjudicate", "--import", path) == 0

    def between(session: object) -> list[str]:
        statement = text("SELECT \"between\" FROM hand_coding WHERE reason = 'N3'")
        (ids,) = session.execute(statement).one()  # type: ignore[attr-defined]
        coders = text(f"SELECT coder FROM coding WHERE id IN ({', '.join(map(str, json.loads(ids)))})")
        return sorted(session.scalars(coders))  # type: ignore[attr-defined]

    assert in_database(between) == ["anna", "boris"]


def test_explain_says_on_whose_word_a_coding_counts(
    lite: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def counts(word: str) -> str:
        capsys.readouterr()
        (key,) = in_database(lambda session: [k for k, name in named(session) if word in name])  # type: ignore[attr-defined]
        assert lite("explain", key, "--as-of", "2024-06-01") == 0
        return capsys.readouterr().out

    def named(session: object) -> list[tuple[str, str]]:
        return [tuple(row) for row in session.execute(text("SELECT key, name FROM entry"))]  # type: ignore[attr-defined]

    assert lite("sample", "--size", "12", "--strata", "lang", "--name", "first") == 0
    licence = "counts        transactional/complete, by the machine, unchecked"
    assert licence in counts("водительского")
    for coder, odd in (("anna", ""), ("boris", "водительского")):
        path = tmp_path / f"{coder}.csv"
        assert lite("export", "--coder", coder, "--out", path) == 0
        desk.fill_in(
            path, lambda number, row, odd=odd: {} if odd and "врачу" in row["name"] else answers(odd, number, row)
        )
        assert lite("import", path) == 0
    assert "human_social/partial, by anna alone" in counts("врачу")
    assert "transactional/complete, coded alike by anna, boris" in counts("лицензии")
    told = counts("водительского")
    assert "transactional/complete, by the machine until somebody decides between anna, boris" in told
    assert "boris: human_social/partial (doubt), codebook 1" in told
    path = tmp_path / "decide.csv"
    assert lite("adjudicate", "--coder", "vera", "--export", path) == 0
    desk.fill_in(path, lambda number, row: {**HUMAN, "reason": "as boris says"})
    assert lite("adjudicate", "--import", path) == 0
    told = counts("водительского")
    assert "human_social/partial, decided by vera" in told
    assert "adjudicated:vera: human_social/partial (as boris says), codebook 1" in told


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
    out = capsys.readouterr().out
    assert "people and machine, nature, ru, n 21\n  3 items on which people differ undecided are left out" in out
    assert "people and machine, nature, kk, n 12\n  agreement" in out
    assert sheet("agreement", "--machine", "--json", "--axis", "nature") == 0
    left = {one["lang"]: one.get("left_out") for one in json.loads(capsys.readouterr().out)}
    assert left == {"all": 3, "ru": 3, "kk": None}


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
    out, err = capsys.readouterr()
    assert out == "", "a reason is no result"
    assert (
        err.count("anna and boris, nature, ru: no agreement can be given: both coders used only 'transactional'") == 1
    )
    assert lite("agreement", "--lang", "en") == 4
    assert "the coders share items on completeness, nature, output, in kk, ru" in capsys.readouterr().err


def test_intervals_come_from_two_people_who_agree(sheet: Sheet, tmp_path: Path) -> None:
    keys = in_database(lambda session: sorted(k for k in codings_of(session, "entry") if "/ru/" in k))
    nothing = in_database(lambda session: intervals_for(session, Lang.RU, "1").share("human_social", keys))  # type: ignore[arg-type]
    assert str(nothing) == "machine-coded, unchecked"
    two_coders(sheet, tmp_path, differ="nobody")
    found = in_database(lambda session: intervals_for(session, Lang.RU, "1"))
    share = found.share("human_social", keys)  # type: ignore[attr-defined]
    assert isinstance(share, Estimate)
    assert share.items == 24, "the twelve Kazakh rows tell nothing of the Russian ones"
    assert share.low == share.value == share.high == 9 / 24, "every row was checked"
    of_all = found.share("human_social", keys, of=48)  # type: ignore[attr-defined]
    assert of_all.value == pytest.approx(share.value / 2)
    assert isinstance(found.share("human_social", []), Unchecked)  # type: ignore[attr-defined]
    base = tuple(keys)  # type: ignore[arg-type]
    corrected = found(Figure("nature_digitised", "human_social", 9, 24, (), base))  # type: ignore[operator]
    assert corrected == (share.value, share.low, share.high)
    easy = found(Figure("easy_share", "", 24, 24, (), base))  # type: ignore[operator]
    assert easy == (1, 1, 1), "everything in this register is easy"
    assert found(Figure("nature", "", 24, None, base)) is None  # type: ignore[operator]
    assert found(Figure("nature", "unclear", 0, 24, (), base)) is None  # type: ignore[operator]
    assert found.share("human_social/complete", keys).value == 0  # type: ignore[attr-defined]


def measured(sheet: Sheet, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert sheet("measure", "--as-of", "2024-06-01", *arguments) == 0
    return capsys.readouterr().out


def test_an_unfinished_sample_takes_nothing_away(
    sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sheet("sample", "--size", "12", "--strata", "lang", "--name", "early") == 0
    assert "machine-coded, unchecked." in measured(sheet, capsys)
    two_coders(sheet, tmp_path, differ="nobody")
    assert sheet("sample", "--size", "10", "--strata", "lang", "--name", "later", "--seed", "7") == 0
    out = measured(sheet, capsys)
    assert "corrected by the 24 rows of sample full that two people coded" in out
    assert "human_social 9 (37.5%; corrected 37.5%, 95% between 37.5% and 37.5%)" in out
    series = list(csv.DictReader(io.StringIO(measured(sheet, capsys, "--csv", "--measure", "nature"))))
    (human,) = [row for row in series if row["cell"] == "human_social"]
    assert [human[name] for name in ("corrected_share", "interval_low", "interval_high")] == ["0.375"] * 3
    for coder in ("carla", "denis"):
        path = tmp_path / f"{coder}.csv"
        assert sheet("export", "--coder", coder, "--sample", "later", "--out", path) == 0
        desk.fill_in(path, lambda number, row: truth(row) if number < 5 else {})
        assert sheet("import", path) == 0
    assert "rows of sample full that two people coded" in measured(sheet, capsys)


def test_a_sample_left_half_coded_corrects_nothing(
    sheet: Sheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sheet("sample", "--size", "36", "--strata", "lang", "--name", "half") == 0
    for coder in ("anna", "boris"):
        path = tmp_path / f"{coder}.csv"
        assert sheet("export", "--coder", coder, "--out", path) == 0
        desk.fill_in(path, lambda number, row: truth(row) if "№ 2" not in row["name"] else {})
        assert sheet("import", path) == 0
    out = measured(sheet, capsys)
    assert "unchecked: 8 rows of sample half are not coded by two people yet." in out
    assert "corrected" not in out
    told = json.loads(measured(sheet, capsys, "--json"))
    assert "interval" not in json.dumps(told["measures"])


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
    told = "2 items of this sample have another text now, or are gone: codes on them are stale and do not count"
    assert sheet("export", "--coder", "carla", "--out", tmp_path / "carla.csv") == 0
    assert told in capsys.readouterr().err, "before the work is done, too"
    assert sheet("import", tmp_path / "carla.csv") == 0
    assert told in capsys.readouterr().err
    key = next(row["id"] for row in desk.read(tmp_path / "carla.csv") if "врачу № 1" in row["name"])
    assert sheet("explain", key) == 0
    assert "counts        human_social/partial of an earlier text: run `egov-audit code`" in capsys.readouterr().out
    assert sheet("stale", "--json") == 0
    assert {one["coder"] for one in json.loads(capsys.readouterr().out)} == {"anna", "boris"}
