"""Finished records turned into page contexts: all wording and formatting of numbers happens here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from auditor.measure.cards import card, cards
from auditor.measure.records import Audit, CodedEntry, DatedAudit, Figure, Measured, PortalAudit, PortalSnapshot
from auditor.records import Coding, Evidence
from crawler.pages.text import plain
from reports.contexts import (
    AuditPage,
    BehindView,
    CellView,
    EntryView,
    FigureView,
    Linked,
    MethodView,
    SeriesRow,
    SubjectView,
    TableView,
)

ALMATY = ZoneInfo("Asia/Almaty")
LANGUAGES = {"ru": "Russian", "kk": "Kazakh", "en": "English"}
_HEADLINES = (
    "count",
    "digitised",
    "fully_automated",
    "partially_automated",
    "proactive",
    "paper_only",
    "form_unknown",
    "core_complete",
)
_BOXES = (
    "transactional/complete",
    "transactional/partial",
    "human_social/complete",
    "human_social/partial",
    "unclear",
)


def number(value: int) -> str:
    """1300 as `1 300`, with a narrow no-break space."""
    return f"{value:,}".replace(",", "\u202f")


def percent(figure: Figure) -> str:
    """A figure's share as `62.5%`; empty without a denominator."""
    return "" if figure.share is None else f"{figure.share * 100:.1f}%"


def corrected(figure: Figure) -> str:
    """The share corrected for the coder's errors with its 95% interval; empty where no sample gives one."""
    if figure.corrected is None or figure.interval is None:
        return ""
    low, high = figure.interval
    return f"corrected for coding errors {figure.corrected * 100:.1f}% (95%: {low * 100:.1f}–{high * 100:.1f}%)"


def moment(at: datetime) -> str:
    """A capture time for people: Almaty's clock first, UTC beside it."""
    return f"{at.astimezone(ALMATY):%Y-%m-%d %H:%M} (Almaty), {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def evidence_file(evidence: Evidence) -> str:
    """Name of the kept page's file in the report, by content."""
    return f"evidence/{evidence.sha256[:24]}.html"


def audit_page(audit: Audit, at: date, rules: Mapping[str, str]) -> AuditPage:
    """The page of one audit date of `audit`; the portal's parts stand on the newest date's page only."""
    dated = next((one for one in audit.dates if one.snapshot.as_of == at), None)
    newest = at == audit.as_of
    register = register_view(dated, audit.evidence) if dated else None
    portals = tuple(portal_view(portal, audit) for portal in audit.portals) if newest else ()
    parts = ([register] if register else []) + list(portals)
    used = {rule for part in parts for entry in part.entries for rule in entry.rules.split(", ") if rule}
    measured = set(dated.measured if dated else ()).union(*(portal.measured for portal in audit.portals))
    return AuditPage(
        title=f"Public services register of Kazakhstan: audit of {at}",
        as_of=str(at),
        served_by=_served_by(audit),
        checked=f"Nature and completeness: {audit.coding}.",
        register=register,
        portals=portals,
        series=tuple(_series(audit)),
        not_read=tuple((item.what, item.outcome, item.detail) for item in audit.not_read),
        issues=tuple((code, number(count)) for code, count in audit.issues),
        methods=tuple(
            MethodView(one.id, one.title, one.formula, one.source, one.caveat, one.breaks)
            for one in cards().values()
            if one.id in measured
        ),
        rules=tuple((rule, words) for rule, words in rules.items() if rule in used),
        downloads=(
            ("csv/figures.csv", "every figure of every audit date with its denominator"),
            ("csv/figure_entries.csv", "which entries each figure counts"),
            ("csv/entries.csv", "every entry and listing with its coding, reasons and evidence"),
            ("csv/not_read.csv", "what is known to exist and was not read"),
        ),
    )


def page_name(audit: Audit, at: date) -> str:
    """File name of an audit date's page: the newest is the front page."""
    return "index.html" if at == audit.as_of else f"{at}.html"


def register_view(dated: DatedAudit, evidence: Mapping[str, Evidence]) -> SubjectView:
    """The register's part of a page."""
    shot = dated.snapshot
    figures = [_figure_view("register", dated.measured[name]) for name in _HEADLINES if name in dated.measured]
    first = evidence.get(shot.entries[0].entry.key)
    read = f", captured {moment(first.captured_at)} ({first.provenance})" if first else ""
    return SubjectView(
        id="register",
        heading="The register",
        origin=f"Act {shot.act}, edition of {shot.edition_date}, {LANGUAGES[shot.lang]} text{read}.",
        accepted=f"This edition was held as doubtful and {shot.accepted}." if shot.accepted else "",
        unread=_unread(shot.unread),
        lang=str(shot.lang),
        headline=tuple(_register_headline(dated)),
        figures=tuple(figures),
        table=_matrix("register", dated.measured["two_by_two"]),
        behind=tuple(_behind("register", dated.measured, {row.entry.key: row.entry.name for row in shot.entries})),
        entries=tuple(_register_entry(row, evidence) for row in shot.entries),
        has_forms=True,
    )


