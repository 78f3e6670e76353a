"""What the charts show and say, in the words of a language: data from the records, one message each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.account.records import SIGNS, Account, TermName, Unit
from auditor.measure.compute import TWO_BY_TWO
from reports.charts import Drawing, axis_floor, bars, boxes, draw, series, waterfall
from reports.contexts.base import ChartView
from reports.views.facts import Group
from reports.views.groups import group_name
from reports.views.here import Here, Site
from reports.views.series import figure_of
from reports.views.wording import CODES, TERMS, word

#: How many ministries a chart shows: more would be too small to read; the table has all.
MOST_BARS = 15
_NAME = 46


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart that was drawn, with what every page needs to show it."""

    name: str
    title: str
    alt: str
    size: tuple[int, int]

    def at(self, here: Here) -> ChartView:
        """The chart as seen from a page."""
        folder = f"../{here.up}charts/{here.words.lang}/{self.name}"
        return ChartView(self.title, self.alt, f"{folder}.svg", f"{folder}.png", f"{folder}.csv", *self.size)


def draw_all(site: Site, out: Path) -> dict[str, Drawn]:
    """Draw every chart of one language below `out/charts/LANG`, by name. Raises OSError."""
    folder = out / "charts" / site.words.lang
    drawn = {}
    for drawing, title, alt in _drawings(site):
        drawn[drawing.name] = Drawn(drawing.name, title, alt, draw(drawing, folder))
    return drawn


def _drawings(site: Site) -> Iterable[tuple[Drawing, str, str]]:
    report = site.facts.report
    if report.now is None:
        return
    last = report.accounts[-1] if report.accounts and report.accounts[-1].end is report.years[-1] else None
    if last is not None:
        for digitised, name in ((False, "rows"), (True, "digitised")):
            taken = last.accounts.get((Unit.ROWS, digitised))
            if taken is not None and any(one.value or one.low != one.high for one in taken.terms.values()):
                yield _waterfall(site, taken, name, (str(last.start.year), str(last.end.year)))
    if sum(one.audit is not None for one in report.years) > 1:
        yield _series(site)
    yield _boxes(site)
    for dimension, name in (("regulator", "ministries"), ("section", "sections")):
        yield _groups(site, site.facts.groups[dimension], name)


def _waterfall(site: Site, taken: Account, name: str, years: tuple[str, str]) -> tuple[Drawing, str, str]:
    words = site.words
    steps: list[dict[str, Any]] = [_total(site, years[0], taken.start)]
    level = taken.start
    for term in TermName:
        found = taken.terms[term]
        if not found.value and found.low == found.high:
            continue
        sign = SIGNS[term]
        after = level + sign * found.value
        least, most = sorted((level + sign * found.low, level + sign * found.high))
        amounts = sorted((sign * found.low, sign * found.high))
        steps.append(
            {"label": words.say(TERMS[term][0]), "kind": "up" if after >= level else "down", "low": min(level, after),
             "high": max(level, after), "text": words.signed(sign * found.value), "least": least, "most": most,
             "amount": sign * found.value, "least_amount": amounts[0], "most_amount": amounts[1]}
        )  # fmt: skip
        level = after
    steps.append(_total(site, years[1], taken.end))
    growth, real = words.signed(taken.growth), words.signed(taken.real_growth)
    floor = axis_floor(steps)
    if taken.digitised:
        title = words.say(
            "Digitised entries: register growth %(growth)s, real growth %(real)s", growth=growth, real=real
        )
    else:
        title = words.say("All entries: register growth %(growth)s, real growth %(real)s", growth=growth, real=real)
    if floor:
        title += " " + words.say("(the axis begins at %(n)s)", n=words.number(floor))
    said = "; ".join(f"{step['label']}: {step['text']}" for step in steps)
    header = (words.say("step"), words.say("amount"), words.say("least"), words.say("most"))
    return waterfall(name, header, steps), title, f"{title}. {said}."


