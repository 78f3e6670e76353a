"""Figures, their objections, two-by-twos and rows of entries, as every page shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from auditor.measure.cards import card
from auditor.measure.objections import Objection, Setting
from auditor.measure.records import CodedEntry, CodedListing, DatedAudit, Figure, Measured
from crawler.pages.text import plain
from reports.contexts.base import CellView, ChartView, EntryRow, FigureView, Linked, ObjectionView, TwoByTwo
from reports.contexts.pages import FiguresPage
from reports.i18n import N_, Words
from reports.views.corrections import corrected
from reports.views.facts import anchor
from reports.views.here import Here, entry_group, row_id
from reports.views.told import told
from reports.views.wording import UNITS, cell, coded, derived

#: Measures whose figures rest on coding.
_CODED = ("nature", "completeness", "two_by_two", "core_complete", "easy_share", "dead_ends")
_BOXES = (
    "transactional/complete",
    "transactional/partial",
    "human_social/complete",
    "human_social/partial",
    "unclear",
)
_SETTINGS: Mapping[Setting, str] = {
    Setting.UNIT: N_("unit of count"),
    Setting.LINKER: N_("linking of rows"),
    Setting.CODER: N_("coding"),
    Setting.SOURCE: N_("the register's word"),
    Setting.SEEN: N_("what could be observed"),
}
_SAID: Mapping[str, str] = {
    "growth_by_unit": N_("By rows the change is %(rows)s; counted by %(unit)s it is %(other)s. The four units of "
                         "count lie between %(least)s and %(most)s."),
    "growth_everywhere": N_("Under every unit of count the change is %(rows)s."),
    "real_growth_bounds": N_("The register changed by %(register)s, births less deaths give %(real)s; over every "
                             "choice of the undecided links real growth lies between %(low)s and %(high)s."),
    "real_growth_certain": N_("The register changed by %(register)s, births less deaths give %(real)s. No link between "
                              "the two editions is undecided; a link that is taken for certain may still be wrong."),
    "flips_in_growth": N_("Of what was newly digitised, %(share)s changed in nothing but the delivery form "
                          "(entries: %(flips)s); flips that came with another change of the service: %(with_other)s."),
    "flips_said": N_("A new form may be a real change: whether the service itself became electronic, the register does "
                     "not show. Flips that came with another change of the service are not counted: %(with_other)s."),
    "flips_apart": N_("Only entries that changed in nothing else are counted; flips that came with another change of "
                      "the service: %(with_other)s."),
    "coding_interval": N_("By the errors found in the sample that people coded, the share lies between %(low)s and "
                          "%(high)s (95%%); the machine's own share is %(share)s."),
    "coding_unchecked": N_("No sample coded by people has been compared with the machine, so its error is unknown. "
                           "Over the entries it left open the count lies between %(low)s and %(high)s."),
    "coding_unknown": N_("No person has checked the machine's codes: their error is unknown."),
    "undecided": N_("Over what is undecided or was not observed the count lies between %(low)s and %(high)s."),
    "label_only": N_("The form is what the register says; whether anyone is still sent to a counter is not measured."),
}  # fmt: skip
_RATES = frozenset({"rows", "other", "least", "most"})
_SHARES = frozenset({"share"})


def figure_view(here: Here, year: int, measured: Measured, figure: Figure | None = None) -> FigureView:
    """One figure of the audit date; of a measure's own number unless a cell is given."""
    words = here.words
    shown = figure or measured.head
    about = card(measured.measure)
    title = words.say(about.title)
    also = () if shown.cell else tuple(derived(words, name, value) for name, value in measured.derived)
    remarks = (told(words, measured.remark),) if measured.remark and not shown.cell else ()
    headline = not shown.cell and year == here.site.facts.report.as_of.year
    return FigureView(
        id=anchor(shown),
        title=f"{title}: {cell(words, shown.cell)}" if shown.cell else title,
        value=here.number(shown, year),
        share=share_of(words, shown),
        change=change(here, shown, year),
        bounds=bounds(words, shown),
        interval=interval(words, shown),
        also=(*also, *remarks),
        caveat=words.say(about.caveat),
        card=here.card(measured.measure),
        objections=objections_to(here, shown.measure) if headline else (),
        corrected=corrected(here, shown, year),
    )


