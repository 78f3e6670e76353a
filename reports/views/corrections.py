"""Published corrections: their page, their addresses, and the line beside a figure that was corrected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from auditor.corrections.records import Correction
from auditor.measure.cards import cards
from auditor.measure.records import Figure, cited
from auditor.tables import written_out
from reports.contexts.base import Linked
from reports.contexts.method import CorrectionsPage, CorrectionView
from reports.i18n import ALMATY, Words
from reports.views.here import Here
from reports.views.wording import LANGUAGE_OF, cell, word


def corrections_page(here: Here) -> CorrectionsPage:
    """Published corrections, newest first. Each has an id that lasts, so that the superseded value can be linked."""
    rows = newest_first(here.site.facts.report.corrections)
    return CorrectionsPage(here.frame(here.words.say("Corrections")), tuple(correction_view(here, one) for one in rows))


def newest_first(made: Iterable[Correction]) -> list[Correction]:
    """Corrections as readers are shown them."""
    return sorted(made, key=lambda one: (one.noted_at, one.key), reverse=True)


def correction_view(here: Here, one: Correction) -> CorrectionView:
    """One correction in words, with ways from the page that `here` is."""
    words = here.words
    return CorrectionView(
        id=correction_id(one),
        at=words.day(noted_on(one)),
        figure=title_of(words, one),
        code=one.figure,
        day=f"{words.day(one.as_of)}; {word(words, LANGUAGE_OF, one.lang)}",
        old=words.number(one.old),
        new=Linked(words.number(one.new), _behind(here, one)),
        reason=written_out(one.reason),
        noticed_by=written_out(one.noticed_by),
    )


def _behind(here: Here, one: Correction) -> str:
    """The way to the entries that the corrected figure counts, where this report has them."""
    report = here.site.facts.report
    measure, _, part = one.figure.partition(":")
    for year in report.years:
        found = year.audit.measured.get(measure) if year.audit and year.as_of == one.as_of else None
        for figure in found.figures if found and str(report.lang) == one.lang else ():
            if figure.cell == part and figure.value == one.new:
                return here.figure(figure, year.year)
    return ""


def correction_id(one: Correction) -> str:
    """The id of a correction on its page: `dead_ends-2024-12-31-ru-1`."""
    return re.sub(r"[^\w-]+", "-", one.key)


def noted_on(one: Correction) -> date:
    """The day on which it was published, by Almaty's clock."""
    return one.noted_at.astimezone(ALMATY).date()


def title_of(words: Words, one: Correction) -> str:
    """The corrected figure's name in words; its id where a later version has no such measure."""
    measure, _, part = one.figure.partition(":")
    known = cards().get(measure)
    title = words.say(known.title) if known else measure
    return f"{title}: {cell(words, part)}" if part else title


def corrected(here: Here, figure: Figure, year: int) -> tuple[Linked, ...]:
    """What is said beside a figure of a year's audit date that was corrected, the newest correction first."""
    report = here.site.facts.report
    days = {one.as_of for one in report.years if one.year == year}
    named = cited(figure.measure, figure.cell)
    return tuple(
        Linked(corrected_line(here.words, one), f"{here.up}corrections.html#{correction_id(one)}")
        for one in newest_first(report.corrections)
        if one.figure == named and one.lang == str(report.lang) and one.as_of in days
    )


def corrected_line(words: Words, one: Correction) -> str:
    """`corrected on 26 November 2026: 15 → 16`."""
    old, new = words.number(one.old), words.number(one.new)
    return words.say("corrected on %(day)s: %(old)s → %(new)s", day=words.day(noted_on(one)), old=old, new=new)