def _register_headline(dated: DatedAudit) -> Iterable[Linked]:
    heads = {name: result.head for name, result in dated.measured.items()}
    yield Linked("The register has ", "")
    yield _linked("register", heads["count"])
    if "digitised" not in heads:
        yield Linked(f" service rows in force; {dated.unmeasured['digitised']}, so nothing is digitised or not.", "")
        return
    yield Linked(" service rows in force and calls ", "")
    yield _linked("register", heads["digitised"])
    yield Linked(" of them digitised. ", "")
    yield _linked("register", heads["core_complete"])
    yield Linked(" are human or social services that are both digitised and complete, ", "")
    yield Linked("that is, whose stated result is the thing needed.", "")


def portal_view(portal: PortalAudit, audit: Audit) -> SubjectView:
    """The part of a page on the portal in one language."""
    shot = portal.snapshot
    part = f"portal-{shot.lang}"
    table = portal.measured["two_by_two"]
    human = next(cell for cell in portal.measured["nature"].cells if cell.cell == "human_social")
    partial = next(cell for cell in table.cells if cell.cell == "human_social/partial")
    return SubjectView(
        id=part,
        heading=f"The portal, {LANGUAGES[shot.lang]}",
        origin=_portal_origin(shot, audit.evidence),
        accepted="",
        unread="",
        lang=str(shot.lang),
        headline=(
            Linked("The portal lists ", ""),
            _linked(part, portal.measured["listings"].head),
            Linked(" services. ", ""),
            _linked(part, human),
            Linked(" are human or social; ", ""),
            Linked(number(partial.value), f"#{_anchor(part, partial)}"),
            Linked(" of these end in a step on the way, such as a queue, an appointment or a referral.", ""),
        ),
        figures=tuple(_figure_view(part, portal.measured[name]) for name in ("listings",)),
        table=_matrix(part, table),
        behind=tuple(_behind(part, portal.measured, {row.listing.key: row.listing.name for row in shot.listings})),
        entries=tuple(
            _entry(
                part,
                position,
                (row.listing.key, row.listing.slug, row.listing.name, "; ".join(row.listing.categories), ""),
                row.coding,
                (audit.evidence.get(row.listing.key), audit.pages.get(row.listing.key)),
            )
            for position, row in enumerate(shot.listings, 1)
        ),
        has_forms=False,
    )


def _series(audit: Audit) -> Iterable[SeriesRow]:
    former = ""
    yield from _unobserved(audit)
    for dated in audit.dates:
        shot, measured = dated.snapshot, dated.measured
        page = page_name(audit, shot.as_of)
        human = next(cell for cell in measured["nature"].cells if cell.cell == "human_social")
        partial = next(cell for cell in measured["completeness"].cells if cell.cell == "partial")
        yield SeriesRow(
            date=str(shot.as_of),
            href=page,
            edition=f"{shot.act}, {shot.edition_date}",
            unread=" ".join(
                text for text in (_unread(shot.unread), shot.accepted, dated.unmeasured.get("digitised", "")) if text
            ),
            new_act=bool(former) and former != shot.act,
            count=_linked("register", measured["count"].head, page),
            digitised=_linked("register", measured["digitised"].head, page) if "digitised" in measured else None,
            human=_linked("register", human, page),
            partial=_linked("register", partial, page),
            core_complete=(
                _linked("register", measured["core_complete"].head, page) if "core_complete" in measured else None
            ),
        )
        former = shot.act


def _unobserved(audit: Audit) -> Iterable[SeriesRow]:
    """Years before the first figure in which an edition is known to have been in force: not observed, and no zero."""
    first = audit.dates[0].snapshot.as_of if audit.dates else audit.as_of
    known = [one for one in audit.not_read if one.edition_date and one.lang == audit.lang]
    start = min((one.edition_date.year for one in known if one.edition_date), default=first.year)
    for year in range(start, first.year):
        names = [one.what for one in known if one.edition_date and one.edition_date.year <= year]
        yield SeriesRow(f"{year}-12-31", "", "not observed", _unread(names[-1:]), False, None, None, None, None, None)


def _linked(part: str, figure: Figure, page: str = "") -> Linked:
    text = number(figure.value) + (f" ({percent(figure)})" if figure.of else "")
    anchor = f"{part}-entries" if figure.measure in ("count", "listings") else _anchor(part, figure)
    return Linked(text, f"{page}#{anchor}")


