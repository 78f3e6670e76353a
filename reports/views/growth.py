"""The growth account: terms with their events, bounds, units of count, years, and why each headline moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.account.records import SIGNS, Account, Item, TermName, Unit
from auditor.measure.cards import card
from auditor.measure.report_records import Report, YearAccount
from auditor.measure.series import Year
from auditor.measure.why import Attribution, Cause
from reports.contexts.base import ChartView, Linked, NavItem
from reports.contexts.pages import AccountView, EventRow, GrowthPage, TermRow, WhyView, YearRow
from reports.views.figures import objections_to
from reports.views.here import Here, token
from reports.views.series import broken
from reports.views.told import told
from reports.views.wording import EVENTS, TERMS, UNITS, word


def growth_page(here: Here, charts: Mapping[str, ChartView]) -> GrowthPage:
    """The accounts of the last year with their events, and of each year in a table."""
    report, words = here.site.facts.report, here.words
    last = last_account(report)
    return GrowthPage(
        frame=here.frame(words.say("Growth taken apart until it closes")),
        others=_others(here),
        intro=tuple(growth_intro(here, last)),
        accounts=_accounts(here, last, charts) if last else (),
        units=tuple(_units(here, last)) if last else (),
        years=tuple(_year(here, one) for one in report.accounts),
        why=tuple(_why(here, measure, found) for measure, found in report.why.items()),
    )


def former_page(here: Here, between: YearAccount) -> GrowthPage:
    """The accounts of an earlier year with their events: what the table of all years leads to."""
    years = f"{between.start.year}–{between.end.year}"
    return GrowthPage(
        frame=here.frame(here.words.say("Growth taken apart until it closes: %(years)s", years=years)),
        others=_others(here),
        intro=tuple(growth_intro(here, between)),
        accounts=_accounts(here, between, {}),
        units=(),
        years=(),
        why=(),
    )


def last_account(report: Report) -> YearAccount | None:
    """The accounts up to the audit date; None when the register of the year before was not observed."""
    return report.accounts[-1] if report.accounts and report.accounts[-1].end is report.years[-1] else None


def account_file(report: Report, between: YearAccount) -> str:
    """The page of the accounts of a year."""
    return "growth.html" if between is last_account(report) else f"growth/{between.end.year}.html"


def _others(here: Here) -> tuple[NavItem, ...]:
    report = here.site.facts.report
    files = [(account_file(report, one), f"{one.start.year}–{one.end.year}") for one in report.accounts]
    return tuple(NavItem(here.up + file, years, file == here.path) for file, years in files)


def _accounts(here: Here, between: YearAccount, charts: Mapping[str, ChartView]) -> tuple[AccountView, ...]:
    last = between is last_account(here.site.facts.report)
    return tuple(
        account_view(here, between, digitised=digitised, chart=charts.get(name), against=last)
        for name, digitised in (("rows", False), ("digitised", True))
        if (Unit.ROWS, digitised) in between.accounts
    )


def growth_intro(here: Here, last: YearAccount | None) -> Iterable[str]:
    """Between which editions the account lies, or that there is none."""
    words = here.words
    if last is None or last.start.audit is None or last.end.audit is None:
        yield words.say("The register of the year before was not observed: no change can be told.")
        return
    older, newer = last.start.audit.snapshot, last.end.audit.snapshot
    yield words.say(
        "From the edition of %(older)s (act %(old_act)s), in force on %(start)s, to the edition of %(newer)s (act "
        "%(new_act)s), in force on %(end)s.",
        older=words.day(older.edition_date), old_act=older.act, start=words.day(older.as_of),
        newer=words.day(newer.edition_date), new_act=newer.act, end=words.day(newer.as_of),
    )  # fmt: skip
    if one_edition(last):
        yield words.say("Both dates have the same edition in force, so nothing came, went or changed.")


def one_edition(between: YearAccount) -> bool:
    """Whether one edition is in force on both dates, so that nothing can have moved."""
    older, newer = between.start.audit, between.end.audit
    if older is None or newer is None:
        return False
    return (older.snapshot.act, older.snapshot.edition_date) == (newer.snapshot.act, newer.snapshot.edition_date)


def last_change(here: Here) -> tuple[Linked, ...]:
    """Where both dates have one edition in force: the last two years that have not, in words; else nothing."""
    accounts, words = here.site.facts.report.accounts, here.words
    between = next((one for one in reversed(accounts) if not one_edition(one)), None)
    if not accounts or not one_edition(accounts[-1]) or between is None:
        return ()
    taken = between.accounts[Unit.ROWS, False]
    said = words.say(
        "Both dates have the same edition in force. The last change lies between %(start)s and %(end)s: "
        "%(growth)s rows; births less deaths give %(real)s.",
        start=words.day(between.start.as_of), end=words.day(between.end.as_of),
        growth=token("g"), real=token("r"),
    )  # fmt: skip
    low, high = taken.real_bounds
    real = words.signed(taken.real_growth)
    if low != high:
        real += f" ({words.signed(low)} … {words.signed(high)})"
    way = f"{here.up}{account_file(here.site.facts.report, between)}#rows"
    return here.sentence(said, g=Linked(words.signed(taken.growth), way), r=Linked(real, way))


def account_view(
    here: Here, between: YearAccount, *, digitised: bool = False, chart: ChartView | None = None, against: bool = True
) -> AccountView:
    """One account, term by term with its events; `against`: with what can be said against the report's headlines."""
    words = here.words
    taken = between.accounts[Unit.ROWS, digitised]
    name = "digitised" if digitised else "rows"
    heading = words.say("Digitised entries") if taken.digitised else words.say("All entries")
    closing = words.say(
        "Register growth %(growth)s, real growth (births less deaths) %(real)s, remainder %(rest)s.",
        growth=words.signed(taken.growth),
        real=words.signed(taken.real_growth),
        rest=words.number(taken.remainder),
    )
    if not taken.exact:
        closing += " " + words.say(
            "Some undecided links are too entangled to try every choice: the bounds are safe but may be too wide."
        )
    rows = [_term(here, taken, term, name) for term in TermName if taken.digitised or term is not TermName.FLIPS]
    measures = ("digitised",) if digitised else ("growth", "count")
    said = [one for measure in measures for one in objections_to(here, measure)] if against else []
    return AccountView(
        id=name,
        heading=heading,
        start=_count(here, taken, between.start, taken.start),
        end=_count(here, taken, between.end, taken.end),
        terms=tuple(row for row in rows if not _nought(row)),
        zero=tuple(row for row in rows if _nought(row)),
        objections=tuple(sorted(said, key=lambda one: not one.fails)),
        closing=closing,
        chart=chart,
    )


