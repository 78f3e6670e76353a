"""The README's tables on how often the coder is right, from labelled names: `python -m tests.bench.reliability`.

`blind.csv` says of each decision on which ground it stood and whether it was right before anything was learned from
that name. `alone.csv` holds what was wrong at that time of names alone, without their result texts, and of English
ones with them; `python -m tests.bench.reliability BATCH` prints its lines for a batch not learned from yet.
A test holds the README to what is printed here.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from functools import cache

from auditor.coding.calibration import reliability
from auditor.coding.coder import Coder
from auditor.records import CodingInput, Completeness, Nature
from auditor.review.agreement import agreement
from crawler.pages.records import Lang
from tests.bench.folds import BATCHES, LANGS, NAMES, blind_decisions, confidence_folds, confidences

AXES = ("nature", "completeness")
#: Batches with a decision in `blind.csv` on every name, and how the README calls them.
BLIND = {
    "batch5": "5: portal and register, half with result text; two coders apart",
    "short": "7: short names again, coded once by one who knew the lexicon",
    "whole": "8: one name each for 70 services in all three languages, by the same hand after batch 7 was learned",
    "apart": "9: portal and register, three in ten with result text, by a second hand that knew the codebook alone",
    "plain": "10: names alone from all over the register and the portal, by a third hand of that kind",
    "mixed": "11: portal and register, a third with result text, by a fourth hand of that kind",
    "texts": "12: long result texts as in standards, with refusals, conditions and several results, by a fifth hand",
    "styles": "13: result texts in the styles of standards and portal, steps sought on purpose, by a sixth hand",
    "pages": "14: names and result texts as on the portal's pages, in their natural mixture, by a seventh hand",
    "years": "15: register and portal of all years, four in five with result text, by an eighth hand",
    "portal": "16: portal listings in their natural mixture, two in five with result text, by a ninth hand",
    "register": "17: register rows of all its acts, a third with result text, by a tenth hand",
    "citizen": "18: listings for citizens with result texts as on their pages, by an eleventh hand",
    "odd": "odd ones and kinds hardly seen before, sought on purpose",
}
#: The newest batches, each by a hand that had seen neither the classifier nor the other names.
NEWEST = ("apart", "plain", "mixed", "texts", "styles", "pages", "years", "portal", "register", "citizen")
#: Batches of the README's table of names alone: the tenth has no other texts. Of older ones no answers are kept.
ALONE = tuple(batch for batch in NEWEST if batch != "plain")
#: Batches with English names, and how the README calls them. Of the fresh ones no answers are kept.
ENGLISH = {"short": "7, short ones", "whole": "8", "apart": "9", "plain": "10", "mixed": "11", "citizen": "18"}
TARGET = (0.95, 0.85)
_OTHER = {
    Nature.HUMAN_SOCIAL: Nature.TRANSACTIONAL,
    Nature.TRANSACTIONAL: Nature.HUMAN_SOCIAL,
    Completeness.COMPLETE: Completeness.PARTIAL,
    Completeness.PARTIAL: Completeness.COMPLETE,
}

Figure = tuple[float, float]


def confidence_table() -> list[str]:
    """Lines of Markdown: decisions by the confidence that the other four fifths gave them, and how many are right."""
    lines = ["| stated confidence | decisions | mean stated | right |", "|---|---|---|---|"]
    upper = " and more"
    for group in reliability(confidence_folds(blind_decisions())):
        span = "abstained" if not group.bound else f"{group.bound:.2f}{upper}"
        upper = f"–{group.bound:.2f}"
        lines.append(f"| {span} | {group.count} | {group.confidence:.3f} | {group.share:.3f} |")
    return lines


def ground_table() -> list[str]:
    """Lines as `rules.yml` has them: each ground's smoothed share of right decisions, and of how many."""
    decisions = [(ground, right) for _, ground, right in blind_decisions()]
    table = confidences(decisions)
    lines = []
    for ground in sorted({ground for ground, _ in decisions}):
        given = [right for one, right in decisions if one == ground]
        lines.append(f"{ground}: {table[ground]:.2f}  # {sum(given)} of {len(given)}")
    return lines


