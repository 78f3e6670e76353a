"""Rows that come back after some editions without them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from auditor.link.kinds import evidence_of
from auditor.link.words import field_key, name_key
from auditor.records import Entry, Link, LinkState, LinkType


def link_restored(gone: Sequence[Entry], begun: Sequence[Entry]) -> list[Link]:
    """Links from rows that ended earlier (`gone`, the last row of each) to rows that begin now.

    Accepted: the same name, and code, by-law or responsible body agree, and no other row claims either end. The same
    name alone, or several claims, are candidates.
    """
    by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in gone:
        by_name[name_key(entry.name, entry.subname)].append(entry)
    newer_by_name: dict[str, list[Entry]] = defaultdict(list)
    for entry in begun:
        newer_by_name[name_key(entry.name, entry.subname)].append(entry)
    links = []
    for name, back in newer_by_name.items():
        claims = [(old, new, _agreeing(old, new)) for new in back for old in by_name.get(name, ())]
        best = sorted(claims, key=lambda claim: (-claim[2], -claim[0].edition_date.toordinal(), claim[1].ordinal))
        taken: set[str] = set()
        for old, new, agreeing in best:
            if old.key in taken or new.key in taken:
                continue
            taken |= {old.key, new.key}
            rival = any(
                other is not old and score == agreeing and other.edition_date == old.edition_date and same is new
                for other, same, score in claims
            )
            links.append(_link(old, new, agreeing, sure=agreeing > 0 and not rival))
    return sorted(links, key=lambda link: link.newer)


def _agreeing(old: Entry, new: Entry) -> int:
    """How many of code, by-law, provider and regulator are given and the same."""
    pairs = ((old.code, new.code), (old.bylaw, new.bylaw), (old.provider, new.provider), (old.developer, new.developer))
    return sum(bool(before and after) and field_key(before) == field_key(after) for before, after in pairs)


def _link(old: Entry, new: Entry, agreeing: int, *, sure: bool) -> Link:
    probability = round(1 - 0.5 ** (agreeing + 1), 4)
    return Link(
        type=LinkType.RESTORED,
        older=old.key,
        newer=new.key,
        score=probability,
        rule="came_back" if sure else "came_back_unsure",
        state=LinkState.ACCEPTED if sure else LinkState.CANDIDATE,
        probability=probability,
        evidence=evidence_of(old, new),
    )
