"""Names of services in Russian and Kazakh (some with a result text), coded by hand: the coder against them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from auditor.coding.coder import Coder
from auditor.records import CodingInput
from auditor.review.agreement import agreement
from crawler.pages.records import Lang

CODER = Coder.load([Lang.RU, Lang.KK])
FOLDER = Path(__file__).parent


def names(lang: Lang) -> list[dict[str, str]]:
    with (FOLDER / f"names_{lang}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
@pytest.mark.parametrize("axis", ["nature", "completeness"])
def test_the_machine_agrees_with_codes_given_by_hand(lang: Lang, axis: str) -> None:
    rows = names(lang)
    machine = [str(getattr(CODER.code(CodingInput(row["name"], row["result"], lang=lang)), axis)) for row in rows]
    found = agreement([row[axis] for row in rows], machine, draws=10)
    assert found.percent.value >= 0.97
    assert found.kappa.value >= 0.9


def test_there_are_enough_names_and_none_twice() -> None:
    assert len({row["name"] for row in names(Lang.RU)}) == len(names(Lang.RU)) >= 200
    assert len({row["name"] for row in names(Lang.KK)}) == len(names(Lang.KK)) >= 150