def blind_row(batch: str) -> str:
    """A batch's line of the README's table of batches, from what the coder said before it learned from that batch."""
    cells = []
    for axis in AXES:
        for lang in LANGS:
            known = _blind(batch, lang, axis)
            truths = [row[axis] for row in rows_of(batch, lang)]
            cells.append(in_words(figure(truths, [_answer(*one) for one in zip(truths, known, strict=True)])))
    counts = ", ".join(str(len(rows_of(batch, lang))) for lang in LANGS)
    return f"| {BLIND[batch]} | {counts} | {' | '.join(cells)} |"


def new_names_row(batch: str) -> str:
    """The same of those names of a batch alone that no older batch has."""
    pairs = {(axis, lang): _of_new_names(batch, lang, axis) for axis in AXES for lang in LANGS}
    cells = [in_words(figure(*zip(*one, strict=True))) for one in pairs.values()]
    counts = ", ".join(str(len(pairs[AXES[0], lang])) for lang in LANGS)
    return f"| – its names that no older batch has | {counts} | {' | '.join(cells)} |"


def newest_table() -> list[str]:
    """Lines of Markdown: what the coder said of the newest batches' new names before it learned from them."""
    lines = ["| newest names | n | nature | completeness |", "|---|---|---|---|"]
    for lang, called in ((Lang.RU, "Russian"), (Lang.KK, "Kazakh")):
        pairs = [[pair for batch in NEWEST for pair in _of_new_names(batch, lang, axis)] for axis in AXES]
        cells = [in_words(figure(*zip(*one, strict=True))) for one in pairs]
        lines.append(f"| {called} | {len(pairs[0])} | {' | '.join(cells)} |")
    return lines


def _of_new_names(batch: str, lang: Lang, axis: str) -> list[tuple[str, str]]:
    """(code by hand, code by the machine) of a batch's names that no batch before it has."""
    older = {row["name"] for which in BATCHES[: BATCHES.index(batch)] for row in rows_of(which, lang)}
    rows = zip(rows_of(batch, lang), _blind(batch, lang, axis), strict=True)
    return [(row[axis], _answer(row[axis], known)) for row, known in rows if row["name"] not in older]


def _blind(batch: str, lang: Lang, axis: str) -> list[tuple[str, bool]]:
    """(ground, right) for the rows of a batch, in their order; the file has them so, one batch in parts."""
    rows = [row for row in _answers("blind") if (row["batch"], row["lang"], row["axis"]) == (batch, lang, axis)]
    if [row["name"] for row in rows] != [row["name"] for row in rows_of(batch, lang)]:
        raise ValueError(f"blind.csv has other names than {batch}_{lang}.csv")
    return [(row["ground"], row["right"] == "1") for row in rows]


def _answer(truth: str, known: tuple[str, bool]) -> str:
    """What was said: of two codes the other where it was wrong, unless it abstained."""
    ground, right = known
    if right:
        return truth
    return (
        "unclear" if ground == "none" else str(_OTHER[Nature(truth) if truth in set(Nature) else Completeness(truth)])
    )


def alone_row(batch: str) -> str:
    """A batch's line of the README's table of names alone, as the coder answered before it learned from the batch."""
    cells = [in_words(_at_the_time(batch, lang, axis)) for axis in AXES for lang in LANGS]
    return f"| {BLIND[batch].split(':')[0]} | {' | '.join(cells)} |"


def english_row(batch: str) -> str:
    """A batch's line of the README's table of English names, as the coder answered at the time."""
    cells = [in_words(_at_the_time(batch, Lang.EN, axis)) for axis in AXES]
    return f"| {ENGLISH[batch]} | {len(rows_of(batch, Lang.EN))} | {' | '.join(cells)} |"


