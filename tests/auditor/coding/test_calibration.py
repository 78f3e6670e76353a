"""The reliability table, on paper examples and on the names coded by hand."""

from __future__ import annotations

from pathlib import Path

from auditor.coding.calibration import reliability
from auditor.coding.coder import Coder
from auditor.coding.lexicon import load_lexicon
from auditor.records import CodingInput
from crawler.pages.records import Lang
from tests.auditor.coding.test_names import names
from tests.bench import reliability as tables

README = Path(__file__).parents[3] / "README.md"


def test_decisions_are_grouped_by_confidence() -> None:
    groups = reliability([(0.97, True), (0.96, True), (0.96, False), (0.75, True), (0.0, False)])
    assert [(group.bound, group.count, group.right) for group in groups] == [(0.95, 3, 2), (0.7, 1, 1), (0.0, 1, 0)]
    assert round(groups[0].confidence, 4) == 0.9633
    assert round(groups[0].share, 4) == 0.6667


def test_no_decision_no_group() -> None:
    assert reliability([]) == []


def test_no_group_of_hand_coded_names_is_surer_than_it_is_right() -> None:
    coder = Coder.load([Lang.RU, Lang.KK])
    decisions = []
    for lang in (Lang.RU, Lang.KK):
        for row in names(lang):
            coding = coder.code(CodingInput(row["name"], row["result"], lang=lang))
            decisions.append((coding.nature_confidence, coding.nature == row["nature"]))
            decisions.append((coding.completeness_confidence, coding.completeness == row["completeness"]))
    groups = reliability(decisions)
    assert sum(group.count for group in groups) == len(decisions)
    for group in groups:
        assert group.share >= group.confidence - 0.02


def test_the_readme_has_the_tables_that_the_labelled_names_give() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    phrases = [len(load_lexicon(lang).examples) for lang in (Lang.RU, Lang.KK, Lang.EN)]
    assert any("{} Russian, {} Kazakh and {} English phrases".format(*phrases) in line for line in lines)
    for table in (tables.confidence_table(), tables.newest_table()):
        start = lines.index(table[0])
        assert lines[start : start + len(table) + 1] == [*table, ""]
    again = (tables.by_name_alone("batch5"), *map(tables.new_names_row, tables.NEWEST[2:]))
    for row in (*map(tables.blind_row, tables.BLIND), *again):
        assert row in lines
    first = next(number for number, line in enumerate(lines) if line.startswith("| batch |")) + 2
    last = next(number for number, line in enumerate(lines) if line.startswith("| **target"))
    assert lines[last] == tables.target_row(lines[first:last])


def test_the_readme_tells_of_names_alone_and_of_english_what_was_answered_at_the_time() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()
    for heading, rows, unkept in (
        ("| by name alone |", map(tables.alone_row, tables.ALONE), {"1", "5, portal names"}),
        ("| English |", map(tables.english_row, tables.ENGLISH), {"fresh ones"}),
    ):
        start = next(number for number, line in enumerate(lines) if line.startswith(heading)) + 2
        table = lines[start : lines.index("", start)]
        assert [row for row in table if row.split("|")[1].strip() not in unkept] == list(rows)


def test_a_missed_target_is_said_to_be_missed() -> None:
    rows = [
        "| 7: new names | 9, 9 | 95.0%, 0.85 | 94.9%, 0.90 | 99.0%, 0.84 | 100%, 1.00 |",
        "| – the same | 9, 9 | 100%, 1.00 | 100%, 1.00 | 100%, 1.00 | 100%, 1.00 |",
        "| odd ones | 9, 9 | 95.0%, 0.84 | 99.9%, 0.90 | 99.0%, 0.84 | 100%, 1.00 |",
    ]
    assert tables.target_row(rows) == (
        "| **target 95%, 0.85** | | met on 7; missed on odd | met on odd; missed on 7 | "
        "missed on 7, odd | met on 7, odd |"
    )
