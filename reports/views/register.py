"""The register of one audit date and the portal's lists: every entry, with a filter for each figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from auditor.measure.objections import coding
from auditor.measure.records import DatedAudit, Figure, Measured, PortalAudit
from auditor.records import Evidence
from reports.contexts.base import Linked, NavItem
from reports.contexts.pages import EntryList, ListFilter, PortalView, RegisterPage
from reports.views.facts import DIMENSIONS, Filter, anchor, filters, group_mark
from reports.views.figures import entry_row, figure_words, four_boxes, how_coded, listing_row, loose_row, objection
from reports.views.groups import group_name
from reports.views.here import Here
from reports.views.told import told
from reports.views.wording import DELIVERED, LANGUAGE_OF, PROVENANCE, word


def register_page(here: Here, audit: DatedAudit, year: int) -> RegisterPage:
    """The register on one audit date."""
    words, facts = here.words, here.site.facts
    shot = audit.snapshot
    found, marks = facts.marks[year]
    groups = facts.group_marks.get(year, {})
    details = _details(here, audit.measured)
    own = {row.entry.key for row in shot.entries}
    part = EntryList(
        id="register",
        all="all",
        heading="",
        origin=tuple(_origin(here, audit)),
        filters=_filters(here, found),
        parted=tuple(_parted(here, audit, year)),
        entries=tuple(
            entry_row(here, row, _classes(marks, groups, row.entry.key), details.get(row.entry.key, ""))
            for row in shot.entries
        ),
        has_forms=any(row.entry.form for row in shot.entries),
        elsewhere=tuple(
            loose_row(here, key, mark, details.get(key, "")) for key, mark in marks.items() if key not in own
        ),
    )
    return RegisterPage(
        frame=here.frame(words.say("The register on %(day)s", day=words.day(shot.as_of))),
        others=tuple(
            NavItem(f"{one.year}.html", str(one.year), one.year == year)
            for one in facts.report.years
            if one.audit is not None
        ),
        parts=(part,),
        csv=f"../{here.up}csv/entries.csv",
    )


def portal_page(here: Here, portals: Sequence[PortalAudit]) -> RegisterPage:
    """The portal's lists, one part a language."""
    return RegisterPage(
        frame=here.frame(here.words.say("The portal egov.kz")),
        others=(),
        parts=tuple(_portal(here, portal) for portal in portals),
        csv=f"../{here.up}csv/entries.csv",
    )


def _portal(here: Here, portal: PortalAudit) -> EntryList:
    words, shot = here.words, portal.snapshot
    found = tuple(
        Filter(f"{shot.lang}-{one.id}", f"{shot.lang}{one.mark}", one.measured, one.figure)
        for one in filters(portal.measured)
    )
    marks: dict[str, list[str]] = {}
    for one in found:
        for key in one.figure.keys:
            marks.setdefault(key, []).append(one.mark)
    return EntryList(
        id=f"portal-{shot.lang}",
        all=f"{shot.lang}-all",
        heading=word(words, LANGUAGE_OF, str(shot.lang)),
        origin=_portal_origin(here, portal),
        filters=_filters(here, found),
        parted=(),
        entries=tuple(listing_row(here, row, " ".join(marks.get(row.listing.key, ()))) for row in shot.listings),
        has_forms=False,
        elsewhere=(),
    )


def _portal_origin(here: Here, portal: PortalAudit) -> tuple[str, ...]:
    shot = portal.snapshot
    shown = here.words.count(
        "The lists of the portal that were read show %(n)s service in this language.",
        "The lists of the portal that were read show %(n)s services in this language.", len(shot.listings),
    )  # fmt: skip
    evidence = [here.site.facts.report.places.get(row.listing.key) for row in shot.listings]
    captured = _captured(here, [one for one in evidence if one is not None])
    return (shown, *_unread_lists(here, str(shot.lang)), captured, how_coded(here))


