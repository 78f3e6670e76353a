"""A citation's words: title, value, and the facts that find the figure again, in a reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.corrections.records import Correction
from auditor.measure.cards import card
from auditor.measure.citation import Citation
from auditor.measure.records import DatedAudit, Figure
from auditor.measure.scenes import CODED
from reports.i18n import Words
from reports.views.corrections import corrected_line
from reports.views.figures import bounds, interval, share_of
from reports.views.told import told
from reports.views.wording import LANGUAGE_OF, cell, word


def title(words: Words, figure: Figure) -> str:
    """The figure's name, with its cell."""
    named = words.say(card(figure.measure).title)
    return f"{named}: {cell(words, figure.cell)}" if figure.cell else named


def value(words: Words, figure: Figure) -> str:
    """`16, between 15 and 17 (8.6% of 186)`, with the corrected share and its interval where there is one."""
    shown = ", ".join(text for text in (words.number(figure.value), bounds(words, figure)) if text)
    share = share_of(words, figure)
    sure = interval(words, figure) if figure.interval is not None else ""
    return shown + (f" ({share})" if share else "") + (f"; {sure}" if sure else "")


def remarks(words: Words, dated: DatedAudit, figure: Figure, coding: str) -> tuple[str, ...]:
    """What must be said beside the figure: how sure the codes are, what was in force and could not be read."""
    unread = ", ".join(dated.snapshot.unread)
    said = (
        told(words, dated.measured[figure.measure].remark),
        f"{words.say('Nature and completeness')}: {told(words, coding)}" if figure.measure in CODED else "",
        words.say("later editions in force by then could not be read: %(what)s", what=unread) if unread else "",
    )
    return tuple(one for one in said if one)


def superseded(words: Words, made: Iterable[Correction]) -> tuple[str, ...]:
    """What is said of each correction of the cited figure: its old value must not be cited any more."""
    return tuple(
        f"{words.say('Superseded value')}: {corrected_line(words, one)}; {one.reason} ({one.noticed_by}; {one.key})"
        for one in made
    )


def facts(words: Words, cited: Citation) -> tuple[str, ...]:
    """What finds the figure again, one fact a line; dates as YYYY-MM-DD."""
    say = words.say
    edition = say(
        "act %(act)s, edition of %(edition)s, text: %(lang)s",
        act=cited.act,
        edition=str(cited.edition),
        lang=word(words, LANGUAGE_OF, cited.text),
    )
    return (
        f"{say('Figure')}: {cited.figure}",
        f"{say('Definition')}: {cited.definition}",
        f"{say('Audit date')}: {cited.as_of}",
        f"{say('Edition')}: {edition}",
        *(f"{say('Note')}: {remark}" for remark in cited.remarks),
        *cited.superseded,
        f"{say('Release')}: {cited.release}",
        f"{say('Program')}: egov-audit {cited.version}",
        f"{say('Run root of the evidence')}: {cited.root or say('none, no manifest in the archive')}",
        f"{say('Retrieved with')}: {cited.retrieval}",
    )
