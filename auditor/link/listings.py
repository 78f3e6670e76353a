"""Which service of the register a portal listing shows: by name, by the code in its address, by its other languages.

Many listings can show one service. What fits two services nearly equally is a candidate and links nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from auditor.link.words import folded, name_key, numbers, turns
from auditor.records import Link, LinkState, LinkType, Listing
from crawler.pages.records import Finding, Lang, Level

#: A register code in a slug (`00203002_mvd`): the code of the page's time, evidence but no proof.
_SLUG_CODE = re.compile(r"(?<!\d)(?:2F)?(\d{8})(?!\d)")
#: Name similarity that a code in the slug needs beside it.
CODE_NEEDS = 60.0
#: Points by which the best name must beat another service's.
LEAD = 3.0


@dataclass(frozen=True, slots=True)
class ServiceName:
    """A name that a service has or had in one language, and the row that bore it. `current`: in the newest edition."""

    service: str
    entry: str
    lang: Lang
    name: str
    code: str
    current: bool


@dataclass(frozen=True, slots=True)
class _Find:
    """A service that a listing may show."""

    name: ServiceName
    score: float  # 0–1
    rule: str


def link_listings(
    listings: Sequence[Listing], names: Sequence[ServiceName], threshold: float
) -> tuple[list[Link], list[Finding]]:
    """Links (type `listed`, older: a row of the service, newer: the listing) and findings, by listing.

    `threshold` is the least name similarity, 0–100. `slug_disagrees`: the languages of one slug point to different
    services, so none of them is linked.
    """
    by_slug: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        by_slug[listing.slug].append(listing)
    shelf = _Shelf.of(names)
    links: list[Link] = []
    findings: list[Finding] = []
    for slug, group in sorted(by_slug.items()):
        found = {listing.key: shelf.find(listing, threshold) for listing in group}
        sure = {key: finds[0] for key, finds in found.items() if len(finds) == 1}
        services = sorted({find.name.service for find in sure.values()})
        if len(services) > 1:
            findings.append(_disagreement(slug, group, services))
        for listing in group:
            links += _links(listing, found[listing.key], list(sure.values()), agree=len(services) == 1)
    return links, findings


@dataclass(slots=True)
class _Shelf:
    """Names by language, by key and by code."""

    exact: dict[tuple[Lang, str], list[ServiceName]]
    folded: dict[Lang, dict[int, str]]
    names: Sequence[ServiceName]
    codes: dict[str, list[ServiceName]]

    @classmethod
    def of(cls, names: Sequence[ServiceName]) -> _Shelf:
        exact: dict[tuple[Lang, str], list[ServiceName]] = defaultdict(list)
        texts: dict[Lang, dict[int, str]] = defaultdict(dict)
        codes: dict[str, list[ServiceName]] = defaultdict(list)
        for index, name in enumerate(names):
            exact[name.lang, name_key(name.name)].append(name)
            texts[name.lang][index] = folded(name.name)
            if name.code:
                codes[name.code].append(name)
        return cls(exact, texts, names, codes)

    def find(self, listing: Listing, threshold: float) -> list[_Find]:
        """The services that this listing may show, best first; one alone is sure."""
        exact = _one_a_service(
            _Find(name, 1.0, "name") for name in self.exact.get((listing.lang, name_key(listing.name)), ())
        )
        finds = exact or self._similar(listing, threshold)
        by_code = self._by_code(listing)
        if len(finds) > 1:
            current = [find for find in finds if find.name.current]
            finds = current if len(current) == 1 else finds
        if len(finds) > 1:
            both = [find for find in finds if any(find.name.service == other.name.service for other in by_code)]
            return [replace(both[0], rule="name_and_slug_code")] if len(both) == 1 else finds
        return finds or by_code

    def _similar(self, listing: Listing, threshold: float) -> list[_Find]:
        text = folded(listing.name)
        matches = process.extract(
            text,
            self.folded.get(listing.lang, {}),
            scorer=fuzz.token_sort_ratio,
            score_cutoff=threshold - LEAD,
            limit=10,
        )
        finds = _one_a_service(
            _Find(self.names[index], score / 100, "similar_name")
            for other, score, index in matches
            if turns(other) == turns(text) and numbers(other) == numbers(text)
        )
        if not finds or finds[0].score * 100 < threshold:
            return []
        return [find for find in finds if find.score * 100 > finds[0].score * 100 - LEAD]

    def _by_code(self, listing: Listing) -> list[_Find]:
        match = _SLUG_CODE.search(listing.slug)
        if match is None:
            return []
        text = folded(listing.name)
        scored = (
            _Find(name, fuzz.token_sort_ratio(text, folded(name.name)) / 100, "slug_code")
            for name in self.codes.get(match[1], ())
            if name.lang is listing.lang
        )
        return _one_a_service(find for find in scored if find.score * 100 >= CODE_NEEDS)


def _one_a_service(finds: Iterable[_Find]) -> list[_Find]:
    """The best find of each service, names in use before old ones, best first."""
    best: dict[str, _Find] = {}
    for find in sorted(finds, key=lambda find: (-find.score, not find.name.current, find.name.entry)):
        best.setdefault(find.name.service, find)
    return list(best.values())


def _links(listing: Listing, finds: Sequence[_Find], sure: Sequence[_Find], *, agree: bool) -> list[Link]:
    """The links of one listing: its own find if the slug's languages agree, else what its sister listing has."""
    if agree and (len(finds) != 1):
        sister = sure[0]
        if not finds or any(find.name.service == sister.name.service for find in finds):
            return [_link(listing, replace(sister, rule="same_slug"), LinkState.ACCEPTED, 1)]
    state = LinkState.ACCEPTED if len(finds) == 1 and agree else LinkState.CANDIDATE
    return [_link(listing, find, state, len(finds)) for find in finds]


def _link(listing: Listing, find: _Find, state: LinkState, rivals: int) -> Link:
    probability = find.score if state is LinkState.ACCEPTED else find.score / max(rivals, 2)
    evidence = (("name", find.name.name), ("code", find.name.code), ("listing", listing.name))
    return Link(
        type=LinkType.LISTED,
        older=find.name.entry,
        newer=listing.key,
        score=round(find.score, 4),
        rule=find.rule,
        state=state,
        probability=round(probability, 4),
        evidence=evidence,
    )


def _disagreement(slug: str, group: Sequence[Listing], services: Sequence[str]) -> Finding:
    langs = ", ".join(sorted(listing.lang for listing in group))
    message = f"the listings of one address in {langs} point to different services"
    return Finding("slug_disagrees", Level.WARNING, slug, message, " ".join(services))
