"""The letter for right of reply: what was observed about the addressee, how, what speaks against it, what is asked."""

from __future__ import annotations

from dataclasses import dataclass

from reports.contexts.base import Linked
from reports.contexts.story import Block, StoryText
from reports.finding import Behind, Finding
from reports.i18n import Words
from reports.views.facts import full_name
from reports.views.front import notices
from reports.views.here import Here
from reports.views.story import definition, numbers, objected, observed, short, stance, title

#: How many rows a letter lists; the rows' file beside it has all.
LISTED = 30


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter is for. `name` is a ministry's as the register prints it, "" for who keeps the source itself;
    `keys` are the counted rows that name it.
    """

    name: str
    keys: tuple[str, ...]


def addressed(here: Here, finding: Finding, to: Addressee) -> str:
    """The addressee in words."""
    if to.name:
        return short(to.name)
    words, now = here.words, here.site.facts.report.now
    if now is None or (finding.rows and all(row.key.count("/") == 1 for row in finding.rows)):
        return words.say("The state body in charge of the portal egov.kz")
    return words.say("The state body that approves the register of public services (act %(act)s)", act=now.snapshot.act)


def letter(here: Here, finding: Finding, behind: Behind, to: Addressee) -> StoryText:
    """The letter to one addressee in the language of `here`; only the sender's own particulars are left open."""
    words = here.words
    sample = here.frame("").sample
    above = (
        *([sample] if sample else []),
        words.say("[Date of this letter]"),
        words.say("From: [name, publication, postal address, e-mail, telephone]"),
        words.say("To: %(body)s", body=addressed(here, finding, to)),
    )
    opening = words.say(
        "We are preparing a publication about the register of public services of Kazakhstan. Before it appears we ask "
        "for your comment on the observation below."
    )
    report = here.site.facts.report
    doubts = tuple(notices(here, report.now)) if report.now else ()
    sources = words.say("Release %(release)s, run root of the evidence %(root)s.", release=report.release or "–",
                        root=report.root or "–")  # fmt: skip
    return StoryText(
        lang=words.lang,
        above=above,
        title=words.say("Request for comment: %(finding)s", finding=title(words, finding)),
        blocks=(
            Block("", (words.say("Dear Sir or Madam,"), opening), ()),
            Block(words.say("What was observed"), (*observed(here, finding), *doubts), _lines(*numbers(here, finding))),
            *_own(words, behind, to),
            Block(words.say("How it was counted"), (_text(here),), _lines(*definition(words, finding))),
            Block(words.say("What speaks against it"), tuple(objected(here, finding)), ()),
            _questions(words),
            _reply(words),
            Block(words.say("Enclosed"), (), _lines(
                words.say("rows.xlsx and rows.csv: every row behind the finding, with the page it was read from"),
                words.say("pages: the kept pages with address, time of capture and sha256"),
                sources,
            )),
            Block("", (words.say("Yours faithfully,"), words.say("[Name and signature]")), ()),
        ),
    )  # fmt: skip


def _lines(*texts: str) -> tuple[Linked, ...]:
    return tuple(map(Linked, texts))


def _text(here: Here) -> str:
    words, now = here.words, here.site.facts.report.now
    if now is None:
        return words.say("Counted in the lists of the portal egov.kz.")
    shot = now.snapshot
    return words.say(
        "Counted in the text of act %(act)s, edition of %(day)s, as kept by us.",
        act=shot.act, day=words.day(shot.edition_date),
    )  # fmt: skip


def _own(words: Words, behind: Behind, to: Addressee) -> tuple[Block, ...]:
    """The rows that name the addressee, the first ones by code and name."""
    if not to.name:
        return ()
    said = words.count(
        "Of the rows counted, %(n)s names you as the body that sets the rules of the service:",
        "Of the rows counted, %(n)s name you as the body that sets the rules of the service:",
        len(to.keys),
    )
    rows = [behind.entries[key] for key in to.keys[:LISTED]]
    items = [" ".join(part for part in (short(row.code), short(full_name(row))) if part) for row in rows]
    if len(to.keys) > LISTED:
        rest = len(to.keys) - LISTED
        items.append(words.count("and %(n)s more, in rows.xlsx", "and %(n)s more, in rows.xlsx", rest))
    return (Block(words.say("The rows that name you"), (said,), _lines(*items)),)


def _questions(words: Words) -> Block:
    return Block(
        words.say("Our questions"),
        (
            words.say("1. Is the observation right? Which rows, if any, should not be counted, and why?"),
            words.say("2. What should readers know in order to understand this figure rightly?"),
            words.say("3. Has anything changed since the edition named above, or is a change planned, and by when?"),
        ),
        (),
    )


def _reply(words: Words) -> Block:
    return Block(
        words.say("Your reply"),
        (
            words.say(
                "Please reply in writing by [date]. We shall take your reply into account and give its substance "
                "fairly; mistakes that you point out will be corrected before publication. If no reply reaches us by "
                "that date, we shall say so."
            ),
            stance(words),
        ),
        (),
    )
