"""Charts by Altair, drawn to SVG and PNG by vl-convert: one chart one message, the same bytes for the same data.

Colours are told apart by the colour-blind and in grey print (blue, orange and grey of Okabe and Ito). The font is one
with Kazakh letters that every system has or replaces by one of the same widths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from auditor.tables import write_csv

FONT = "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif"
BLUE, ORANGE, GREY, INK = "#0072b2", "#d55e00", "#8a9099", "#1b1e23"
WIDTH = 660
_PNG_SCALE = 2.0
_CLIP = re.compile(r"(?<=id=\")clip\d+(?=\")|(?<=url\(#)clip\d+(?=\))")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart to be drawn: its specification, its data as a table, its size in pixels."""

    name: str
    chart: alt.TopLevelMixin
    header: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def draw(drawing: Drawing, folder: Path) -> tuple[int, int]:
    """Write `NAME.svg`, `NAME.png` and `NAME.csv` below `folder`; width and height in pixels. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    spec = drawing.chart.to_dict()
    svg = _renumbered(vl_convert.vegalite_to_svg(spec))
    (folder / f"{drawing.name}.svg").write_text(svg + "\n", encoding="utf-8", newline="\n")
    (folder / f"{drawing.name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=_PNG_SCALE))
    write_csv(folder / f"{drawing.name}.csv", drawing.header, drawing.rows)
    width, height = (svg.split(f'{side}="', 1)[1].split('"', 1)[0] for side in ("width", "height"))
    return round(float(width)), round(float(height))


def _renumbered(svg: str) -> str:
    """Clip paths numbered from one in order of appearance: the renderer counts on through all charts of a process."""
    seen: dict[str, str] = {}
    return _CLIP.sub(lambda found: seen.setdefault(found[0], f"clip{len(seen) + 1}"), svg)


def waterfall(name: str, header: tuple[str, ...], bars: Sequence[Row]) -> Drawing:
    """Steps from one count to another. Bars: label, kind (total, up, down), low, high, text, least, most."""
    order = [str(bar["label"]) for bar in bars]
    values = _data(bars)
    _, high = _span(bars)
    axis_low = axis_floor(bars)
    base = alt.Chart(values, width=WIDTH, height=280).encode(
        x=alt.X("label:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, labelLimit=130, labelFontSize=13)),
    )
    scale = alt.Scale(domain=[axis_low, _ceiling(axis_low, high)], zero=False, nice=False)
    colours = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["total", "up", "down"], range=[GREY, BLUE, ORANGE])
    )
    body = (
        base.transform_calculate(floor=f"max(datum.low, {axis_low})")
        .mark_bar(size=46, clip=True)
        .encode(
            y=alt.Y("floor:Q", scale=scale, axis=alt.Axis(title=None, tickCount=5, labelFontSize=12)),
            y2=alt.Y2("high:Q"),
            color=colours,
        )
    )
    whisker = (
        base.transform_filter("datum.least < datum.most")
        .mark_rule(strokeWidth=2, color=INK)
        .encode(y=alt.Y("least:Q", scale=scale), y2=alt.Y2("most:Q"))
    )
    # Above the whisker too: a number that a line runs through cannot be read.
    text = (
        base.transform_calculate(top="max(datum.high, datum.most)")
        .mark_text(dy=-9, fontSize=15, fontWeight="bold", color=INK)
        .encode(y=alt.Y("top:Q", scale=scale), text="text:N")
    )
    rows = [[bar["label"], bar["amount"], bar["least_amount"], bar["most_amount"]] for bar in bars]
    return Drawing(name, _styled(body, whisker, text), header, rows)


def series(name: str, header: tuple[str, ...], lines: Sequence[Row], breaks: Sequence[Row]) -> Drawing:
    """Lines over the years, told apart by colour, dash and a label at their end. Lines: year, label, value.

    Breaks: year. A line is broken where a year is missing (`part` counts its pieces).
    """
    labels = list(dict.fromkeys(str(line["label"]) for line in lines))
    colours = [INK, BLUE, ORANGE, GREY][: len(labels)]
    dashes: list[list[int]] = [[1, 0], [1, 0], [6, 3], [2, 2]][: len(labels)]
    years = [int(line["year"]) for line in lines]
    x = alt.X("year:Q", scale=alt.Scale(domain=[min(years), max(years)], nice=False),
              axis=alt.Axis(title=None, format="d", tickMinStep=1, labelFontSize=12, grid=False))  # fmt: skip
    base = alt.Chart(_data(lines), width=WIDTH - 230, height=280)
    body = base.mark_line(point=alt.OverlayMarkDef(size=36), strokeWidth=2.4).encode(
        x=x,
        y=alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=5, labelFontSize=12), scale=alt.Scale(zero=True)),
        color=alt.Color("label:N", sort=labels, legend=None, scale=alt.Scale(domain=labels, range=colours)),
        strokeDash=alt.StrokeDash("label:N", sort=labels, legend=None, scale=alt.Scale(domain=labels, range=dashes)),
        detail="part:N",
    )
    ends = (
        base.transform_filter("datum.last")
        .mark_text(align="left", dx=9, fontSize=13, limit=270)
        .encode(
            x=x,
            y="value:Q",
            text="end:N",
            color=alt.Color("label:N", legend=None, scale=alt.Scale(domain=labels, range=colours)),
        )
    )
    layers: list[alt.Chart] = [body, ends]
    if breaks:
        rule = alt.Chart(_data(breaks))
        layers.insert(0, rule.mark_rule(strokeDash=[3, 3], color=GREY, strokeWidth=1.5).encode(x=x))
    rows = [[line["year"], line["label"], line["value"]] for line in lines]
    return Drawing(name, _styled(*layers), header, rows)


def boxes(name: str, header: tuple[str, ...], cells: Sequence[Row]) -> Drawing:
    """The two-by-two as areas in proportion. Cells: row, column, value, text."""
    rows = list(dict.fromkeys(str(one["row"]) for one in cells))
    columns = list(dict.fromkeys(str(one["column"]) for one in cells))
    base = alt.Chart(_data(cells), width=420, height=300).encode(
        x=alt.X(
            "column:N",
            sort=columns,
            axis=alt.Axis(title=None, orient="top", labelAngle=0, labelFontSize=14, labelLimit=200),
        ),
        y=alt.Y("row:N", sort=rows, axis=alt.Axis(title=None, labelFontSize=14, labelLimit=220)),
    )
    scale = alt.Scale(domain=[0, max(1.0, *(float(one["value"]) for one in cells))], range=[0, 9000])
    body = base.mark_square(opacity=1).encode(
        size=alt.Size("value:Q", legend=None, scale=scale),
        color=alt.Color("core:N", legend=None, scale=alt.Scale(domain=[False, True], range=["#a9c9de", ORANGE])),
    )
    text = base.mark_text(dy=60, fontSize=17, fontWeight="bold", color=INK).encode(text="text:N")
    told = [[one["row"], one["column"], one["value"]] for one in cells]
    return Drawing(name, _styled(body, text), header, told)


def bars(name: str, header: tuple[str, ...], parts: Sequence[Row]) -> Drawing:
    """Horizontal bars, the counted part over the whole. Parts: label, whole, part, text."""
    order = [str(one["label"]) for one in parts]
    base = alt.Chart(_data(parts), width=WIDTH - 260, height=alt.Step(26)).encode(
        y=alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelFontSize=13, labelLimit=330)),
    )
    x_axis = alt.Axis(title=None, tickCount=5, labelFontSize=12)
    whole = base.mark_bar(color="#cfd6dc", size=17).encode(x=alt.X("whole:Q", axis=x_axis))
    part = base.mark_bar(color=BLUE, size=17).encode(x="part:Q")
    text = base.mark_text(align="left", dx=5, fontSize=12, color=INK).encode(x="whole:Q", text="text:N")
    told = [[one["label"], one["whole"], one["part"]] for one in parts]
    return Drawing(name, _styled(whole, part, text), header, told)


def _data(rows: Sequence[Row]) -> Any:  # noqa: ANN401 - altair's own class is untyped
    return alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]


def _styled(*layers: alt.Chart) -> alt.TopLevelMixin:
    chart: alt.TopLevelMixin = (
        alt.layer(*layers)
        .configure(font=FONT, background="#ffffff", padding=8)
        .configure_view(stroke=None)
        .configure_axis(domainColor="#9aa1a9", tickColor="#9aa1a9", gridColor="#e3e6e9", labelColor=INK)
    )
    return chart


def _span(bars: Sequence[Row]) -> tuple[float, float]:
    """The least and the most that a waterfall's steps reach; of a total its height counts, not its foot at zero."""
    levels = [float(bar[side]) for bar in bars for side in ("high", "least", "most")]
    levels += [float(bar["low"]) for bar in bars if bar["kind"] != "total"]
    return min(levels), max(levels)


def axis_floor(bars: Sequence[Row]) -> int:
    """Where the axis of a waterfall begins: steps must be seen beside large totals. Above 0 a reader must be told."""
    low, high = _span(bars)
    spread = high - low
    below = int(low - spread * 0.6)
    step = 10 if spread > 10 else 1
    return max(0, below // step * step) if spread > 0 and low > spread * 2 else 0


def _ceiling(low: float, high: float) -> float:
    return high + max(1.0, (high - low) * 0.14)
