"""The yearly report as one document: the site's views in the order in which they are read on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from auditor.measure.records import DatedAudit
from reports.contexts.base import FigureView, Linked, ObjectionView
from reports.contexts.document import Block, Bullets, Document, FigureBlock, Heading, Paragraph, Picture
from reports.contexts.pages import FrontPage, Statement
from reports.i18n import N_
from reports.views.charts import Drawn
from reports.views.corrections import corrections_page
from reports.views.document_tables import (
    account_table,
    cards_table,
    corrections_table,
    dead_ends_table,
    editions_table,
    flips_table,
    gaps_tables,
    groups_table,
    matrix,
    series_table,
    units_table,
    years_table,
)
from reports.views.figures import figure_view, linked_words
from reports.views.front import front_page
from reports.views.groups import groups_page
from reports.views.growth import growth_page
from reports.views.here import Here, Site
from reports.views.lists import dead_ends_page, flips_page
from reports.views.method import cards_page, editions_page, limits_page, method_page
from reports.views.series import series_page

#: The site shows kept pages; a document can only say where they are.
_EVIDENCE = N_(
    "Each figure can be followed to the entries it counts, and each entry to the kept page it was read from: in the "
    "report as a site, and in the release named at the foot of each page. The editions stand under sources with "
    "address, time of capture and sha256; the unchanged bytes lie in the archive (WARC), at the file and place named."
)

Charts = Mapping[str, Drawn]


def document(site: Site, charts: Charts) -> Document:
    """The report of one language; `charts` are those drawn for it. Raises ContentError for a missing translation."""
    here = site.at("index.html")
    words, report = site.words, site.facts.report
    front = front_page(here, None)
    about = [f"{words.say('Figures on')} {front.frame.as_of}"]
    if report.release:
        about.append(f"{words.say('Release')} {report.release}")
    if report.root:
        about.append(f"{words.say('Run root of the evidence')} {report.root}")
    if front.frame.stamped:
        about.append(front.frame.stamped)
    about.append(words.say("Made with egov-audit; the figures can be computed again from the archive."))
    return Document(
        lang=words.lang,
        title=front.frame.title,
        subtitle=words.say("Audit of the public services register of Kazakhstan"),
        day=report.as_of,
        as_of=front.frame.as_of,
        contents=words.say("Contents"),
        about=tuple(about),
        foot=about[1] if report.release else about[0],
        blocks=tuple(_blocks(here, front, charts)),
    )


def _blocks(here: Here, front: FrontPage, charts: Charts) -> Iterator[Block]:
    now = here.site.facts.report.now
    for text in (front.frame.sample, *front.notices):
        if text:
            yield Paragraph(text, "notice")
    if now is not None:
        yield Paragraph(linked_words(front.lead), "lead")
        yield from _overview(here, front, now)
        yield from _growth(here, charts)
        yield from _series(here, charts)
        for dimension, name in (("regulator", "ministries"), ("section", "sections")):
            yield from _groups(here, dimension, charts.get(name))
        yield from _lists(here, now)
    yield from _how(here, front)


def _overview(here: Here, front: FrontPage, now: DatedAudit) -> Iterator[Block]:
    say = here.words.say
    yield Heading(say("What is announced"))
    yield from (_headline(here, now, one) for one in front.announced)
    yield Heading(say("What it consists of"))
    if front.table is not None:
        yield from matrix(here.words, front.table)
    yield Heading(say("What is behind it"))
    yield from (_headline(here, now, one) for one in front.behind)
    yield Heading(say("How it moved"))
    for statement in front.moved:
        yield from _statement(statement)
    yield Heading(say("How sure"))
    unseen = (f"{title}: {say('not observed')} ({why})" for title, why in front.missing)
    yield Bullets((*front.sure, *unseen))


def _headline(here: Here, now: DatedAudit, brief: FigureView) -> FigureBlock:
    """A headline with all that the site spreads over two pages: interval, remarks, caveat, strongest objection."""
    view = brief
    if brief.id in now.measured:
        full = figure_view(here, now.snapshot.as_of.year, now.measured[brief.id])
        view = replace(full, objections=brief.objections)
    moved = " · ".join(text for text in (view.change, view.bounds) if text)
    return FigureBlock(
        view,
        tuple(
            text
            for text in (moved, view.interval, *view.also, *(one.text for one in view.corrected), view.caveat)
            if text
        ),
    )


def _statement(statement: Statement) -> Iterator[Block]:
    yield Paragraph(linked_words(statement.parts))
    yield from _objections(statement.figure.objections if statement.figure else ())


def _objections(found: Iterable[ObjectionView]) -> Iterator[Block]:
    for one in found:
        yield Paragraph(f"{one.setting} – {one.verdict}: {one.text}", "fails" if one.fails else "objection")


def _picture(chart: Drawn | None) -> Iterator[Block]:
    if chart is not None:
        yield Picture(chart.name, chart.title, chart.alt, chart.size)


def _growth(here: Here, charts: Charts) -> Iterator[Block]:
    words = here.words
    page = growth_page(here, {})
    yield Heading(page.frame.title)
    yield from (Paragraph(text) for text in page.intro)
    for account in page.accounts:
        yield Heading(account.heading, 2)
        yield Paragraph(account.closing)
        yield from _objections(account.objections)
        yield from _picture(charts.get(account.id))
        yield account_table(words, account)
        if account.zero:
            yield Paragraph(
                f"{words.say('Zero')}: {'; '.join(f'{term.title} ({term.about})' for term in account.zero)}."
            )
    if page.units:
        yield Heading(words.say("The same growth under four units of count"), 2)
        yield units_table(words, page.units)
    if page.years:
        yield Heading(words.say("Register growth beside real growth, year by year"), 2)
        yield years_table(words, page.years)


def _series(here: Here, charts: Charts) -> Iterator[Block]:
    words = here.words
    page = series_page(here, None)
    yield Heading(page.frame.title)
    yield Paragraph(
        words.say(
            "A double line marks a break: the years on its two sides cannot simply be compared. A dash is not "
            "observed, never zero."
        )
    )
    yield from _picture(charts.get("series"))
    for table in page.tables:
        yield Heading(table.caption, 2)
        yield series_table(words, table)


def _groups(here: Here, dimension: str, chart: Drawn | None) -> Iterator[Block]:
    page = groups_page(here, dimension, None)
    yield Heading(page.frame.title)
    yield Paragraph(page.intro)
    yield from _picture(chart)
    yield groups_table(here.words, page)


def _lists(here: Here, now: DatedAudit) -> Iterator[Block]:
    words = here.words
    ends, flips = dead_ends_page(here, now), flips_page(here, now)
    yield Heading(ends.frame.title)
    yield from _lead(here, ends.why_not, ends.lead)
    if ends.rows:
        yield dead_ends_table(words, ends.rows)
    yield Heading(flips.frame.title)
    yield from _lead(here, flips.why_not, flips.lead)
    if flips.rows:
        yield flips_table(words, flips.rows)


def _lead(here: Here, why_not: str, lead: Sequence[Linked]) -> Iterator[Block]:
    if why_not:
        yield Paragraph(f"{here.words.say('Not observed')}: {why_not}", "notice")
    else:
        yield Paragraph(linked_words(lead))


def _how(here: Here, front: FrontPage) -> Iterator[Block]:
    """Method, definitions, limits, corrections, sources."""
    words = here.words
    for page in (method_page(here), limits_page(here)):
        yield Heading(page.frame.title)
        for passage in page.passages:
            yield Heading(passage.heading, 2)
            texts = (words.say(_EVIDENCE),) if passage.id == "evidence" else passage.paragraphs
            yield from (Paragraph(text) for text in texts)
        if page.show_gaps:
            yield from gaps_tables(words, page)
    shown = {one.id for one in (*front.announced, *front.behind)}
    cards = cards_page(here)
    if shown:
        yield Heading(cards.frame.title)
    for card in cards.cards:
        if card.id in shown:
            yield Heading(card.title, 2)
            yield cards_table(words, card)
    corrections = corrections_page(here)
    yield Heading(corrections.frame.title)
    yield Paragraph(
        words.say(
            "A figure that was published and turned out wrong stays here with what is right, why, and who noticed."
        )
    )
    if corrections.rows:
        yield corrections_table(words, corrections.rows)
    else:
        yield Paragraph(words.say("No correction so far."))
    editions = editions_page(here)
    yield Heading(editions.frame.title)
    yield Paragraph(f"{words.say('To check the bytes of a kept page:')} warcio extract --payload FILE BYTE | sha256sum")
    if editions.rows:
        yield editions_table(words, editions.rows)