def share_of(words: Words, figure: Figure) -> str:
    """`62.5% of 1,300`; empty without a denominator."""
    if figure.share is None or figure.of is None:
        return ""
    return words.say("%(share)s of %(of)s", share=words.percent(figure.share), of=words.number(figure.of))


def change(here: Here, figure: Figure, year: int) -> str:
    """The change on the year before; empty where the year before has no such figure."""
    years = {one.year: one.audit for one in here.site.facts.report.years}
    before = years.get(year - 1)
    measured = before.measured.get(figure.measure) if before else None
    old = next((one for one in measured.figures if one.cell == figure.cell), None) if measured else None
    if old is None:
        return ""
    if figure.value == old.value:
        return here.words.say("as many as in %(year)s", year=str(year - 1))
    changed = here.words.signed(figure.value - old.value)
    return here.words.say("%(change)s compared with %(year)s", change=changed, year=str(year - 1))


def bounds(words: Words, figure: Figure) -> str:
    """`between 10 and 14`; empty where the value is certain."""
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return ""
    return words.say("between %(low)s and %(high)s", low=words.number(figure.low), high=words.number(figure.high))


def interval(words: Words, figure: Figure) -> str:
    """The corrected share with its interval; for a coded figure without one, that there is none."""
    if figure.interval is not None and figure.corrected is not None:
        low, high = figure.interval
        return words.say(
            "corrected for coding errors %(share)s (95%%: %(low)s to %(high)s)",
            share=words.percent(figure.corrected),
            low=words.percent(low),
            high=words.percent(high),
        )
    if figure.measure.startswith(_CODED) and figure.of:
        return words.say("no interval: coded by the machine, not checked by people")
    return ""


def objection(words: Words, one: Objection) -> ObjectionView:
    """A computed objection in words, and whether the headline stands under it."""
    values = {name: _number(words, name, value, one.code) for name, value in one.numbers.items()}
    if one.unit:
        values["unit"] = words.say(UNITS[one.unit])
    if one.code in ("coding_unchecked", "coding_unknown", "label_only", "flips_said"):
        verdict = words.say("open")
    else:
        verdict = words.say("the headline fails") if one.fails else words.say("the headline holds")
    # Four units that agree are one sentence, not the same rate four times.
    everywhere = one.code == "growth_by_unit" and one.numbers["least"] == one.numbers["most"]
    said = words.say(_SAID["growth_everywhere" if everywhere else one.code], **values)
    return ObjectionView(words.say(_SETTINGS[one.setting]), said, verdict, one.fails)


def objections_to(here: Here, measure: str) -> tuple[ObjectionView, ...]:
    """What can be said against a measure's headline on the audit date, strongest first."""
    return tuple(objection(here.words, one) for one in here.site.facts.report.objections.get(measure, ()))


def how_coded(here: Here) -> str:
    """How nature and completeness were coded, under which codebook: what every coded figure rests on."""
    report, words = here.site.facts.report, here.words
    return words.say("Nature and completeness: %(how)s; codebook %(version)s.", how=told(words, report.coding),
                     version=report.codebook)  # fmt: skip


def _number(words: Words, name: str, value: float, code: str) -> str:
    if code == "growth_by_unit" and name in _RATES:
        return words.rate(value)
    if name in _SHARES or code == "coding_interval":
        return words.percent(value)
    if code.startswith("real_growth"):
        return words.signed(int(value))
    return words.number(int(value))


def two_by_two(here: Here, year: int, table: Measured, caption: str) -> TwoByTwo:
    """A two-by-two whose cells lead to their entries in the register of the year."""
    return four_boxes(here, table, caption, lambda figure: here.number(figure, year))


