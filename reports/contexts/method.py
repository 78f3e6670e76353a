"""Pages on how the figures came about: method, codebook, cards, dictionary, limits, corrections, editions, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from reports.contexts.base import Frame, Linked, NavItem


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading with paragraphs."""

    id: Annotated[str, "Id on the page."]
    heading: Annotated[str, "The heading."]
    paragraphs: Annotated[tuple[str, ...], "Its paragraphs."]


@dataclass(frozen=True, slots=True)
class TextPage:
    """Method and limits: prose."""

    frame: Annotated[Frame, "What stands round the page."]
    passages: Annotated[tuple[Passage, ...], "The text."]
    not_read: Annotated[tuple[tuple[str, str, str], ...], "(what, outcome, detail) of what could not be read."]
    issues: Annotated[tuple[tuple[str, str, str], ...], "(issue code, meaning, count) of what was not understood."]
    show_gaps: Annotated[bool, "Whether the page lists what was not read and not understood."]


@dataclass(frozen=True, slots=True)
class CodebookPage:
    """The codebook in words."""

    frame: Annotated[Frame, "What stands round the page."]
    version: Annotated[str, "Its version, and how sure the codes are."]
    axes: Annotated[tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...], "(axis, its (code, word, meaning))."]
    guidance: Annotated[tuple[str, ...], "How to go about coding; examples to compare with."]
    rules: Annotated[tuple[tuple[str, str], ...], "(rule id, the whole rule)."]


@dataclass(frozen=True, slots=True)
class CardView:
    """One measure's card."""

    id: Annotated[str, "The measure's stable id."]
    title: Annotated[str, "Its name."]
    lines: Annotated[tuple[tuple[str, str], ...], "(what, words) from formula to breaks."]
    value: Annotated[Linked, "Its value on the audit date, or that there is none."]
    corrected: Annotated[tuple[Linked, ...], "Its corrections: when, from what, to what, with the way to each."] = ()


@dataclass(frozen=True, slots=True)
class CardsPage:
    """The indicator cards."""

    frame: Annotated[Frame, "What stands round the page."]
    cards: Annotated[tuple[CardView, ...], "The cards."]


@dataclass(frozen=True, slots=True)
class DictionaryPage:
    """The data dictionary."""

    frame: Annotated[Frame, "What stands round the page."]
    files: Annotated[tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...], "(view, about, its (column, meaning))."]


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """One published correction."""

    id: Annotated[str, "Id of the row: the address of what was said, for good."]
    at: Annotated[str, "When it was published."]
    figure: Annotated[str, "The figure in words."]
    code: Annotated[str, "The figure's id: what to cite."]
    day: Annotated[str, "The figure's audit date, and the language of the text that it counts."]
    old: Annotated[str, "What was said."]
    new: Annotated[Linked, "What is right, with the way to its entries where the report has them."]
    reason: Annotated[str, "Why."]
    noticed_by: Annotated[str, "Who noticed."]


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """Published corrections, newest first."""

    frame: Annotated[Frame, "What stands round the page."]
    rows: Annotated[tuple[CorrectionView, ...], "The corrections."]


@dataclass(frozen=True, slots=True)
class EditionView:
    """One edition that was read, and how to check it."""

    id: Annotated[str, "Id of the row."]
    act: Annotated[str, "The act."]
    day: Annotated[str, "Day from which it is in force."]
    rows: Annotated[str, "Rows that carry a service, and excluded ones."]
    state: Annotated[str, "Good, or who accepted it and why."]
    address: Annotated[str, "The address it was captured from, as text."]
    href: Annotated[str, "The same as a link if it is a web address, else empty."]
    captured: Annotated[str, "When it was captured, in Almaty time and UTC."]
    sha256: Annotated[str, "sha256 of the page's body."]
    record: Annotated[str, "WARC file and byte offset."]
    provenance: Annotated[str, "Harvested or imported, in words."]
    copy: Annotated[str, "Way to the kept page in the report; empty when it is only cited."]


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """The editions that were read."""

    frame: Annotated[Frame, "What stands round the page."]
    rows: Annotated[tuple[EditionView, ...], "The editions, oldest first."]


@dataclass(frozen=True, slots=True)
class FilesPage:
    """Data to take away."""

    frame: Annotated[Frame, "What stands round the page."]
    files: Annotated[tuple[tuple[str, str, str], ...], "(way, name, what it holds)."]
    charts: Annotated[tuple[tuple[str, tuple[NavItem, ...]], ...], "(title, ways to its files) of each chart."]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A kept page shown offline, shared by all interface languages: its labels stand in each of them."""

    url: Annotated[str, "The address it was captured from."]
    captured: Annotated[str, "When, in Almaty time and UTC."]
    sha256: Annotated[str, "sha256 of the body."]
    provenance: Annotated[str, "Harvested or imported, in the three languages."]
    warc: Annotated[str, "WARC file."]
    offset: Annotated[str, "Byte at which its record starts."]
    run: Annotated[str, "The run that captured it."]
    release: Annotated[str, "Id of the release; empty before there is one."]
    text_lang: Annotated[str, "BCP 47 tag of the page's own text; empty when unknown."]
    body: Annotated[str, "The page's own text and tables, made of nothing but plain elements."]


@dataclass(frozen=True, slots=True)
class ChooserPage:
    """The report's first page: which language to read it in."""

    title: Annotated[str, "Title of the page."]
    languages: Annotated[tuple[tuple[NavItem, str], ...], "(front page, the report's title) by language."]
    release: Annotated[str, "Id of the release; empty before there is one."]
