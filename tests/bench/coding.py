"""Coding distinct entries in Russian and Kazakh, one core. Goal: at least 20,000 a second after warm-up, under 300 MB.

The floor is a plain keyword scan of the same texts: lower case, then a look for each of 200 words in each text.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Callable
from functools import partial

from auditor.coding.coder import Coder
from auditor.records import CodingInput
from crawler.pages.records import Lang
from tests.bench._memory import peak_mb

ENTRIES = 20_000
ROUNDS = 3


def run() -> None:
    """Prints entries a second by language, beside the keyword scan, and the peak of memory of a process of its own."""
    child = multiprocessing.get_context("spawn").Process(target=_measure)
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(f"the bench's child ended with {child.exitcode}")


def _measure() -> None:
    before = time.process_time()
    coder = Coder.load([Lang.RU, Lang.KK])
    print(f"loading lexicons: {time.process_time() - before:.2f} s")
    for lang in (Lang.RU, Lang.KK):
        _one(coder, lang)
    print(f"peak memory {peak_mb():.0f} MB (goal 300)")


def _one(coder: Coder, lang: Lang) -> None:
    inputs = _inputs(coder, lang)
    coder.code_all(_inputs(coder, lang, seed=2))  # warm: nearly every word form was seen, no text was
    rates = [_rate(partial(coder.code_all, inputs[part::ROUNDS]), ENTRIES // ROUNDS) for part in range(ROUNDS)]
    words = sorted({word for one in inputs for word in one.name.lower().split()})[:200]
    scans = [_rate(partial(_scan, inputs, words), ENTRIES) for _ in range(ROUNDS)]
    rate, scan = sorted(rates)[1], sorted(scans)[1]
    spread = f"{min(rates):,.0f}–{max(rates):,.0f}"
    print(f"{lang}: {rate:,.0f} entries/s ({spread}, goal 20,000), keyword scan {scan:,.0f}/s, {scan / rate:.1f} times")
    print(f"{lang}: the same texts again {_rate(partial(coder.code_all, inputs), ENTRIES):,.0f} entries/s")


def _inputs(coder: Coder, lang: Lang, seed: int = 1) -> list[CodingInput]:
    """Distinct entries: real names with a number and a word more, half of them with a result text."""
    lexicon = coder.lexicon(lang)
    names = [example.text for example in lexicon.examples if example.entry.section in ("nature", "completeness")]
    results = [example.text for example in lexicon.examples if example.entry.section == "results"]
    dice = random.Random(seed)
    return [
        CodingInput(
            f"{dice.choice(names)} {number + seed * ENTRIES}", dice.choice(results) if number % 2 else "", lang=lang
        )
        for number in range(ENTRIES)
    ]


def _scan(inputs: list[CodingInput], words: list[str]) -> int:
    found = 0
    for one in inputs:
        text = f"{one.name} {one.result}".lower()
        found += sum(word in text for word in words)
    return found


def _rate(work: Callable[[], object], count: int) -> float:
    # Processor time: a goal per core, whatever else the machine does.
    start = time.process_time()
    work()
    return count / (time.process_time() - start)
