"""The yearly report as one document: what stands in it, block after block, whatever file it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from reports.contexts.base import FigureView


@dataclass(frozen=True, slots=True)
class Heading:
    """The beginning of a part."""

    kind: ClassVar[str] = "heading"
    text: Annotated[str, "Its words."]
    level: Annotated[int, "1 for a part, 2 for a part of it."] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    kind: ClassVar[str] = "paragraph"
    text: Annotated[str, "Its words."]
    style: Annotated[str, "body, lead, notice, objection, or fails: an objection under which the headline fails."] = (
        "body"
    )


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences one below the other."""

    kind: ClassVar[str] = "bullets"
    items: Annotated[tuple[str, ...], "The sentences."]


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """One headline figure with definition, interval and objections."""

    kind: ClassVar[str] = "figure"
    view: Annotated[FigureView, "The figure as the site shows it."]
    lines: Annotated[tuple[str, ...], "Change, bounds, interval, remarks, caveat: one line each."]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: Annotated[str, "What it says."]
    note: Annotated[str, "The small print below it; empty without."] = ""
    lang: Annotated[str, "BCP 47 tag of the text where it is an official one, else empty."] = ""
    tone: Annotated[str, "How dark it is, t0 to t4, as on the site; empty for paper."] = ""
    span: Annotated[int, "How many columns it takes up."] = 1


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column."""

    text: Annotated[str, "What the column holds."]
    number: Annotated[bool, "Whether it holds numbers, which stand on the right."] = False
    share: Annotated[int, "What it gets of the room that words leave, beside the others."] = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: Annotated[tuple[Cell, ...], "Its cells in the columns' order; their spans add up to the columns."]
    strong: Annotated[bool, "Whether it is a total."] = False
    apart: Annotated[bool, "Whether a break parts it from the row above."] = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    kind: ClassVar[str] = "table"
    caption: Annotated[str, "What it shows; empty where the heading says so."]
    columns: Annotated[tuple[Column, ...], "Its columns."]
    rows: Annotated[tuple[Row, ...], "Its rows."]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart."""

    kind: ClassVar[str] = "picture"
    name: Annotated[str, "Name of its files, without suffix."]
    title: Annotated[str, "Its one message."]
    alt: Annotated[str, "The same in words for who does not see it."]
    size: Annotated[tuple[int, int], "Width and height in pixels."]


Block = Heading | Paragraph | Bullets | FigureBlock | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document in one language."""

    lang: Annotated[str, "BCP 47 tag of the document."]
    title: Annotated[str, "Its title."]
    subtitle: Annotated[str, "What it is an audit of."]
    day: Annotated[date, "The audit date."]
    as_of: Annotated[str, "The same in words."]
    contents: Annotated[str, "The word for a list of contents."]
    about: Annotated[tuple[str, ...], "Release, root of the evidence, how it was made: the small print."]
    foot: Annotated[str, "What stands at the foot of each page beside its number."]
    blocks: Annotated[tuple[Block, ...], "What it says."]