def _total(site: Site, label: str, value: int) -> dict[str, Any]:
    amounts = {"amount": value, "least_amount": value, "most_amount": value}
    text = site.words.number(value)
    return {
        "label": label,
        "kind": "total",
        "low": 0,
        "high": value,
        "text": text,
        "least": value,
        "most": value,
    } | amounts


def _series(site: Site) -> tuple[Drawing, str, str]:
    words = site.words
    labels = {
        "count": words.say("entries"),
        "digitised": words.say("digitised"),
        "core_complete": words.say("human, complete, digitised"),
    }
    lines: list[dict[str, Any]] = []
    breaks = []
    for measure, label in labels.items():
        part = 0
        for one in site.facts.report.years:
            figure = figure_of(one.audit, measure, "") if one.audit else None
            if figure is None:
                part += 1
                continue
            lines.append({"year": one.year, "label": label, "value": figure.value, "part": f"{label} {part}",
                          "last": False, "end": ""})  # fmt: skip
        mine = [line for line in lines if line["label"] == label]
        if mine:
            mine[-1]["last"] = True
            mine[-1]["end"] = f"{label} {words.number(mine[-1]['value'])}"
    breaks = [{"year": one.year} for one in site.facts.report.years if one.breaks]
    first, last = lines[0], [line for line in lines if line["last"]]
    title = words.say("The register over the years; dashed lines mark breaks in the series")
    said = "; ".join(f"{line['year']}: {line['end']}" for line in last)
    alt = f"{title}. {first['year']}: {first['label']} {words.number(first['value'])}; {said}."
    return series("series", (words.say("year"), words.say("figure"), words.say("value")), lines, breaks), title, alt


def _boxes(site: Site) -> tuple[Drawing, str, str]:
    words, now = site.words, site.facts.report.now
    figures = {figure.cell: figure for figure in now.measured["two_by_two"].cells} if now else {}
    cells = [
        {"row": word(words, CODES, nature), "column": word(words, CODES, step), "value": figures[cell].value,
         "text": f"{words.number(figures[cell].value)} ({words.percent(figures[cell].share or 0.0, 0)})",
         "core": cell == "human_social/complete"}
        for cell, nature, step in TWO_BY_TWO
    ]  # fmt: skip
    title = words.say("What the entries deliver, and how far")
    said = "; ".join(f"{one['row']}, {one['column']}: {one['text']}" for one in cells)
    header = (words.say("nature"), words.say("completeness"), words.say("entries"))
    return boxes("two-by-two", header, cells), title, f"{title}. {said}."


def _groups(site: Site, groups: tuple[Group, ...], name: str) -> tuple[Drawing, str, str]:
    words = site.words
    here = site.at("index.html")
    parts: list[dict[str, Any]] = []
    for group in groups[:MOST_BARS]:
        core = group.parts.get(("core_complete", ""))
        digital = group.parts.get(("digitised", ""))
        count = group.parts["count", ""].value
        value = digital.value if digital else 0
        text = f"{words.number(value)} / {words.number(count)}"
        if core is not None:
            text += f" · {words.number(core.value)}"
        parts.append({"label": _short(group_name(here, group), parts), "whole": count, "part": value, "text": text})
    if name == "ministries":
        title = words.say("Digitised / all entries · of these human, complete and digitised, by ministry")
    else:
        title = words.say("Digitised / all entries · of these human, complete and digitised, by section")
    said = "; ".join(f"{one['label']}: {one['text']}" for one in parts)
    header = (words.say("name"), words.say("entries"), words.say("digitised"))
    return bars(name, header, parts), title, f"{title}. {said}."


def _short(name: str, before: Iterable[Mapping[str, Any]]) -> str:
    """A name that fits beside a bar; two that begin alike stay two."""
    short = name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…"
    taken = {str(one["label"]) for one in before}
    number = 2
    unique = short
    while unique in taken:
        unique, number = f"{short} ({number})", number + 1
    return unique