def portals_in_short(here: Here) -> Iterable[PortalView]:
    """The portal's lists as a front page without a register tells them: how many, and the two-by-two."""
    words = here.words
    for portal in here.site.facts.report.portals:
        lang = str(portal.snapshot.lang)

        def link(figure: Figure, lang: str = lang) -> Linked:
            return Linked(words.number(figure.value), f"{here.up}portal.html#{lang}-{anchor(figure)}")

        table = portal.measured["two_by_two"]
        complete = next(one for one in table.cells if one.cell == "human_social/complete")
        yield PortalView(
            heading=Linked(word(words, LANGUAGE_OF, lang), f"{here.up}portal.html#portal-{lang}"),
            origin=_portal_origin(here, portal),
            table=four_boxes(here, table, words.say(DELIVERED), link),
            objections=(objection(words, coding(complete, table.abstained)),),
        )


def _unread_lists(here: Here, lang: str) -> tuple[str, ...]:
    """That lists in a language were never read whole, so that what is counted is not all that the portal shows."""
    names = sorted({f"{one.lang}/{one.audience}" for one in here.site.facts.report.not_read
                    if one.audience and one.lang == lang})  # fmt: skip
    if not names:
        return ()
    said = told(here.words, f"lists of the portal never read whole: {', '.join(names)}")
    return (f"{said[0].upper()}{said[1:]}.",)


def _filters(here: Here, found: Iterable[Filter]) -> tuple[ListFilter, ...]:
    return tuple(ListFilter(one.id, one.mark, figure_words(here.words, one.measured, one.figure)) for one in found)


def _classes(marks: Mapping[str, str], groups: Mapping[str, str], key: str) -> str:
    return f"{marks.get(key, '')}{groups.get(key, '')}".strip()


def _parted(here: Here, audit: DatedAudit, year: int) -> Iterable[ListFilter]:
    """The parts of a year's figures that the pages of ministries and sections lead to."""
    marks = {one.id: one.mark for one in here.site.facts.marks[year][0]}
    for dimension, found in here.site.facts.groups.items():
        for place, group in enumerate(found):
            page = Linked(group_name(here, group), f"{here.up}{DIMENSIONS[dimension]}/{group.file}")
            for measure, part in dict(group.years).get(year, {}).items():
                mark = (
                    f"{group_mark(dimension, place)}.{marks[measure]}"
                    if measure in marks
                    else group_mark(dimension, place)
                )
                yield ListFilter(
                    group.anchor(measure), mark, figure_words(here.words, audit.measured[measure], part), page
                )


def _details(here: Here, measured: Mapping[str, Measured]) -> dict[str, str]:
    """What measures say of single entries, joined."""
    found: dict[str, list[str]] = {}
    for result in measured.values():
        for key, text in result.details:
            if text.startswith("completed by "):
                continue
            said = told(here.words, text)
            if said not in found.setdefault(key, []):
                found[key].append(said)
    return {key: "; ".join(texts) for key, texts in found.items()}


def _origin(here: Here, audit: DatedAudit) -> Iterable[str]:
    words, shot = here.words, audit.snapshot
    places = here.site.facts.report.places
    yield words.say(
        "Act %(act)s, edition of %(day)s, %(lang)s text.",
        act=shot.act, day=words.day(shot.edition_date), lang=word(words, LANGUAGE_OF, str(shot.lang)),
    )  # fmt: skip
    yield how_coded(here)
    yield _captured(here, [place for row in shot.entries if (place := places.get(row.entry.key))])
    if shot.accepted:
        yield words.say("This edition was held as doubtful: %(accepted)s", accepted=told(words, shot.accepted))
    if shot.unread:
        yield words.say("later editions not read: %(editions)s", editions=", ".join(shot.unread))


def _captured(here: Here, found: Sequence[Evidence]) -> str:
    """When and how pages were captured, in one sentence."""
    words = here.words
    times = sorted({one.captured_at for one in found})
    if not times:
        return words.say("When it was captured is not known.")
    how = ", ".join(sorted({word(words, PROVENANCE, one.provenance) for one in found}))
    when, last = words.moment(times[0]), words.moment(times[-1])
    if last != when:
        when = words.say("between %(low)s and %(high)s", low=when, high=last)
    return words.say("Captured %(when)s, %(how)s.", when=when, how=how)
