"""Pages by ministry and by section: the figures taken apart."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.measure.compute import TWO_BY_TWO
from auditor.measure.records import DatedAudit, Figure
from reports.contexts.base import CellView, ChartView, Linked, TwoByTwo
from reports.contexts.pages import ListFilter
from reports.contexts.services import GroupPage, GroupRow, GroupsPage
from reports.i18n import N_
from reports.views.facts import BY_YEAR, Group, anchor
from reports.views.figures import entry_row, figure_words, how_coded
from reports.views.here import Here, token
from reports.views.series import column
from reports.views.wording import DELIVERED

#: The figures side by side: (measure, cell).
COLUMNS = (("count", ""), ("digitised", ""), ("core_complete", ""), ("two_by_two", "human_social/partial"),
           ("dead_ends", ""), ("label_flips", ""))  # fmt: skip
_TITLES = {"regulator": N_("By ministry"), "section": N_("By section of the register")}
_KINDS = {"regulator": N_("Ministry or agency that sets the rules"), "section": N_("Section of the register")}
_ABOUT = {
    "regulator": N_("Each entry counts once, under the ministry or agency that the register names as the one that sets "
                    "its rules. Names stand as printed."),
    "section": N_("Each entry counts once, under its section: a field of life in the register's own words."),
}  # fmt: skip
_NAMELESS = N_("(not said in the register)")


def groups_page(here: Here, dimension: str, chart: ChartView | None) -> GroupsPage:
    """All ministries or sections side by side."""
    words = here.words
    wanted = [one for one in COLUMNS if any(one in group.parts for group in here.site.facts.groups[dimension])]
    return GroupsPage(
        frame=here.frame(words.say(_TITLES[dimension])),
        intro=words.say(_ABOUT[dimension]),
        chart=chart,
        columns=tuple(column(here, *one) for one in wanted),
        rows=tuple(
            GroupRow(
                Linked(group_name(here, group), group.file),
                tuple(_cell(here, group, one) for one in wanted),
            )
            for group in here.site.facts.groups[dimension]
        ),
    )


def group_name(here: Here, group: Group) -> str:
    """The group's official name, or that the register does not say."""
    return group.name or here.words.say(_NAMELESS)


def _cell(here: Here, group: Group, wanted: tuple[str, str]) -> Linked:
    figure = group.parts.get(wanted)
    if figure is None:
        return Linked("–")
    shown = here.words.number(figure.value)
    if figure.share is not None:
        shown += f" ({here.words.percent(figure.share, 0)})"
    return Linked(shown, f"{group.file}#{'entries' if wanted[0] == 'count' else anchor(figure)}")


def group_page(here: Here, dimension: str, group: Group, now: DatedAudit) -> GroupPage:
    """One ministry or section."""
    words = here.words
    rows = {row.entry.key: row for row in now.snapshot.entries}
    found, marks = here.site.facts.marks[now.snapshot.as_of.year]
    return GroupPage(
        frame=here.frame(group_name(here, group)),
        kind=words.say(_KINDS[dimension]),
        name=group_name(here, group),
        lead=_lead(here, group),
        basis=how_coded(here),
        table=_table(here, group.parts),
        columns=tuple(column(here, name, "").text for name in BY_YEAR),
        years=tuple(
            (str(year), tuple(_former(here, group, year, told.get(name)) for name in BY_YEAR))
            for year, told in group.years
        ),
        filters=tuple(
            ListFilter(one.id, one.mark, figure_words(words, one.measured, part))
            for one in found
            if (part := group.parts.get((one.figure.measure, one.figure.cell))) is not None
        ),
        entries=tuple(entry_row(here, rows[key], marks.get(key, "")) for key in group.keys),
    )


def _former(here: Here, group: Group, year: int, figure: Figure | None) -> Linked:
    """A group's figure of a year, linked to its entries in that year's register."""
    way = f"{here.up}register/{year}.html#{group.anchor(figure.measure)}" if figure else ""
    return Linked(_figure(here, figure), way)


def _figure(here: Here, figure: Figure | None) -> str:
    if figure is None:
        return "–"
    shown = here.words.number(figure.value)
    return f"{shown} ({here.words.percent(figure.share, 0)})" if figure.share is not None else shown


def _lead(here: Here, group: Group) -> tuple[Linked, ...]:
    words = here.words
    count = group.parts["count", ""]
    said = words.count("%(link)s entry in force.", "%(link)s entries in force.", count.value, link=token("a"))
    parts = here.sentence(said, a=Linked(words.number(count.value), "#entries"))
    digital, core = group.parts.get(("digitised", "")), group.parts.get(("core_complete", ""))
    if digital is None or core is None:
        return parts
    said = words.say(
        "The register calls %(digital)s digitised; %(core)s human or social, complete and digitised.",
        digital=token("digital"), core=token("core"),
    )  # fmt: skip
    linked = {
        name: Linked(_figure(here, one), f"#{anchor(one)}") for name, one in (("digital", digital), ("core", core))
    }
    return (*parts, Linked(" "), *here.sentence(said, **linked))


def _table(here: Here, parts: Mapping[tuple[str, str], Figure]) -> TwoByTwo:
    """The group's two-by-two; a cell without a part is none of its entries."""
    words = here.words

    def view(cell: str) -> CellView:
        figure = parts.get(("two_by_two", cell))
        value = figure.value if figure else 0
        share = figure.share if figure else 0.0
        tone = 0 if not value else min(4, 1 + int((share or 0) * 5))
        return CellView(
            Linked(words.number(value), f"#{anchor(figure)}" if figure else ""), words.percent(share or 0.0), f"t{tone}"
        )

    boxes = [view(cell) for cell in (*(cell for cell, _, _ in TWO_BY_TWO), "unclear")]
    return TwoByTwo(words.say(DELIVERED), *boxes)
