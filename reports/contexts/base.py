"""Parts that pages share: the frame round every page, linked numbers, objections, rows of entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place in the navigation or among the languages."""

    href: Annotated[str, "Where it leads, relative to the page."]
    text: Annotated[str, "What is shown."]
    current: Annotated[bool, "Whether it is the page itself."]
    lang: Annotated[str, "BCP 47 tag of the text where it is another language's, else empty."] = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands round every page."""

    lang: Annotated[str, "BCP 47 tag of the interface."]
    text_lang: Annotated[str, "BCP 47 tag of the official texts that the figures count."]
    title: Annotated[str, "Title of the page."]
    top: Annotated[str, "Way from the page to the report's folder, with a slash at its end, or empty."]
    home: Annotated[str, "Way from the page to the front page of its language."]
    nav: Annotated[tuple[NavItem, ...], "The parts of the report."]
    languages: Annotated[tuple[NavItem, ...], "The same page in each interface language."]
    as_of: Annotated[str, "The audit date in words."]
    release: Annotated[str, "Id of the release that the figures stand in; empty before there is one."]
    root: Annotated[str, "Root of the tree of evidence that the figures rest on; empty before there is one."]
    stamped: Annotated[str, "Time stamp that covers the root: when, by whom, its file; empty where there is none."]
    sample: Annotated[str, "Says that the pages are a sample or test data; empty for real pages."]
    feeds: Annotated[tuple[NavItem, ...], "The feeds of the page's language."]


@dataclass(frozen=True, slots=True)
class Linked:
    """A number or words with the way to what is behind it."""

    text: Annotated[str, "What is shown."]
    href: Annotated[str, "What is behind it, relative to the page; empty for words."] = ""


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """What can be said against a headline, and under which setting it fails."""

    setting: Annotated[str, "The setting in words: unit of count, linker, coder."]
    text: Annotated[str, "The objection with its numbers."]
    verdict: Annotated[str, "Whether the headline fails, holds or is open under it, in words."]
    fails: Annotated[bool, "Whether the headline fails or is open: marked."]


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure with its share, bounds, interval and objections."""

    id: Annotated[str, "The measure's id, with its cell: what to cite."]
    title: Annotated[str, "What is counted."]
    value: Annotated[Linked, "The count with the way to its entries."]
    share: Annotated[str, "The share with its denominator; empty without one."]
    change: Annotated[str, "Change on the year before; empty where there is none."]
    bounds: Annotated[str, "The least and the most over undecided links or codings; empty where it is certain."]
    interval: Annotated[str, "The 95% interval of the corrected share, or that there is none."]
    also: Annotated[tuple[str, ...], "Numbers that are no counts and remarks, in words."]
    caveat: Annotated[str, "What the card says against it."]
    card: Annotated[str, "Way to the measure's card."]
    objections: Annotated[tuple[ObjectionView, ...], "Computed objections, strongest first."] = ()
    corrected: Annotated[tuple[Linked, ...], "Its corrections: when, from what, to what, with the way to each."] = ()


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of a two-by-two."""

    value: Annotated[Linked, "The count with the way to its entries."]
    share: Annotated[str, "Its share of the whole."]
    tone: Annotated[str, "CSS class: how much of the whole the cell holds, in five steps."]


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Nature down, completeness across."""

    caption: Annotated[str, "What is taken apart."]
    transactional_complete: Annotated[CellView, "Transactional and complete."]
    transactional_partial: Annotated[CellView, "Transactional and partial."]
    human_complete: Annotated[CellView, "Human or social and complete."]
    human_partial: Annotated[CellView, "Human or social and partial."]
    unclear: Annotated[CellView, "Entries the coder abstained on, on either axis."]


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart as it stands on a page."""

    title: Annotated[str, "The chart's one message."]
    alt: Annotated[str, "The same in words for who does not see it."]
    svg: Annotated[str, "Way to the SVG file."]
    png: Annotated[str, "Way to the PNG file."]
    csv: Annotated[str, "Way to the chart's data."]
    width: Annotated[int, "Width in pixels."]
    height: Annotated[int, "Height in pixels."]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry in a table: what the source says and how it is coded."""

    id: Annotated[str, "Id of the row on its page."]
    classes: Annotated[str, "CSS classes: the figures of the page that count it."]
    code: Annotated[str, "The register's code or the portal's slug."]
    name: Annotated[str, "The official name in its own language."]
    lang: Annotated[str, "BCP 47 tag of the official texts."]
    href: Annotated[str, "Way to the service's page; empty when it has none."]
    group: Annotated[str, "Section and life situation, or the portal's category."]
    form: Annotated[str, "Delivery form as written; empty where there is none."]
    coded: Annotated[str, "How it is coded, in words."]
    rules: Annotated[str, "Codebook rules that decided."]
    evidence: Annotated[str, "Way to the kept page that names the entry; empty when it is not in the report."]
    detail: Annotated[str, "What a measure says of the entry, in words; empty when nothing."] = ""
