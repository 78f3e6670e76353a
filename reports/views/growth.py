"""The growth account: terms with their events, bounds, units of count, years, and why each headline moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.account.records import SIGNS, Account, Item, TermName, Unit
from auditor.measure.cards import card
from auditor.measure.report_records import YearAccount
from auditor.measure.why import Attribution, Cause
from reports.contexts.base import ChartView, Linked
from reports.contexts.pages import AccountView, EventRow, GrowthPage, TermRow, WhyView, YearRow
from reports.views.figures import objections_to
from reports.views.here import Here, token
from reports.views.series import broken
from reports.views.told import told
from reports.views.wording import EVENTS, TERMS, UNITS, word


def growth_page(here: Here, charts: Mapping[str, ChartView]) -> GrowthPage:
    """The accounts of the last year with their events, and of each year in a table."""
    report, words = here.site.facts.report, here.words
    last = report.accounts[-1] if report.accounts and report.accounts[-1].end is report.years[-1] else None
    accounts = []
    if last is not None:
        for unit, digitised in ((Unit.ROWS, False), (Unit.ROWS, True)):
            if (unit, digitised) in last.accounts:
                name = "digitised" if digitised else "rows"
                accounts.append(account_view(here, last.accounts[unit, digitised], name, charts.get(name)))
    return GrowthPage(
        frame=here.frame(words.say("Growth taken apart until it closes")),
        intro=tuple(growth_intro(here, last)),
        accounts=tuple(accounts),
        units=tuple(_units(here, last)) if last else (),
        years=tuple(_year(here, one) for one in report.accounts),
        why=tuple(_why(here, measure, found) for measure, found in report.why.items()),
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
    years = f"{here.up}growth.html#years"
    return here.sentence(said, g=Linked(words.signed(taken.growth), years), r=Linked(real, years))


def account_view(here: Here, taken: Account, name: str, chart: ChartView | None) -> AccountView:
    """One account, term by term with its events; `name` begins the ids of its terms."""
    words = here.words
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
    against = ("digitised",) if taken.digitised else ("growth", "count")
    said = [one for measure in against for one in objections_to(here, measure)]
    return AccountView(
        id=name,
        heading=heading,
        start=words.number(taken.start),
        end=words.number(taken.end),
        terms=tuple(row for row in rows if not _nought(row)),
        zero=tuple(row for row in rows if _nought(row)),
        objections=tuple(sorted(said, key=lambda one: not one.fails)),
        closing=closing,
        chart=chart,
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
        yield YearRow(label, cells, "")


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
    cells = (
        words.number(taken.start),
        words.number(taken.end),
        words.signed(taken.growth),
        real,
        words.number(births.value),
        words.number(deaths.value),
        words.signed(digital.growth) if digital else "–",
        words.signed(flips.value) if flips else "–",
    )
    breaks = "; ".join(broken(words, one.kind, one.detail) for one in between.end.breaks)
    return YearRow(f"{between.start.year}–{between.end.year}", cells, breaks)


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