def _portal_origin(shot: PortalSnapshot, evidence: Mapping[str, Evidence]) -> str:
    found = [kept for row in shot.listings if (kept := evidence.get(row.listing.key))]
    times = sorted({kept.captured_at for kept in found})
    how = ", ".join(sorted({kept.provenance for kept in found}))
    when = moment(times[0]) if len(times) == 1 else f"{moment(times[0])} to {moment(times[-1])}" if times else "unknown"
    return f"Lists and service pages of the portal in {LANGUAGES[shot.lang]}, captured {when} ({how})."


def _served_by(audit: Audit) -> str:
    """The loopback server that pages came from, if any: such pages are a sample or a test, whatever they say."""
    hosts = {urlsplit(kept.url).hostname or "" for kept in audit.evidence.values()}
    return ", ".join(sorted(host for host in hosts if host == "localhost" or host.startswith("127.")))


def _unread(keys: Sequence[str]) -> str:
    return f"In force by then but not read: {', '.join(keys)}." if keys else ""


def _anchor(part: str, figure: Figure) -> str:
    return f"{part}-{figure.measure}" + (f"-{figure.cell.replace('/', '-')}" if figure.cell else "")


def _figure_view(part: str, measured: Measured) -> FigureView:
    head = measured.head
    shares = (f"{percent(head)} of {number(head.of)}" if head.of else "", corrected(head))
    share = "; ".join(text for text in shares if text)
    unclear = f"The coder abstained on {number(measured.abstained)}." if measured.abstained else ""
    about = card(measured.measure)
    return FigureView(_anchor(part, head), about.title, number(head.value), share, about.caveat, unclear)


def _matrix(part: str, table: Measured) -> TableView:
    cells = {cell.cell: cell for cell in table.cells}

    def view(name: str) -> CellView:
        figure = cells[name]
        tone = 0 if not figure.value else min(4, 1 + int((figure.share or 0) * 5))
        share = ", ".join(text for text in (percent(figure), corrected(figure)) if text)
        return CellView(_anchor(part, figure), number(figure.value), share, f"t{tone}")

    return TableView(*(view(name) for name in _BOXES))


def _behind(part: str, measured: Mapping[str, Measured], names: Mapping[str, str]) -> Iterable[BehindView]:
    for result in measured.values():
        for figure in result.figures:
            if result.cells and not figure.cell:
                continue
            title = card(result.measure).title + (f": {figure.cell.replace('/', ', ')}" if figure.cell else "")
            yield BehindView(
                _anchor(part, figure),
                title.replace("_", " "),
                number(figure.value),
                tuple((row_anchor(part, key), plain(names[key])) for key in figure.keys),
            )


def row_anchor(part: str, key: str) -> str:
    """Id of an entry's row: the key with what an address cannot hold replaced."""
    return f"{part}-row-{key.replace('/', '_').replace('~', '.')}"


def _register_entry(row: CodedEntry, evidence: Mapping[str, Evidence]) -> EntryView:
    entry = row.entry
    name = f"{entry.name} ({entry.subname})" if entry.subname else entry.name
    section = " · ".join(text for text in (entry.section, entry.subsection) if text)
    texts = (entry.key, entry.code or entry.key, name, section, entry.form)
    return _entry("register", entry.ordinal, texts, row.coding, (evidence.get(entry.key), None))


def _entry(
    part: str,
    position: int,
    texts: tuple[str, str, str, str, str],
    coding: Coding | None,
    kept: tuple[Evidence | None, Evidence | None],
) -> EntryView:
    key, code, name, section, form = texts
    evidence, page = kept
    return EntryView(
        anchor=row_anchor(part, key),
        number=str(position),
        key=key,
        code=code,
        name=plain(name),
        section=plain(section),
        form=plain(form),
        nature=coding.nature.replace("_", " or ") if coding else "not coded",
        completeness=str(coding.completeness) if coding else "not coded",
        rules=", ".join(coding.rules) if coding else "",
        words=_words(coding),
        confidence=f"{coding.confidence:.2f}" if coding else "–",
        evidence_href=evidence_file(evidence) if evidence else "",
        result_href=evidence_file(page) if page else "",
        evidence_place=evidence.place if evidence else "",
    )


def _words(coding: Coding | None) -> str:
    if coding is None:
        return ""
    seen = dict.fromkeys(trigger.text for trigger in coding.triggers)
    return plain(" … ".join(seen))


def figures_of(audit: Audit) -> Iterable[tuple[date, str, str, Figure]]:
    """Every figure of an audit as (date, subject, language, figure), in reading order."""
    parts: Sequence[tuple[date, str, str, dict[str, Measured]]] = [
        *((d.snapshot.as_of, "register", str(d.snapshot.lang), d.measured) for d in audit.dates),
        *((p.snapshot.as_of, "portal", str(p.snapshot.lang), p.measured) for p in audit.portals),
    ]
    for at, subject, lang, measured in parts:
        for result in measured.values():
            for figure in result.figures:
                yield at, subject, lang, figure


Bodies = Callable[[Evidence], bytes]
