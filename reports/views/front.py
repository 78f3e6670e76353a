"""The front page: the numbers game in one screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from auditor.account.records import TermName, Unit
from auditor.measure.cards import card
from auditor.measure.records import DatedAudit
from auditor.measure.report_records import YearAccount
from reports.contexts.base import ChartView, FigureView, Linked, NavItem
from reports.contexts.pages import FrontPage, Statement
from reports.i18n import N_
from reports.views.figures import figure_view, how_coded, missing, objections_to, two_by_two
from reports.views.growth import last_change
from reports.views.here import PARTS, Here, token
from reports.views.register import portals_in_short
from reports.views.series import broken
from reports.views.told import told
from reports.views.wording import DELIVERED, LANGUAGE_OF, word

_ANNOUNCED = ("count", "digitised")
_BEHIND = ("core_complete", "easy_share", "dead_ends", "label_flips", "parallel")
_DOORS = ("growth.html", "series.html", "ministries/index.html", "sections/index.html", "dead-ends.html",
          "label-flips.html", "portal.html", "method.html", "limits.html")  # fmt: skip
#: The report's title.
TITLE = N_("Public services of Kazakhstan: what stands behind the count")


def front_page(here: Here, chart: ChartView | None) -> FrontPage:
    """The front page of one language."""
    report = here.site.facts.report
    now = report.now
    words = here.words
    year = report.as_of.year
    measured = now.measured if now else {}
    unmeasured = missing(here, now, _BEHIND) if now else ()
    return FrontPage(
        frame=here.frame(words.say(TITLE)),
        lead=tuple(_lead(here, now)) if now else (),
        notices=tuple(notices(here, now)),
        announced=tuple(_brief(figure_view(here, year, measured[name])) for name in _ANNOUNCED if name in measured),
        behind=tuple(_behind(here, now)) if now else (),
        table=two_by_two(here, year, measured["two_by_two"], words.say(DELIVERED)) if now else None,
        moved=tuple(_moved(here, now)) if now else (),
        chart=chart,
        sure=(*sure(here, now), _unread(here)) if now else (),
        unseen=_unseen_count(here, len(unmeasured)),
        missing=unmeasured,
        portals=() if now else tuple(portals_in_short(here)),
        doors=tuple(NavItem(part, words.say(PARTS[part]), False) for part in _DOORS if part in here.site.parts()),
    )


def _behind(here: Here, now: DatedAudit) -> Iterable[FigureView]:
    """The measures of the numbers game, each in its place even where it was not observed: then it says why."""
    for name in _BEHIND:
        if name in now.measured:
            yield _brief(figure_view(here, now.snapshot.as_of.year, now.measured[name]))
        elif name in now.unmeasured:
            yield _unseen(here, name, now.unmeasured[name])


def _unseen(here: Here, name: str, reason: str) -> FigureView:
    words = here.words
    why = words.say("not observed: %(why)s", why=told(words, reason))
    return FigureView(id=name, title=words.say(card(name).title), value=Linked("–"), share=why, change="", bounds="",
                      interval="", also=(), caveat="", card=here.card(name), objections=())  # fmt: skip


def _unseen_count(here: Here, n: int) -> str:
    if not n:
        return ""
    return here.words.count(
        "%(n)s further measure was not observed: why is told below.",
        "%(n)s further measures were not observed: why is told below.",
        n,
    )


def _brief(view: FigureView) -> FigureView:
    """A figure with its strongest objection only: the page of figures has the rest."""
    return replace(view, objections=view.objections[:1], caveat="", also=view.also[:1], interval="")


def _lead(here: Here, now: DatedAudit) -> Iterable[Linked]:
    words, year = here.words, now.snapshot.as_of.year
    count = now.measured["count"].head
    link = here.number(count, year)
    said = words.count(
        "On %(day)s the register in force has %(link)s service row.",
        "On %(day)s the register in force has %(link)s service rows.",
        count.value,
        day=words.day(now.snapshot.as_of),
        link=token("a"),
    )
    yield from here.sentence(said, a=link)
    if "digitised" not in now.measured:
        why = told(words, now.unmeasured["digitised"])
        yield Linked(" " + words.say("Nothing can be said of digitised services: %(why)s.", why=why))
        return
    digital = now.measured["digitised"].head
    said = words.count(
        "The register calls %(link)s of them digitised (%(share)s).",
        "The register calls %(link)s of them digitised (%(share)s).",
        digital.value,
        link=token("a"),
        share=words.percent(digital.share or 0.0),
    )
    yield Linked(" ")
    yield from here.sentence(said, a=here.number(digital, year))
    core = now.measured["core_complete"].head
    said = words.count(
        "%(link)s is a human or social service that is both digitised and complete: its stated result is the thing "
        "needed.",
        "%(link)s are human or social services that are both digitised and complete: their stated result is the thing "
        "needed.",
        core.value,
        link=token("a"),
    )
    yield Linked(" ")
    yield from here.sentence(said, a=here.number(core, year))


def notices(here: Here, now: DatedAudit | None) -> Iterable[str]:
    """What a reader must know before any number: nothing read, a doubtful edition, later editions not read."""
    words = here.words
    if now is None:
        yield words.say(
            "No edition of the register has been read, so nothing is said of it here. An unread register is not an "
            "empty one."
        )
        return
    shot = now.snapshot
    if shot.accepted:
        yield words.say("This edition was held as doubtful: %(accepted)s", accepted=told(words, shot.accepted))
    if shot.unread:
        yield words.say(
            "In force by then but not read: %(editions)s. The figures are those of the last edition that was read.",
            editions=", ".join(shot.unread),
        )


def _moved(here: Here, now: DatedAudit) -> Iterable[Statement]:
    report, words = here.site.facts.report, here.words
    account = report.accounts[-1] if report.accounts else None
    if account is not None and account.end is report.years[-1]:
        yield _growth(here, account)
        quiet = last_change(here)
        if quiet:
            yield Statement(quiet, None)
    else:
        unseen = words.say("The register of the year before was not observed: no change can be told.")
        yield Statement((Linked(unseen),), None)
    first = next((one for one in report.years if one.audit is not None), None)
    if first is not None and first.audit is not None and first.year != now.snapshot.as_of.year:
        then, today = first.audit.measured["count"].head, now.measured["count"].head
        said = words.say(
            "From %(first)s to %(last)s the count went from %(a)s to %(b)s; breaks in the series are marked.",
            first=str(first.year), last=str(now.snapshot.as_of.year), a=token("a"), b=token("b"),
        )  # fmt: skip
        links = {"a": here.number(then, first.year), "b": here.number(today, now.snapshot.as_of.year)}
        yield Statement(here.sentence(said, **links), None)


def _growth(here: Here, account: YearAccount) -> Statement:
    words = here.words
    taken = account.accounts[Unit.ROWS, False]
    said = words.say(
        "From %(start)s to %(end)s the register changed by %(growth)s rows; births less deaths give %(real)s.",
        start=words.day(account.start.as_of),
        end=words.day(account.end.as_of),
        growth=token("g"),
        real=token("r"),
    )
    births, deaths = taken.terms[TermName.BIRTHS], taken.terms[TermName.DEATHS]
    href = f"{here.up}growth.html#rows"
    links = {
        "g": Linked(words.signed(taken.growth), href),
        "r": Linked(words.signed(taken.real_growth), f"{here.up}growth.html#rows-births"),
    }
    terms = words.say(
        "births %(births)s, deaths %(deaths)s", births=words.number(births.value), deaths=words.number(deaths.value)
    )
    figure = FigureView(
        id="growth",
        title=words.say("Register growth beside real growth"),
        value=links["r"],
        share="",
        change="",
        bounds="",
        interval="",
        also=(terms,),
        caveat="",
        card=f"{here.up}method.html#account",
        objections=objections_to(here, "growth"),
    )
    return Statement(here.sentence(said, **links), figure)


def sure(here: Here, now: DatedAudit) -> Iterable[str]:
    """What the figures of the audit date rest on, and what they leave open."""
    words, shot = here.words, now.snapshot
    yield words.say(
        "Counted in the %(lang)s text of act %(act)s, edition of %(day)s.",
        lang=word(words, LANGUAGE_OF, str(shot.lang)), act=shot.act, day=words.day(shot.edition_date),
    )  # fmt: skip
    yield how_coded(here)
    abstained = now.measured["two_by_two"].abstained
    yield words.count("The coder left %(n)s entry open.", "The coder left %(n)s entries open.", abstained)
    for found in now.breaks:
        yield words.say("The series breaks in this year: %(what)s.", what=broken(words, found.kind, found.detail))


def _unread(here: Here) -> str:
    unread = len(here.site.facts.report.not_read)
    return here.words.count(
        "%(n)s text that is known to exist was not read; it is listed under limits and counted nowhere.",
        "%(n)s texts that are known to exist were not read; they are listed under limits and counted nowhere.",
        unread,
    )
