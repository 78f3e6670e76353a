"""A finding's text for an editor: the numbers, what they rest on, what speaks against them, and what lies beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.measure.cards import card
from auditor.measure.objections import Objection
from auditor.records import Evidence
from crawler.pages.text import plain
from reports.contexts.base import Linked, ObjectionView
from reports.contexts.story import Block, StoryText
from reports.finding import Finding
from reports.i18n import Words
from reports.views.figures import figure_view, figure_words, how_coded, objection
from reports.views.front import notices, sure
from reports.views.growth import account_view, growth_intro
from reports.views.here import Here
from reports.views.method import CARD_LINES
from reports.views.permission import said as permitted
from reports.views.wording import cell

#: Official names in letters and lists are cut here; the rows' file has them whole.
LONGEST = 300


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """A kept page in the pack: its file without the ending, and how many of the finding's rows were read from it.

    With none it is there for the rows of the year before.
    """

    file: str
    evidence: Evidence
    rows: int


@dataclass(frozen=True, slots=True)
class Pack:
    """What lies in the pack beside the texts.

    `letters` are (addressee, path without language and ending), `ministries` (name, counted rows); `unread` counts rows
    whose page is not at hand.
    """

    copies: tuple[KeptCopy, ...]
    letters: tuple[tuple[str, str], ...]
    ministries: tuple[tuple[str, int], ...]
    unread: int


def story_text(here: Here, finding: Finding, pack: Pack) -> StoryText:
    """The finding in one language."""
    words = here.words
    sample = here.frame("").sample
    blocks = (
        Block("", tuple(observed(here, finding)), tuple(map(Linked, numbers(here, finding)))),
        Block(words.say("What is counted"), (), tuple(map(Linked, definition(words, finding)))),
        Block(words.say("How sure it is"), (), tuple(map(Linked, _sure(here)))),
        Block(words.say("The strongest objection"), tuple(objected(here, finding)), ()),
        Block(words.say("What this does not say"), (stance(words),), ()),
        _rows(words, finding, pack),
        _pages(words, pack),
        Block(
            words.say("Letters for the right of reply"),
            (
                words.say(
                    "Each is there in Russian, Kazakh and English; what stands in square brackets is the sender's to "
                    "fill in."
                ),
            ),
            tuple(Linked(f"{name}: {path}-ru.txt, -kk.txt, -en.txt") for name, path in pack.letters),
        ),
        _again(here, finding),
    )  # fmt: skip
    return StoryText(words.lang, (sample,) if sample else (), title(words, finding), blocks)


def title(words: Words, finding: Finding) -> str:
    """The finding's name: of the measure with its cell, or of the account."""
    if finding.figure is None:
        return words.say("Register growth beside real growth")
    name = words.say(card(finding.measure).title)
    return f"{name}: {cell(words, finding.figure.cell)}" if finding.figure.cell else name


def observed(here: Here, finding: Finding) -> Iterator[str]:
    """The finding in one or two sentences: what was counted, on which day, in which text."""
    words, report = here.words, here.site.facts.report
    if finding.account is not None:
        yield from growth_intro(here, finding.account)
        yield account_view(here, finding.account).closing
        return
    if finding.measured is not None and finding.figure is not None:
        yield f"{words.day(report.as_of)} – {figure_words(words, finding.measured, finding.figure)}"


def numbers(here: Here, finding: Finding) -> Iterator[str]:
    """Bounds, interval and parts of the number, each a line."""
    words, year = here.words, here.site.facts.report.as_of.year
    if finding.account is not None:
        account = account_view(here, finding.account)
        for term in (*account.terms, *account.zero):
            bounds = f", {term.bounds}" if term.bounds else ""
            yield f"{term.title}: {term.value}{bounds} ({term.about})"
    if finding.measured is None or finding.figure is None:
        return
    view = figure_view(here, year, finding.measured, finding.figure)
    yield from (text for text in (view.bounds, view.interval, view.change, *view.also) if text)
    if not finding.figure.cell:
        for one in finding.measured.cells:
            share = f" ({words.percent(one.share)})" if one.share is not None else ""
            yield f"{cell(words, one.cell)}: {words.number(one.value)}{share}"


