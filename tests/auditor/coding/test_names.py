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


def names(lang: Lang, which: str = "names") -> list[dict[str, str]]:
    """`names`: those the lexicon grew on first; `fresh`: written later without a look at it, then learned from too."""
    with (FOLDER / f"{which}_{lang}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("which", ["names", "fresh"])
@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
@pytest.mark.parametrize("axis", ["nature", "completeness"])
def test_the_machine_agrees_with_codes_given_by_hand(lang: Lang, axis: str, which: str) -> None:
    rows = names(lang, which)
    machine = [str(getattr(CODER.code(CodingInput(row["name"], row["result"], lang=lang)), axis)) for row in rows]
    found = agreement([row[axis] for row in rows], machine, draws=10)
    assert found.percent.value >= 0.97
    assert found.kappa.value >= 0.9


def test_there_are_enough_names_and_none_twice() -> None:
    assert len({row["name"] for row in names(Lang.RU)}) == len(names(Lang.RU)) >= 200
    assert len({row["name"] for row in names(Lang.KK)}) == len(names(Lang.KK)) >= 150
    assert len({row["name"] for row in names(Lang.RU, "fresh")}) == len(names(Lang.RU, "fresh")) >= 220
    assert len({row["name"] for row in names(Lang.KK, "fresh")}) == len(names(Lang.KK, "fresh")) >= 150


def test_old_and_fresh_names_do_not_overlap() -> None:
    for lang in (Lang.RU, Lang.KK):
        old = {row["name"].casefold() for row in names(lang)}
        assert not [row["name"] for row in names(lang, "fresh") if row["name"].casefold() in old]
