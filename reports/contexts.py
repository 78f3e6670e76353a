"""What a page is rendered from: frozen, with help on every field. Templates print these and compute nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class FigureView:
    """One number with the way to what is behind it."""

    anchor: Annotated[str, "Id of the list of entries behind the figure, on the same page."]
    title: Annotated[str, "What is counted, in words."]
    value: Annotated[str, "The count, with thin spaces between thousands."]
    share: Annotated[str, "The share as a percentage with its denominator, or an empty text."]
    caveat: Annotated[str, "What to say against the figure."]
    unclear: Annotated[str, "How many entries the coder abstained on, in words; empty when coding is not involved."]


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of the two-by-two."""

    anchor: Annotated[str, "Id of the list of entries behind the cell."]
    value: Annotated[str, "The count."]
    share: Annotated[str, "Its share of all entries."]
    tone: Annotated[str, "CSS class: how much of the whole the cell holds, in five steps."]


@dataclass(frozen=True, slots=True)
class TableView:
    """The two-by-two: nature down, completeness across."""

    transactional_complete: Annotated[CellView, "Transactional and complete."]
    transactional_partial: Annotated[CellView, "Transactional and partial."]
    human_complete: Annotated[CellView, "Human or social and complete."]
    human_partial: Annotated[CellView, "Human or social and partial."]
    unclear: Annotated[CellView, "Entries the coder abstained on, on either axis."]


@dataclass(frozen=True, slots=True)
class Linked:
    """A number in a sentence or a table with the way to what is behind it."""

    text: Annotated[str, "The number with its share, or the words between two numbers."]
    href: Annotated[str, "Page and list of entries behind it; empty for words."]


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One audit date of the series; one without a figure says why."""

    date: Annotated[str, "The audit date."]
    href: Annotated[str, "The page of that date."]
    edition: Annotated[str, "Act and date of the edition in force."]
    unread: Annotated[str, "Later editions in force by then that could not be read; empty when there is none."]
    new_act: Annotated[bool, "Whether the act is another one than in the row before: a break in the series."]
    count: Annotated[Linked | None, "Live entries; None where nothing was observed."]
    digitised: Annotated[Linked | None, "Digitised entries with their share."]
    human: Annotated[Linked | None, "Entries coded human or social with their share."]
    partial: Annotated[Linked | None, "Entries coded partial with their share."]
    core_complete: Annotated[Linked | None, "Human or social, complete and digitised, with the share."]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry or listing: what the source says, how it was coded and why, and where it was read."""

    anchor: Annotated[str, "Id of the row."]
    number: Annotated[str, "Its place in the edition or list."]
    key: Annotated[str, "Its stable address, for `egov-audit explain`."]
    code: Annotated[str, "The register's code, or the portal's slug."]
    name: Annotated[str, "The official name in its own language."]
    section: Annotated[str, "Section and life situation, or the portal's category."]
    form: Annotated[str, "Delivery form as written in the register; the portal has none."]
    nature: Annotated[str, "Axis 1 of the codebook."]
    completeness: Annotated[str, "Axis 2 of the codebook."]
    rules: Annotated[str, "Codebook rules that decided."]
    words: Annotated[str, "The words that triggered them."]
    confidence: Annotated[str, "Confidence of the coding, 0–1."]
    evidence_href: Annotated[str, "The kept page on this disk that names the entry."]
    result_href: Annotated[str, "The kept service page with the result text; empty when there is none."]
    evidence_place: Annotated[str, "Where on the page the row stands."]


@dataclass(frozen=True, slots=True)
class BehindView:
    """The entries behind one figure."""

    anchor: Annotated[str, "Id that the figure links to."]
    title: Annotated[str, "The figure's name."]
    count: Annotated[str, "How many entries."]
    entries: Annotated[tuple[tuple[str, str], ...], "(row anchor, name) of each entry."]


@dataclass(frozen=True, slots=True)
class SubjectView:
    """The register on one date, or the portal in one language: figures, table, entries."""

    id: Annotated[str, "Prefix of the ids in this part."]
    heading: Annotated[str, "Title of the part."]
    origin: Annotated[str, "What it was read from, in one sentence."]
    accepted: Annotated[str, "Who let a doubtful edition count, and why; empty for one that was good by itself."]
    unread: Annotated[str, "What is known to be newer and was not read, in one sentence; empty when there is none."]
    lang: Annotated[str, "BCP 47 tag of the official texts."]
    headline: Annotated[tuple[Linked, ...], "The finding in a sentence, in parts: observation, definition, no intent."]
    figures: Annotated[tuple[FigureView, ...], "The headline figures."]
    table: Annotated[TableView, "The two-by-two."]
    behind: Annotated[tuple[BehindView, ...], "Entries behind each figure."]
    entries: Annotated[tuple[EntryView, ...], "Every entry."]
    has_forms: Annotated[bool, "Whether entries have a delivery form."]


@dataclass(frozen=True, slots=True)
class MethodView:
    """One measure's card, for the method part."""

    id: Annotated[str, "The measure's stable id."]
    title: Annotated[str, "Its name."]
    formula: Annotated[str, "How it is counted."]
    source: Annotated[str, "What it is counted from."]
    caveat: Annotated[str, "What to say against it."]
    breaks: Annotated[str, "Where the series breaks."]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The report on one audit date."""

    title: Annotated[str, "Title of the page."]
    as_of: Annotated[str, "The audit date."]
    served_by: Annotated[str, "The local server the pages came from: sample or test data; empty for real pages."]
    checked: Annotated[str, "How sure the coded figures are, in one sentence."]
    register: Annotated[SubjectView | None, "The register, None if no edition was read."]
    portals: Annotated[tuple[SubjectView, ...], "The portal, one part a language."]
    series: Annotated[tuple[SeriesRow, ...], "All audit dates."]
    not_read: Annotated[tuple[tuple[str, str, str], ...], "(what, outcome, detail) of what could not be read."]
    issues: Annotated[tuple[tuple[str, str], ...], "(issue code, count) of what was not understood."]
    methods: Annotated[tuple[MethodView, ...], "The cards of the measures."]
    rules: Annotated[tuple[tuple[str, str], ...], "(rule id, words) of the codebook rules used on this page."]
    downloads: Annotated[tuple[tuple[str, str], ...], "(file, what it holds) of the CSV files."]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A kept page shown offline: what it is, how to check it, and the page itself without scripts or network."""

    url: Annotated[str, "The address it was captured from."]
    captured: Annotated[str, "When, in Almaty time and UTC."]
    sha256: Annotated[str, "sha256 of the body."]
    provenance: Annotated[str, "harvested or imported."]
    warc: Annotated[str, "WARC file and byte offset of the record."]
    run: Annotated[str, "The run that captured it."]
    body: Annotated[str, "The page's own HTML, to be shown in a sandbox."]