def four_boxes(here: Here, table: Measured, caption: str, link: Callable[[Figure], Linked]) -> TwoByTwo:
    """A two-by-two whose cells lead where `link` says."""
    cells = {figure.cell: figure for figure in table.cells}

    def view(name: str) -> CellView:
        figure = cells[name]
        tone = 0 if not figure.value else min(4, 1 + int((figure.share or 0) * 5))
        share = here.words.percent(figure.share) if figure.share is not None else ""
        return CellView(link(figure), share, f"t{tone}")

    return TwoByTwo(caption, *(view(name) for name in _BOXES))


def figures_page(here: Here, now: DatedAudit, year: int, chart: ChartView | None) -> FiguresPage:
    """Every measure of the audit date."""
    words = here.words
    tables = []
    for suffix, caption in (
        ("", words.say("All entries")),
        ("_digitised", words.say("Digitised entries")),
        ("_newly_digitised", words.say("Newly digitised entries")),
    ):
        if f"two_by_two{suffix}" in now.measured:
            tables.append(two_by_two(here, year, now.measured[f"two_by_two{suffix}"], caption))
    return FiguresPage(
        frame=here.frame(words.say("Every measure on %(day)s", day=words.day(now.snapshot.as_of))),
        tables=tuple(tables),
        chart=chart,
        groups=tuple(
            (words.say(card(name).title), tuple(_views(here, year, measured)))
            for name, measured in now.measured.items()
            if not name.startswith("two_by_two")
        ),
        missing=missing(here, now),
    )


def missing(here: Here, now: DatedAudit, elsewhere: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """What could not be measured on a date, and why; without the measures of which the page says so `elsewhere`."""
    return tuple(
        (here.words.say(card(name).title), told(here.words, why))
        for name, why in now.unmeasured.items()
        if name not in elsewhere
    )


def _views(here: Here, year: int, measured: Measured) -> Iterable[FigureView]:
    for figure in measured.figures:
        if figure.measure != "count" and measured.cells and not figure.cell and figure.of is None:
            continue
        yield figure_view(here, year, measured, figure)


def entry_row(here: Here, row: CodedEntry, marks: str = "", detail: str = "") -> EntryRow:
    """One entry of the register as a row of a table."""
    entry = row.entry
    return EntryRow(
        id=row_id(entry.key),
        classes=marks,
        code=entry.code or "–",
        name=here.site.facts.names[entry.key],
        lang=str(entry.lang),
        href=here.row_href(entry.key),
        group=plain(entry_group(entry)),
        form=plain(entry.form),
        coded=coded(here.words, row.coding),
        rules=" ".join(row.coding.rules) if row.coding else "",
        evidence=here.evidence(entry.key),
        detail=detail,
    )


def listing_row(here: Here, row: CodedListing, marks: str = "", detail: str = "") -> EntryRow:
    """One listing of the portal as a row of a table."""
    listing = row.listing
    return EntryRow(
        id=row_id(listing.key),
        classes=marks,
        code=listing.slug,
        name=here.site.facts.names[listing.key],
        lang=str(listing.lang),
        href=here.row_href(listing.key),
        group=plain("; ".join(listing.categories)),
        form="",
        coded=coded(here.words, row.coding),
        rules=" ".join(row.coding.rules) if row.coding else "",
        evidence=here.evidence(f"page:{listing.key}") or here.evidence(listing.key),
        detail=detail,
    )


def loose_row(here: Here, key: str, marks: str, detail: str = "") -> EntryRow:
    """A key that is no row of the edition shown: a row of another edition or text, a listing, an edition."""
    named = here.row(key)
    lang = next((part for part in key.split("/") if part in ("ru", "kk", "en")), "")
    return EntryRow(row_id(key), marks, key, named.text if named.text != key else "", lang, named.href, "", "", "", "",
                    here.evidence(key), detail)  # fmt: skip


def figure_words(words: Words, measured: Measured, figure: Figure) -> str:
    """A figure's title with its count: `Digitised: 131`."""
    title = words.say(card(measured.measure).title)
    shown = f"{title}: {cell(words, figure.cell)}" if figure.cell else title
    share = share_of(words, figure)
    return f"{shown}: {words.number(figure.value)}" + (f" ({share})" if share else "")


def linked_words(parts: Sequence[Linked]) -> str:
    """The text of a sentence in parts."""
    return "".join(part.text for part in parts)
