"""Figures of the coder's fitted parts by five-fold cross-validation over the names coded by hand.

Likeness alone: counts learned on four fifths, all names of the fifth coded by them. Confidences: each ground's share of
right decisions on four fifths of the names that the coder had not seen, checked on the fifth (`blind.csv`: what a
coder said of names before anything was learned from them). `python -m tests.bench.folds write` learns the shipped
counts anew from all hand-coded names.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from auditor.coding import likeness
from auditor.coding.calibration import reliability
from auditor.coding.likeness import LETTERS, SHORTEST, Likeness
from auditor.coding.words import fold_word, spans_of
from auditor.records import Nature
from auditor.review.agreement import Agreement, agreement
from crawler.pages.records import Lang

FOLDS = 5
#: Beginnings of words seen in fewer names are not learned.
SEEN_AT_LEAST = 2
NAMES = Path(__file__).parent.parent / "auditor" / "coding"
LANGS = (Lang.RU, Lang.KK)
#: The batches of hand-coded names, in the order in which they were learned from.
BATCHES = (
    "names",
    "fresh",
    "batch5",
    "odd",
    "kinds",
    "short",
    "whole",
    "apart",
    "plain",
    "mixed",
    "texts",
    "styles",
    "pages",
    "years",
    "portal",
    "register",
    "citizen",
)

Row = tuple[str, bool]


def run() -> None:
    """Prints both tables."""
    for lang in LANGS:
        _say_likeness(lang)
    print("confidence from four fifths, checked on the fifth: from, n, mean confidence, right")
    for group in reliability(confidence_folds(blind_decisions())):
        print(f"  {group.bound:.2f}  {group.count:>5}  {group.confidence:.3f}  {group.share:.3f}")


def hand_coded(lang: Lang) -> list[Row]:
    """Every name coded by hand in a language, once, and whether it is human."""
    rows = {}
    for which in BATCHES:
        with (NAMES / f"{which}_{lang}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                rows.setdefault(row["name"], row["nature"] == Nature.HUMAN_SOCIAL)
    return list(rows.items())


def learned(rows: Iterable[Row]) -> Likeness:
    """The counts over some names."""
    return learn((forms_of(name), human) for name, human in rows)


def learn(names: Iterable[tuple[Sequence[str], bool]]) -> Likeness:
    """Counts from (folded words, whether human) of hand-coded names; beginnings that stood in one name are left out."""
    tallies: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    sizes = [0, 0]
    for forms, human in names:
        sizes[human] += 1
        tallies[human].update({form[:LETTERS] for form in forms if len(form) >= SHORTEST})
    other, human_tally = tallies
    begins = sorted(begin for begin, count in (other + human_tally).items() if count >= SEEN_AT_LEAST)
    return Likeness(sizes[1], sizes[0], {begin: (human_tally[begin], other[begin]) for begin in begins})


def forms_of(name: str) -> list[str]:
    """A name's folded words."""
    return [fold_word(name[start:end]) for start, end in spans_of(name)]


def blind_decisions() -> list[tuple[str, str, bool]]:
    """(name, ground, right) of each decision on a name that the coder had not seen."""
    with (NAMES / "blind.csv").open(encoding="utf-8", newline="") as stream:
        return [(row["name"], row["ground"], row["right"] == "1") for row in csv.DictReader(stream)]


def confidence_folds(decisions: Sequence[tuple[str, str, bool]]) -> list[tuple[float, bool]]:
    """(confidence learned without the decision's own fold, right) of each decision."""
    found = []
    for fold in range(FOLDS):
        table = confidences((ground, right) for name, ground, right in decisions if fold_of(name) != fold)
        mean = table.get("", 0.0)
        found += [(table.get(ground, mean), right) for name, ground, right in decisions if fold_of(name) == fold]
    return found


def confidences(decisions: Iterable[tuple[str, bool]]) -> dict[str, float]:
    """Smoothed share of right decisions, (right + 1) / (seen + 2), by ground; "" over all. Abstaining is never sure."""
    tallies: dict[str, list[bool]] = defaultdict(list)
    for ground, right in decisions:
        tallies[ground].append(right)
        tallies[""].append(right)
    return {
        ground: 0.0 if ground == "none" else (sum(given) + 1) / (len(given) + 2) for ground, given in tallies.items()
    }


def fold_of(name: str) -> int:
    """The same fold for a name in every run."""
    return hashlib.sha256(name.encode()).digest()[0] % FOLDS


def likeness_alone(lang: Lang, draws: int = 200) -> tuple[Agreement, int]:
    """Agreement of likeness without the rules with hand-coded natures, five-fold, and how often it kept silent."""
    rows = hand_coded(lang)
    people, machine = [], []
    for fold in range(FOLDS):
        counts = learned(row for row in rows if fold_of(row[0]) != fold)
        for name, human in rows:
            if fold_of(name) == fold:
                told = counts.propose(forms_of(name))
                people.append(str(Nature.HUMAN_SOCIAL if human else Nature.TRANSACTIONAL))
                machine.append(str(told.code if told else Nature.UNCLEAR))
    return agreement(people, machine, draws=draws), machine.count("unclear")


def _say_likeness(lang: Lang) -> None:
    found, silent = likeness_alone(lang)
    low, high = found.percent.low * 100, found.percent.high * 100
    print(
        f"{lang} nature by likeness alone, five-fold: {found.percent.value * 100:.1f}% [{low:.1f}–{high:.1f}], "
        f"kappa {found.kappa.value:.2f}, n {found.items}, abstentions {silent}"
    )


def write() -> None:
    """Learn the shipped counts from all hand-coded names."""
    target = Path(likeness.__file__).parent / "lexicon" / likeness.FILE
    target.write_text(likeness.as_json({lang: learned(hand_coded(lang)) for lang in LANGS}) + "\n", encoding="utf-8")
    print(target)


if __name__ == "__main__":
    write() if sys.argv[1:] == ["write"] else run()
