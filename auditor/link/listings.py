"""Which service of the register a portal listing shows: by name in all its languages, address, category and result.

Many listings can show one service. The very name comes first; a name that the portal shortens is weighed with what
stands beside it (auditor.link.portal_weigh). What fits two services nearly equally is a candidate and links nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from auditor.link.portal_weigh import (
    LEAD,
    LEAD_ALONE,
    LEAD_NAMED,
    LEAST,
    LINK_ALONE_FROM,
    LINK_FROM,
    Habits,
    ServiceName,
    Shelf,
    Weighed,
    inside,
    slug_code,
    weigh,
)
from auditor.link.portal_words import official
from auditor.link.words import folded, name_key, numbers, turns
from auditor.records import Link, LinkState, LinkType, Listing
from crawler.pages.records import Finding, Lang, Level

#: Name similarity that a code in the slug needs beside it.
CODE_NEEDS = 60.0
#: Points by which the best name must beat another service's.
POINTS_AHEAD = 3.0
#: How much of a listing's telling words a nearly equal name must hold: one template has many services.
TELLING_HELD = 0.8
#: Candidates of one listing that a person is shown.
ASKED = 3


@dataclass(frozen=True, slots=True)
class _Find:
    """A service that a listing may show."""

    name: ServiceName
    score: float  # 0–1
    rule: str
    said: tuple[tuple[str, str], ...] = ()


def link_listings(
    listings: Sequence[Listing], names: Sequence[ServiceName], threshold: float
) -> tuple[list[Link], list[Finding]]:
    """Links (type `listed`, older: a row of the service, newer: the listing) and findings, by listing.

    `threshold` is the least similarity of nearly equal names, 0–100. A listing that bears the name of a service with
    several kinds shows all its kinds. `slug_disagrees`: the languages of one slug point to different services, so none
    of them is linked.
    """
    by_slug: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        by_slug[listing.slug].append(listing)
    shelf = _Shelf.of(names)
    found = {listing.key: shelf.find(listing, threshold) for listing in listings}
    habits = Habits()
    for group in by_slug.values():
        sure = _sure(group, found)
        if len(_services(sure.values())) == 1:
            for listing in group:
                if listing.key in sure and sure[listing.key][0].name.current:
                    habits.learn(listing, sure[listing.key][0].name)
    links: list[Link] = []
    findings: list[Finding] = []
    for slug, group in sorted(by_slug.items()):
        sure = _sure(group, found)
        services = _services(sure.values())
        if len(services) > 1:
            findings.append(_disagreement(slug, group, sorted(" ".join(sorted(one)) for one in services)))
            for listing in group:
                links += _candidates(listing, found[listing.key])
        elif services:
            for listing in group:
                links += _beside_sure(listing, found[listing.key], next(iter(sure.values())))
        else:
            links += _weighed(group, found, shelf, habits)
    return links, findings


def _sure(group: Sequence[Listing], found: Mapping[str, list[_Find]]) -> dict[str, list[_Find]]:
    """The finds of those listings that leave no choice: one service, or all kinds of one."""
    return {
        listing.key: finds
        for listing in group
        if (finds := found[listing.key])
        and (finds[0].rule == "name_of_all_kinds" or (len(finds) == 1 and not _weak(finds[0])))
    }


def _weak(find: _Find) -> bool:
    """Whether only letters are alike, not the words that tell services apart: no ground for a link."""
    return find.rule == "similar_letters"


def _services(sure: Iterable[Sequence[_Find]]) -> set[frozenset[str]]:
    return {frozenset(find.name.service for find in finds) for finds in sure}


@dataclass(slots=True)
class _Shelf:
    """Names by language, by key and by code, and as they are weighed."""

    exact: dict[tuple[Lang, str], list[ServiceName]]
    folded: dict[Lang, dict[int, str]]
    names: Sequence[ServiceName]
    codes: dict[str, list[ServiceName]]
    weighed: Shelf

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
        return cls(exact, texts, names, codes, Shelf.of(names))

    def find(self, listing: Listing, threshold: float) -> list[_Find]:
        """The services that this listing may show by its name or code, best first; one alone is sure."""
        exact = _one_a_service(
            _Find(name, 1.0, "name") for name in self.exact.get((listing.lang, name_key(listing.name)), ())
        )
        finds = exact or self._similar(listing, threshold)
        by_code = self._by_code(listing)
        if len(finds) > 1:
            current = [find for find in finds if find.name.current]
            if _kinds_of_one(current):
                return [replace(find, rule="name_of_all_kinds") for find in current]
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
            score_cutoff=threshold - POINTS_AHEAD,
            limit=10,
        )
        finds = _one_a_service(
            _Find(self.names[index], score / 100, self._rule(listing, index))
            for other, score, index in matches
            if turns(other) == turns(text) and numbers(other) == numbers(text)
        )
        if not finds or finds[0].score * 100 < threshold:
            return []
        if any(find.rule == "similar_name" for find in finds):
            finds = [find for find in finds if find.rule == "similar_name"]
        return [find for find in finds if find.score * 100 > finds[0].score * 100 - POINTS_AHEAD]

    def _rule(self, listing: Listing, index: int) -> str:
        held, _ = inside(official(listing.name), listing, index, self.weighed)
        return "similar_name" if held >= TELLING_HELD else "similar_letters"

    def _by_code(self, listing: Listing) -> list[_Find]:
        code = slug_code(listing.slug)
        if not code:
            return []
        text = folded(listing.name)
        scored = (
            _Find(name, fuzz.token_sort_ratio(text, folded(name.name)) / 100, "slug_code")
            for name in self.codes.get(code, ())
            if name.lang is listing.lang
        )
        return _one_a_service(find for find in scored if find.score * 100 >= CODE_NEEDS)


def _kinds_of_one(finds: Sequence[_Find]) -> bool:
    """Whether these are the kinds of one service: rows of one code and name that only their kind tells apart."""
    if len(finds) < 2 or not all(find.name.code and find.name.subname for find in finds):
        return False
    same = {(find.name.code, name_key(find.name.name)) for find in finds}
    return len(same) == 1 and len({name_key(find.name.subname) for find in finds}) == len(finds)


def _one_a_service(finds: Iterable[_Find]) -> list[_Find]:
    """The best find of each service, names in use before old ones, best first."""
    best: dict[str, _Find] = {}
    for find in sorted(finds, key=lambda find: (-find.score, not find.name.current, find.name.entry)):
        best.setdefault(find.name.service, find)
    return list(best.values())


def _beside_sure(listing: Listing, finds: Sequence[_Find], sister: Sequence[_Find]) -> list[Link]:
    """The links of a listing whose address is settled: by its own find, or by its sister in another language."""
    services = {find.name.service for find in sister}
    own = [find for find in finds if find.name.service in services]
    if len(own) == len(finds) == len(sister):
        return [_link(listing, find, LinkState.ACCEPTED, 1) for find in finds]
    if all(map(_weak, finds)) or own:
        return [_link(listing, replace(find, rule="same_slug"), LinkState.ACCEPTED, 1) for find in sister]
    return _candidates(listing, finds)


def _candidates(listing: Listing, finds: Sequence[_Find]) -> list[Link]:
    return [_link(listing, find, LinkState.CANDIDATE, len(finds)) for find in finds]


def _weighed(group: Sequence[Listing], found: Mapping[str, list[_Find]], shelf: _Shelf, habits: Habits) -> list[Link]:
    """The links of an address that no name settles: all its languages together, by all that stands beside the names."""
    possible = weigh(group, shelf.weighed, habits)
    named = {find.name.service for listing in group for find in found[listing.key] if not _weak(find)}
    if named:
        # The very name fits these services: the rest is out of question, what stands beside the name decides.
        possible = [one for one in possible if one.service in named]
    kinds = _same_kinds(possible)
    rest = [one for one in possible if one not in kinds]
    links: list[Link] = []
    if kinds and _settled(kinds[0].odds, rest[0].odds if rest else LEAST, LEAD_NAMED if named else LEAD):
        for listing in group:
            finds = [_as_find(one, listing, "weighed") for one in kinds]
            links += [_link(listing, find, LinkState.ACCEPTED, 1) for find in finds]
        return links
    for listing in group:
        finds = found[listing.key] or [_as_find(one, listing, "unsure") for one in possible[:ASKED]]
        links += _candidates(listing, finds)
    return links


def _settled(odds: float, next_odds: float, lead: float) -> bool:
    ahead = odds - next_odds
    return (odds >= LINK_FROM and ahead >= lead) or (odds >= LINK_ALONE_FROM and ahead >= LEAD_ALONE)


def _same_kinds(possible: Sequence[Weighed]) -> list[Weighed]:
    """The likeliest service, with the other kinds of it where they are rows of one code and name."""
    if not possible:
        return []
    lang, first = next(iter(possible[0].names.items()))
    if not (first.code and first.subname and first.current):
        return [possible[0]]
    return [
        one
        for one in possible
        if (other := one.names.get(lang)) is not None
        and (other.code, other.name, other.current) == (first.code, first.name, True)
    ]


def _as_find(one: Weighed, listing: Listing, rule: str) -> _Find:
    name = one.names.get(listing.lang) or next(iter(one.names.values()))
    return _Find(name, one.probability, rule, one.said)


def _link(listing: Listing, find: _Find, state: LinkState, rivals: int) -> Link:
    probability = find.score if state is LinkState.ACCEPTED else find.score / max(rivals, 2)
    evidence = (("name", find.name.name), ("code", find.name.code), ("listing", listing.name), *find.said)
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