def _count(here: Here, taken: Account, year: Year, value: int) -> Linked:
    """The count at an end of an account with the way to the entries counted."""
    return Linked(
        here.words.number(value), f"{here.up}register/{year.year}.html#{'digitised' if taken.digitised else 'all'}"
    )


def _nought(row: TermRow) -> bool:
    """Whether a term is zero whatever is decided, with nothing behind it that cancels out."""
    return row.value == "0" and not row.bounds and not row.events


def _term(here: Here, taken: Account, name: TermName, account: str) -> TermRow:
    words = here.words
    term = taken.terms[name]
    title, about = TERMS[name]
    sign = SIGNS[name]
    low, high = sorted((sign * term.low, sign * term.high))
    return TermRow(
        id=f"{account}-{name}",
        title=words.say(title),
        about=words.say(about),
        value=words.signed(sign * term.value),
        bounds=words.say("between %(low)s and %(high)s", low=words.signed(low), high=words.signed(high))
        if low != high
        else "",
        events=tuple(_event(here, item, sign) for item in term.items),
    )


def _event(here: Here, item: Item, sign: int) -> EventRow:
    return EventRow(
        kind=word(here.words, EVENTS, item.kind),
        amount=here.words.signed(sign * item.amount),
        older=tuple(here.row(key) for key in item.older),
        newer=tuple(here.row(key) for key in item.newer),
    )


def _units(here: Here, last: YearAccount) -> Iterable[YearRow]:
    words = here.words
    for (unit, digitised), taken in last.accounts.items():
        rate = words.rate(taken.rate) if taken.rate is not None else "–"
        label = words.say(UNITS[unit])
        if digitised:
            label = words.say("%(unit)s, digitised", unit=label)
        cells = (
            words.number(taken.start),
            words.number(taken.end),
            words.signed(taken.growth),
            rate,
            words.signed(taken.real_growth),
        )
        yield YearRow(Linked(label), tuple(Linked(cell) for cell in cells), "")


def _year(here: Here, between: YearAccount) -> YearRow:
    words = here.words
    taken = between.accounts[Unit.ROWS, False]
    births, deaths = taken.terms[TermName.BIRTHS], taken.terms[TermName.DEATHS]
    digital = between.accounts.get((Unit.ROWS, True))
    flips = digital.terms[TermName.FLIPS] if digital else None
    low, high = taken.real_bounds
    real = words.signed(taken.real_growth)
    if low != high:
        real += f" ({words.signed(low)} … {words.signed(high)})"
    page = here.up + account_file(here.site.facts.report, between)
    cells = (
        _count(here, taken, between.start, taken.start),
        _count(here, taken, between.end, taken.end),
        Linked(words.signed(taken.growth), f"{page}#rows"),
        Linked(real, f"{page}#rows"),
        Linked(words.number(births.value), f"{page}#rows-{TermName.BIRTHS}"),
        Linked(words.number(deaths.value), f"{page}#rows-{TermName.DEATHS}"),
        Linked(words.signed(digital.growth), f"{page}#digitised") if digital else Linked("–"),
        Linked(words.signed(flips.value), f"{page}#digitised-{TermName.FLIPS}") if flips else Linked("–"),
    )
    breaks = "; ".join(broken(words, one.kind, one.detail) for one in between.end.breaks)
    return YearRow(Linked(f"{between.start.year}–{between.end.year}", f"{page}#rows"), cells, breaks)


def _why(here: Here, measure: str, found: Attribution) -> WhyView:
    words = here.words
    title = words.say(
        "%(figure)s: %(before)s before, %(now)s now, %(change)s",
        figure=words.say(card(measure).title),
        before=words.number(found.before.value),
        now=words.number(found.now.value),
        change=words.signed(found.change),
    )
    return WhyView(f"why-{measure}", title, tuple(_cause(here, one) for one in found.causes))


def _cause(here: Here, cause: Cause) -> EventRow:
    keys = cause.newer or cause.older
    shown = here.row(keys[0])
    detail = told(here.words, cause.detail) if cause.kind in ("appeared", "flipped") else ""
    named = Linked(f"{shown.text} ({detail})" if detail and detail != cause.detail else shown.text, shown.href)
    return EventRow(word(here.words, EVENTS, cause.kind), here.words.signed(cause.change), (), (named,))
