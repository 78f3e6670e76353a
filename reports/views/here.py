"""A page's place in the site: its frame, and the way from it to everything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from auditor.measure.records import Figure
from auditor.measure.report_records import Stamped
from auditor.records import Entry
from crawler.pages.text import plain
from reports.contexts.base import Frame, Linked, NavItem
from reports.i18n import LANGUAGES, N_, Words
from reports.views.facts import Facts, anchor, copy_of

#: The parts of the report in the order of the navigation: file → its name. Parts without data are left out.
PARTS: Mapping[str, str] = {
    "index.html": N_("Overview"),
    "figures.html": N_("Figures"),
    "growth.html": N_("Growth taken apart"),
    "series.html": N_("Over the years"),
    "ministries/index.html": N_("Ministries"),
    "sections/index.html": N_("Sections"),
    "services/index.html": N_("Services"),
    "dead-ends.html": N_("Dead ends"),
    "label-flips.html": N_("Label flips"),
    "changes.html": N_("Changes"),
    "portal.html": N_("Portal"),
    "method.html": N_("Method"),
    "codebook.html": N_("Codebook"),
    "cards.html": N_("Indicator cards"),
    "dictionary.html": N_("Data dictionary"),
    "limits.html": N_("Limits"),
    "corrections.html": N_("Corrections"),
    "editions.html": N_("Sources"),
    "files.html": N_("Files"),
}
#: Parts that stand on the register; without one they are not there.
OF_REGISTER = frozenset(
    {"figures.html", "growth.html", "series.html", "ministries/index.html", "sections/index.html",
     "services/index.html", "dead-ends.html", "label-flips.html", "changes.html"}
)  # fmt: skip
#: The feeds by the name of their file below `feeds/`.
FEEDS: Mapping[str, str] = {
    "new": N_("New entries"),
    "removed": N_("Removed entries"),
    "flipped": N_("Entries with another delivery form"),
    "rewritten": N_("Entries with another text or place, split or merged ones"),
    "corrected": N_("Corrected figures"),
    "digest": N_("Digest of the report and its editions"),
}
_TOKEN = re.compile("\x00(\\w+)\x00")


@dataclass(frozen=True, slots=True)
class Site:
    """One language's site: the facts, its words, the languages offered, and frames already made."""

    facts: Facts
    words: Words
    offered: tuple[str, ...]
    frames: dict[tuple[str, str], tuple[NavItem, ...]] = field(default_factory=dict)

    def at(self, path: str, part: str = "") -> Here:
        """The place of a page below the language's folder; `part` is the navigation's item it belongs to."""
        return Here(self, path, "../" * path.count("/"), part or path)

    def parts(self) -> list[str]:
        """The files of the navigation that this report has."""
        report = self.facts.report
        return [
            part
            for part in PARTS
            if (report.now is not None or part not in OF_REGISTER) and (report.portals or part != "portal.html")
        ]


@dataclass(frozen=True, slots=True)
class Here:
    """One page of one language."""

    site: Site
    path: str
    up: str
    part: str

    @property
    def words(self) -> Words:
        """The page's language."""
        return self.site.words

    def frame(self, title: str) -> Frame:
        """What stands round the page."""
        report = self.site.facts.report
        return Frame(
            lang=self.words.lang,
            text_lang=str(report.lang),
            title=title,
            top=f"../{self.up}",
            home=f"{self.up}index.html",
            nav=self._nav(),
            languages=tuple(
                NavItem(f"../{self.up}{lang}/{self.path}", LANGUAGES[lang], lang == self.words.lang, lang)
                for lang in self.site.offered
            ),
            as_of=self.words.day(report.as_of),
            release=report.release,
            root=report.root,
            stamped=stamped(self.words, report.stamped),
            sample=self._sample(),
            feeds=tuple(
                NavItem(f"{self.up}feeds/{name}.atom", self.words.say(title), False) for name, title in FEEDS.items()
            ),
        )

    def _nav(self) -> tuple[NavItem, ...]:
        key = (self.up, self.part)
        if key not in self.site.frames:
            self.site.frames[key] = tuple(
                NavItem(self.up + part, self.words.say(PARTS[part]), part == self.part) for part in self.site.parts()
            )
        return self.site.frames[key]

    def _sample(self) -> str:
        hosts = self.site.facts.served_by
        if not hosts:
            return ""
        return self.words.say(
            "Sample or test data: the pages behind these figures were served by %(hosts)s, not by adilet.zan.kz or "
            "egov.kz. Nothing here says anything about Kazakhstan.",
            hosts=hosts,
        )

    def figure(self, figure: Figure, year: int) -> str:
        """The way to the entries that a figure counts."""
        return f"{self.up}register/{year}.html#{'all' if figure.measure == 'count' else anchor(figure)}"

    def number(self, figure: Figure, year: int) -> Linked:
        """A figure's count, linked to its entries."""
        return Linked(self.words.number(figure.value), self.figure(figure, year))

    def row(self, key: str) -> Linked:
        """A row or listing by its name, linked to its service's page, else to its row in the register."""
        return Linked(self.site.facts.names.get(key, key), self.row_href(key))

    def row_href(self, key: str) -> str:
        """The way to what the report has of a row or listing; empty when it has no page."""
        facts = self.site.facts
        service = facts.report.service_of.get(key, "")
        if service in facts.files:
            return f"{self.up}services/{facts.files[service]}.html"
        if key in facts.year_of:
            return f"{self.up}register/{facts.year_of[key]}.html#{row_id(key)}"
        return ""

    def evidence(self, key: str) -> str:
        """The way to the kept page that has a row, listing or service page; empty when it is not in the report."""
        found = self.site.facts.report.places.get(key)
        return f"../{self.up}{copy_of(found)}" if found else ""

    def card(self, measure: str) -> str:
        """The way to a measure's card."""
        return f"{self.up}cards.html#{measure}"

    def sentence(self, text: str, **links: Linked) -> tuple[Linked, ...]:
        """A sentence with `token(name)` in it, in parts: words, and the linked numbers for the tokens."""
        parts = []
        for number, piece in enumerate(_TOKEN.split(text)):
            if number % 2:
                parts.append(links[piece])
            elif piece:
                parts.append(Linked(piece))
        return tuple(parts)


def stamped(words: Words, found: Stamped | None) -> str:
    """The time stamp that covers the root of the evidence: when, by whom, where it lies; empty where there is none."""
    if found is None:
        return ""
    return words.say(
        "Vouched for by a time stamp (RFC 3161): %(time)s, %(authority)s, file %(file)s of the archive",
        time=words.moment(found.at),
        authority=plain(found.authority),
        file=found.file,
    )


def token(name: str) -> str:
    """What a sentence holds where `Here.sentence` is to put a linked number."""
    return f"\x00{name}\x00"


def row_id(key: str) -> str:
    """Id of a row on its page: the key with what an address cannot hold replaced."""
    return "r-" + re.sub(r"[^\w.-]", "_", key)


def entry_group(entry: Entry) -> str:
    """Section and life situation as printed."""
    return " · ".join(text for text in (entry.section, entry.subsection) if text)


def web_address(text: str) -> str:
    """An address that may be a link: http or https and nothing else; empty for any other."""
    parts = urlsplit(text)
    return text if parts.scheme in ("http", "https") and parts.hostname else ""
