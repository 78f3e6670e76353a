"""Parsing one register page of 1,300 rows × 11 columns (about 2 MB) against bare lxml. Goal: at most 2.5 times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from lxml import etree

from crawler.pages.records import Lang, PageKind, Target
from crawler.pages.register import parse_register
from tests.pages_gen import Spec, register_page

ROUNDS = 15


def _bare(body: bytes) -> list[str]:
    """The floor: lxml builds the tree and gives every cell's text, nothing more."""
    root = etree.fromstring(body, etree.HTMLParser(encoding="utf-8"))
    return ["".join(cell.itertext()) for cell in root.iter("td", "th")]  # type: ignore[arg-type]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run() -> None:
    """Prints the ratio per language: both are timed in turn, so that what else the machine does hits both."""
    for lang in (Lang.RU, Lang.KK):
        body = register_page(Spec(rows=1300, lang=str(lang)))
        target = Target("adilet", PageKind.ACT_TEXT, lang, "V2000019982")
        if len(parse_register(body, target).rows) != 1300:
            raise AssertionError("the page was not read in full")
        pairs = [
            (_seconds(lambda body=body: _bare(body)), _seconds(lambda body=body, to=target: parse_register(body, to)))  # type: ignore[misc]
            for _ in range(ROUNDS)
        ]
        ratios = sorted(full / floor for floor, full in pairs)
        floor, full = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(
            f"{lang}: {len(body) / 1e6:.2f} MB, parse {full * 1000:.0f} ms, bare lxml {floor * 1000:.0f} ms, "
            f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), goal 2.5"
        )
