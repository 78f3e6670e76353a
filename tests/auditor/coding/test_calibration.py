"""The reliability table, on paper examples and on the names coded by hand."""

from __future__ import annotations

from auditor.coding.calibration import reliability
from auditor.coding.coder import Coder
from auditor.records import CodingInput
from crawler.pages.records import Lang
from tests.auditor.coding.test_names import names


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