def wrong_now(batch: str) -> list[list[str]]:
    """The lines of `alone.csv` for a batch, as the coder of today answers it: to be taken before it learns from it."""
    coder = Coder.load()
    lines = []
    for lang in Lang:
        for axis in AXES if (NAMES / f"{batch}_{lang}.csv").exists() else ():
            for row in rows_of(batch, lang):
                result = row["result"] if lang is Lang.EN else ""
                said = str(getattr(coder.code(CodingInput(row["name"], result, lang=lang)), axis))
                lines += [[batch, str(lang), axis, row["name"], said]] if said != row[axis] else []
    return lines


def _at_the_time(batch: str, lang: Lang, axis: str) -> Figure:
    """What was right of a batch: the file has only what was wrong."""
    wrong = {
        row["name"]: row["said"]
        for row in _answers("alone")
        if (row["batch"], row["lang"], row["axis"]) == (batch, lang, axis)
    }
    rows = rows_of(batch, lang)
    strangers = wrong.keys() - {row["name"] for row in rows}
    if strangers:
        raise ValueError(f"alone.csv has names that {batch}_{lang}.csv has not: {', '.join(sorted(strangers))}")
    return figure([row[axis] for row in rows], [wrong.get(row["name"], row[axis]) for row in rows])


@cache
def _answers(file: str) -> list[dict[str, str]]:
    with (NAMES / f"{file}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def by_name_alone(batch: str) -> str:
    """What the coder of today says of a batch without result text and category; it has learned from these names."""
    coder = Coder.load(LANGS)
    cells = []
    for axis in AXES:
        for lang in LANGS:
            rows = rows_of(batch, lang)
            machine = [str(getattr(coder.code(CodingInput(row["name"], lang=lang)), axis)) for row in rows]
            cells.append(in_words(figure([row[axis] for row in rows], machine)))
    counts = ", ".join(str(len(rows_of(batch, lang))) for lang in LANGS)
    return f"| – the same by name alone, learned from since | {counts} | {' | '.join(cells)} |"


def target_row(rows: Iterable[str]) -> str:
    """The README's last line: for each column of its table, on which rows the target is met and on which it is missed.

    A row is named by what stands before its colon, else by its first word. Lines that begin with a dash look at a batch
    once more and do not count.
    """
    parted = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows if "| –" not in row]
    verdicts = []
    for column in range(2, 6):
        met: dict[bool, list[str]] = {True: [], False: []}
        for cells in parted:
            percent, kappa = cells[column].replace("%", "").split(", ")
            reached = float(percent) / 100 >= TARGET[0] and float(kappa) >= TARGET[1]
            met[reached].append(cells[0].split(":")[0] if ":" in cells[0] else cells[0].split()[0])
        verdicts.append(
            "; ".join(f"{word} on {', '.join(met[ok])}" for ok, word in ((True, "met"), (False, "missed")) if met[ok])
        )
    return f"| **target {TARGET[0]:.0%}, {TARGET[1]}** | | {' | '.join(verdicts)} |"


def rows_of(batch: str, lang: Lang) -> list[dict[str, str]]:
    """The rows of a batch in one language."""
    with (NAMES / f"{batch}_{lang}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def figure(people: Sequence[str], machine: Sequence[str]) -> Figure:
    """Percent agreement (0–1) and Cohen's kappa."""
    found = agreement(people, machine, draws=10)
    return found.percent.value, found.kappa.value


def in_words(given: Figure) -> str:
    """As the README writes a figure."""
    return f"{given[0] * 100:.1f}%, {given[1]:.2f}" if given[0] < 1 else "100%, 1.00"


def run() -> None:
    """Prints all that the README and `rules.yml` have of it."""
    print(
        "\n".join(confidence_table()),
        "",
        *newest_table(),
        "",
        *map(blind_row, BLIND),
        *map(new_names_row, NEWEST[2:]),
        by_name_alone("batch5"),
        "",
        *map(alone_row, ALONE),
        "",
        *map(english_row, ENGLISH),
        "",
        *ground_table(),
        sep="\n",
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        csv.writer(sys.stdout, lineterminator="\n").writerows(wrong_now(sys.argv[1]))
    else:
        run()
