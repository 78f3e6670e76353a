"""Names of real services, paired by hand: what must be linked, and near-misses that must not be."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from auditor.link.editions import link_editions
from auditor.records import Entry, LinkState
from crawler.pages.records import Lang
from tests.auditor.link.histories import write_history

PAIRS = list(csv.DictReader((Path(__file__).parent / "pairs.csv").open(encoding="utf-8")))
_AROUND = write_history(1, 60, [{}], typos=0).editions


def row(pair: dict[str, str], side: str) -> Entry:
    """One side of a pair as a row of the first or the second edition."""
    code, lang = pair[f"{side}_code"], Lang(pair["lang"])
    day = date(2020 if side == "older" else 2021, 1, 1)
    provider = pair[f"{side}_provider"]
    return Entry(
        id=0, key=f"V1/{day}/{lang}/{code}-pair", act="V1", edition_date=day, lang=lang, ordinal=30, number="",
        code=code, name=pair[f"{side}_name"], section_code=code[:3], section=f"S{code[:3]}",
        subsection_code=code[:5], subsection=f"L{code[:5]}", provider=provider, developer=provider,
    )  # fmt: skip


def edition(pair: dict[str, str], side: str) -> list[Entry]:
    """The row among sixty others that stay as they are."""
    around = _AROUND[Lang(pair["lang"])][0 if side == "older" else 1]
    return [*around[:29], row(pair, side), *around[29:]]


def verdict(pair: dict[str, str]) -> str:
    """`same` for a certain link, `unsure` for a candidate, `different` for none."""
    older, newer = row(pair, "older"), row(pair, "newer")
    links = link_editions(edition(pair, "older"), edition(pair, "newer"))
    states = [one.state for one in links if (one.older, one.newer) == (older.key, newer.key)]
    return {LinkState.ACCEPTED: "same", LinkState.CANDIDATE: "unsure"}[states[0]] if states else "different"


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['label']}-{pair['older_name'][:40]}")
def test_a_pair_is_linked_as_a_person_labelled_it(pair: dict[str, str]) -> None:
    # A different service may be offered to a person, never linked by the machine.
    allowed = {"different", "unsure"} if pair["label"] == "different" else {pair["label"]}
    assert verdict(pair) in allowed


def test_there_are_enough_pairs_of_both_kinds_in_both_languages() -> None:
    counts = Counter((pair["lang"], pair["label"]) for pair in PAIRS)
    assert len(PAIRS) >= 60
    assert min(counts[lang, label] for lang in ("ru", "kk") for label in ("same", "different")) >= 5
