"""The waterfall: its steps can be seen beside large totals, and a reader is told where the axis begins."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from auditor.account.compute import account
from auditor.account.records import Unit
from auditor.coding.codebook import rules_in_words
from reports.build import build, languages_wanted
from reports.charts import axis_floor, draw, waterfall
from tests.reports.records import body_of, small_report


def bar(kind: str, low: float, high: float) -> dict[str, Any]:
    return {"label": kind, "kind": kind, "low": low, "high": high, "least": low or high, "most": high, "text": ""}


def bar_of(kind: str, low: float, high: float) -> dict[str, Any]:
    return {**bar(kind, low, high), "amount": high - low, "least_amount": high - low, "most_amount": high - low}


def test_the_axis_begins_near_small_steps_of_large_totals_and_at_zero_otherwise() -> None:
    steps = [bar("total", 0, 1288), bar("up", 1288, 1312), bar("down", 1300, 1312), bar("total", 0, 1300)]
    floor = axis_floor(steps)
    assert 1200 < floor < 1288
    assert (1312 - 1288) / (1312 - floor) > 0.25, "a step takes a good part of the picture"
    assert axis_floor([bar("total", 0, 40), bar("up", 40, 90), bar("total", 0, 90)]) == 0
    assert axis_floor([bar("total", 0, 40), bar("total", 0, 40)]) == 0


def test_between_two_dates_of_one_edition_there_is_no_waterfall_but_a_sentence(tmp_path: Path) -> None:
    report = small_report()
    end = report.years[-1]
    assert end.audit is not None
    start = dataclasses.replace(report.years[-2], audit=end.audit)
    rows = [row.entry for row in end.audit.snapshot.entries]
    accounts = {
        (unit, digital): account(rows, rows, (), unit, digitised=digital) for unit in Unit for digital in (False, True)
    }
    years = (*report.years[:-2], start, end)
    same = dataclasses.replace(
        report,
        years=years,
        accounts=(dataclasses.replace(report.accounts[0], start=start, end=end, accounts=accounts),),
    )
    out = build(same, body_of, languages_wanted(("en",), rules_in_words), tmp_path / "site").parent
    assert not (out / "charts/en/rows.svg").exists()
    front = BeautifulSoup((out / "en/index.html").read_text(encoding="utf-8"), "lxml")
    assert not front.select(".chart")
    growth = BeautifulSoup((out / "en/growth.html").read_text(encoding="utf-8"), "lxml")
    assert "nothing came, went or changed" in growth.text
    assert not growth.select("#rows details"), "a term without anything behind it needs no line of its own"
    assert "Zero: births, deaths, splits, mergers, scope." in growth.select_one("#rows").text  # type: ignore[union-attr]
    for name in ("changes", "label-flips"):
        page = BeautifulSoup((out / f"en/{name}.html").read_text(encoding="utf-8"), "lxml")
        assert "Both dates have the same edition in force" not in page.text, "no other account tells an earlier change"


def test_a_number_stands_above_its_whisker(tmp_path: Path) -> None:
    steps = [bar_of("total", 0, 40), {**bar_of("up", 40, 60), "text": "+20"}]
    at = []
    for most in (60, 75):
        told = [steps[0], {**steps[1], "least": 60, "most": most}, bar_of("total", 0, 100)]
        draw(waterfall("rows", ("step", "n", "least", "most"), told), tmp_path)
        drawn = (tmp_path / "rows.svg").read_text(encoding="utf-8")
        label = re.search(r'translate\([\d.]+,([\d.]+)\)"[^>]*>\+20<', drawn)
        assert label
        at.append(float(label[1]))
    assert at[1] < at[0] - 20, "fifteen units higher, of a hundred in 280 pixels"


def test_a_chart_is_the_same_bytes_whatever_was_drawn_before_it(tmp_path: Path) -> None:
    drawing = waterfall("rows", ("step", "n", "least", "most"), [bar_of("total", 0, 40), bar_of("up", 40, 60)])
    draw(drawing, tmp_path / "first")
    draw(drawing, tmp_path / "second")
    first, second = ((tmp_path / folder / "rows.svg").read_text(encoding="utf-8") for folder in ("first", "second"))
    assert first == second
    clips = re.findall(r'id="(clip\d+)"', first)
    assert clips
    assert set(re.findall(r"url\(#(clip\d+)\)", first)) <= set(clips), "what is cut is cut by a path of its own file"