def definition(words: Words, finding: Finding) -> Iterator[str]:
    """How the finding is counted, from its card."""
    if finding.figure is None:
        yield words.say(
            "Register growth is the change of the count. Real growth is births less deaths: renaming, renumbering, "
            "splitting and merging add nothing to it."
        )
        return
    told_by = card(finding.measure)
    for field, label in CARD_LINES:
        if field not in ("caveat", "unit"):
            yield f"{words.say(label)}: {words.say(getattr(told_by, field))}"


def objected(here: Here, finding: Finding) -> Iterator[str]:
    """What speaks against the finding, strongest first, each with the setting under which it fails or holds."""
    words = here.words
    said = computed(here, finding)
    for one in said:
        view: ObjectionView = objection(words, one)
        yield words.say("%(objection)s Setting: %(setting)s. Verdict under it: %(verdict)s.", objection=view.text,
                        setting=view.setting, verdict=view.verdict)  # fmt: skip
    if not said:
        yield words.say("No setting of the unit of count, the linking or the coding was computed under which it fails.")
    if finding.figure is not None:
        yield words.say(card(finding.measure).caveat)


def computed(here: Here, finding: Finding) -> Sequence[Objection]:
    """The objections computed for the finding's measure, for the account those of its page, strongest first."""
    measures = ("growth", "count") if finding.account else (finding.measure,)
    said = [one for measure in measures for one in here.site.facts.report.objections.get(measure, ())]
    return sorted(said, key=lambda one: not one.fails)


def stance(words: Words) -> str:
    """What the whole pack claims and what it does not."""
    return words.say(
        "These are observations of what the register and the portal say, under the definition given. They say nothing "
        "of anybody's intent, nor of how a service works."
    )


def short(text: str) -> str:
    """An official name on one line, cut where it is endless."""
    shown = plain(text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


def _sure(here: Here) -> Iterable[str]:
    report, words = here.site.facts.report, here.words
    if report.now is None:
        yield how_coded(here)
        return
    yield from notices(here, report.now)
    yield from sure(here, report.now)
    if report.not_read:
        yield words.count(
            "%(n)s text that is known to exist was not read and is counted nowhere.",
            "%(n)s texts that are known to exist were not read and are counted nowhere.",
            len(report.not_read),
        )
    yield from (permitted(words, one) for one in report.permissions)


def _rows(words: Words, finding: Finding, pack: Pack) -> Block:
    counted = sum(row.counted for row in finding.rows)
    others = len(finding.rows) - counted
    said = [words.count("%(n)s row is behind the finding.", "%(n)s rows are behind the finding.",
                        counted)]  # fmt: skip
    if others:
        said.append(words.count("%(n)s more row stands in other parts of the measure.",
                                "%(n)s more rows stand in other parts of the measure.", others))  # fmt: skip
    if pack.unread:
        said.append(words.count("The kept page of %(n)s row is not in this folder.",
                                "The kept pages of %(n)s rows are not in this folder.", pack.unread))  # fmt: skip
    items = [Linked(name, name) for name in ("rows.xlsx", "rows.csv")]
    items += [Linked(f"{short(name)}: {words.number(count)}") for name, count in pack.ministries]
    return Block(words.say("The rows behind it"), tuple(said), tuple(items))


def _pages(words: Words, pack: Pack) -> Block:
    said = words.say(
        "Each page is here twice: as text that is safe to open (.html), and as the unchanged bytes (.bin), whose "
        "sha256 is the one printed here and in SHA256SUMS."
    )
    items = tuple(
        Linked(
            f"{plain(one.evidence.url)} · {words.moment(one.evidence.captured_at)} · sha256 {one.evidence.sha256} · "
            + (words.count("%(n)s row", "%(n)s rows", one.rows) if one.rows else words.say("the year before")),
            f"{one.file}.html",
        )
        for one in pack.copies
    )
    return Block(words.say("Kept pages"), (said,) if items else (), items)


def _again(here: Here, finding: Finding) -> Block:
    report, words = here.site.facts.report, here.words
    asked = f"{finding.id} --as-of {report.as_of}"
    text = str(report.lang)
    lines = (
        (words.say("Audit date"), words.day(report.as_of)),
        (words.say("Release"), report.release),
        (words.say("Run root of the evidence"), report.root),
        (words.say("This folder again"), f"egov-audit story {asked} --text {text}"),
        (words.say("Proof for third parties"), f"egov-audit prove {asked} --lang {text}" if finding.figure else ""),
    )
    return Block(
        words.say("To check and to cite"), (), tuple(Linked(f"{name}: {value}") for name, value in lines if value)
    )
