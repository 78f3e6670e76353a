"""Method, codebook, cards, dictionary, limits, sources, files."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.coding.codebook import guidance, rules_in_full
from auditor.measure.cards import Card, cards
from auditor.measure.report_records import EditionRecord
from auditor.records import NotRead
from auditor.views.dictionary import views
from crawler.pages.text import plain
from reports.contexts.base import ChartView, Linked, NavItem
from reports.contexts.method import (
    CardsPage,
    CardView,
    CodebookPage,
    DictionaryPage,
    EditionsPage,
    EditionView,
    FilesPage,
    Passage,
    TextPage,
)
from reports.i18n import N_
from reports.views.corrections import corrected
from reports.views.facts import copy_of
from reports.views.figures import share_of
from reports.views.here import FEEDS, Here, web_address
from reports.views.permission import HEADING, said
from reports.views.problems import ISSUES
from reports.views.prose import FILES, LIMITS, MEANINGS, METHOD
from reports.views.services import edition_id
from reports.views.told import list_name, told
from reports.views.wording import CODES, OUTCOMES, PROVENANCE, word

#: The lines of a card: field → its label.
CARD_LINES: tuple[tuple[str, str], ...] = (
    ("formula", N_("How it is counted")),
    ("unit", N_("Unit")),
    ("numerator", N_("Numerator")),
    ("denominator", N_("Denominator")),
    ("source", N_("Source")),
    ("caveat", N_("Caveat")),
    ("breaks", N_("Breaks in the series")),
)


def method_page(here: Here) -> TextPage:
    """How the figures came about."""
    return TextPage(here.frame(here.words.say("Method")), _passages(here, METHOD), (), (), False)


def limits_page(here: Here) -> TextPage:
    """What the figures do not say, what was not read, what was not understood."""
    report, words = here.site.facts.report, here.words
    return TextPage(
        frame=here.frame(words.say("Limits: not said, not read, not understood")),
        passages=(*_passages(here, LIMITS), *_permissions(here)),
        not_read=tuple(
            (_what(here, one), word(words, OUTCOMES, one.outcome), told(words, plain(one.detail)))
            for one in report.not_read
        ),
        issues=tuple((code, word(words, ISSUES, code), words.number(count)) for code, count in report.issues),
        show_gaps=True,
    )


def _what(here: Here, one: NotRead) -> str:
    if not one.audience:
        return one.what
    return here.words.say("portal list: %(name)s", name=list_name(here.words, f"{one.lang}/{one.audience}"))


def _permissions(here: Here) -> Iterable[Passage]:
    """By whose leave pages were asked for that robots.txt closes; nothing where there are none."""
    if used := here.site.facts.report.permissions:
        yield Passage("permission", here.words.say(HEADING), tuple(said(here.words, one) for one in used))


def _passages(here: Here, texts: Iterable[tuple[str, str, tuple[str, ...]]]) -> tuple[Passage, ...]:
    say = here.words.say
    return tuple(Passage(name, say(heading), tuple(say(text) for text in said)) for name, heading, said in texts)


def codebook_page(here: Here) -> CodebookPage:
    """The codebook whole, as people code by it."""
    words, report = here.words, here.site.facts.report
    return CodebookPage(
        frame=here.frame(words.say("Codebook: how an entry is coded")),
        version=words.say("Version %(version)s; %(how)s.", version=report.codebook, how=told(words, report.coding)),
        axes=tuple(
            (words.say(axis), tuple((code, words.say(CODES[code]), words.say(text)) for code, text in codes))
            for axis, codes in MEANINGS
        ),
        guidance=guidance(words.lang),
        rules=tuple(rules_in_full(words.lang).items()),
    )


def cards_page(here: Here) -> CardsPage:
    """The indicator cards, with what each gives on the audit date."""
    return CardsPage(
        here.frame(here.words.say("Indicator cards: what each measure counts")),
        tuple(_card(here, one) for one in cards().values()),
    )


def _card(here: Here, one: Card) -> CardView:
    words, now = here.words, here.site.facts.report.now
    measured = now.measured.get(one.id) if now else None
    if measured is None or now is None:
        why = now.unmeasured.get(one.id, "") if now else ""
        value = Linked(words.say("not observed: %(why)s", why=told(words, why)) if why else words.say("not observed"))
    else:
        share = share_of(words, measured.head)
        shown = words.number(measured.head.value) + (f" ({share})" if share else "")
        linked = not measured.cells or measured.head.of is not None
        value = Linked(shown, here.figure(measured.head, now.snapshot.as_of.year) if linked else "")
    lines = tuple((words.say(title), words.say(getattr(one, name))) for name, title in CARD_LINES)
    told_wrong = corrected(here, measured.head, now.snapshot.as_of.year) if measured and now else ()
    return CardView(one.id, words.say(one.title), lines, value, told_wrong)


def dictionary_page(here: Here) -> DictionaryPage:
    """The data dictionary of the SQL views."""
    say = here.words.say
    return DictionaryPage(
        here.frame(say("Data dictionary: the views of the database")),
        tuple(
            (view.name, say(view.about), tuple((name, say(meaning)) for name, meaning in view.columns.items()))
            for view in views().values()
        ),
    )


def editions_page(here: Here) -> EditionsPage:
    """The editions that were read, with all that is needed to check them."""
    return EditionsPage(
        here.frame(here.words.say("Sources: the editions that were read")),
        tuple(_edition(here, one) for one in here.site.facts.report.editions),
    )


def _edition(here: Here, one: EditionRecord) -> EditionView:
    words, edition, kept = here.words, one.edition, one.evidence
    rows = words.count("%(n)s entry", "%(n)s entries", edition.rows_live)
    dead = edition.rows_found - edition.rows_live
    if dead:
        rows += "; " + words.count("%(n)s excluded row", "%(n)s excluded rows", dead)
    state = words.say("good")
    if edition.state == "accepted":
        state = words.say("accepted by %(what)s: %(now)s", what=edition.state_by, now=edition.state_reason)
    return EditionView(
        id=edition_id(edition.act, str(edition.edition_date)),
        act=edition.act,
        day=str(edition.edition_date),
        rows=rows,
        state=state,
        address=plain(kept.url),
        href=web_address(kept.url),
        captured=words.moment(kept.captured_at),
        sha256=kept.sha256,
        record=words.say("%(file)s, byte %(offset)s", file=kept.warc, offset=str(kept.offset)),
        provenance=word(words, PROVENANCE, kept.provenance),
        copy=f"../{here.up}{copy_of(kept)}" if one.cited else "",
    )


def files_page(here: Here, charts: Iterable[ChartView]) -> FilesPage:
    """Data and charts to take away."""
    words = here.words
    return FilesPage(
        frame=here.frame(words.say("Files to take away")),
        files=(
            *((f"../{here.up}csv/{name}", name, words.say(about)) for name, about in FILES),
            *(
                (
                    f"{here.up}feeds/{name}.atom",
                    f"{name}.atom",
                    words.say("Feed (Atom): %(what)s", what=words.say(title)),
                )
                for name, title in FEEDS.items()
            ),
        ),
        charts=tuple(
            (
                one.title,
                (NavItem(one.svg, "SVG", False), NavItem(one.png, "PNG", False), NavItem(one.csv, "CSV", False)),
            )
            for one in charts
        ),
    )
