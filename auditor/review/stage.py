"""Agreement of the stored codings: of every two coders, and of people with the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

from sqlalchemy.orm import Session

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import Standing, newest_by_person, standing_coding
from auditor.db.review import coded_by_people, codings_under
from auditor.records import Coding, StoredCoding
from auditor.review.compared import AXES, PEOPLE, Compared, compare_codes

#: Codings of one text, by language.
_Heard = list[tuple[str, Coding, Coding]]


def compare_coders(session: Session, codebook: str, *, machine: bool = False) -> list[Compared]:
    """Agreement of every two coders who share an item, by axis and language; with `machine` of people and the machine.

    An item is a text: one that stands in several rows, or editions, is one item, and each coder's newest coding of it
    counts. Against the machine stands what is in force among people; what they differ on undecided is counted as left
    out. An output left open is no code.
    """
    told: dict[tuple[str, str], _Heard] = {}
    undecided: Counter[str] = Counter()
    for kind in ("entry", "listing"):
        for lang, group in _by_text(session, kind, codebook):
            if not machine:
                couples = _couples(group)
            else:
                couples = _with_machine(group)
                undecided[lang] += not couples and len(newest_by_person(group)) > 1
            for (one, left), (other, right) in couples:
                told.setdefault((one, other), []).append((lang, left, right))
    if machine and undecided.total():
        told.setdefault((PEOPLE, MACHINE), [])
    return [one for couple, shared in sorted(told.items()) for one in _compared(couple, shared, undecided)]


def _compared(couple: tuple[str, str], shared: _Heard, undecided: Mapping[str, int]) -> list[Compared]:
    heard = sorted({lang for lang, _, _ in shared}.union(lang for lang, count in undecided.items() if count))
    found = []
    for axis, spoken in product(AXES, ("", *heard) if len(heard) > 1 else heard):
        codes = [
            (str(getattr(left, axis)), str(getattr(right, axis)))
            for where, left, right in shared
            if spoken in ("", where)
        ]
        left_out = sum(count for lang, count in undecided.items() if spoken in ("", lang))
        found.append(replace(compare_codes(couple, axis, spoken, codes), left_out=left_out))
    return found


def _by_text(session: Session, kind: str, codebook: str) -> Iterator[tuple[str, list[StoredCoding]]]:
    """The codings of each text that any person coded, oldest first, and the text's language."""
    langs = coded_by_people(session, kind, codebook)
    groups: dict[str, dict[int, StoredCoding]] = {}
    spoken = {}
    for key, codings in codings_under(session, kind, langs.keys(), codebook):
        for one in codings:
            groups.setdefault(one.evidence_hash, {})[one.id] = one
            spoken[one.evidence_hash] = langs[key]
    for text, group in groups.items():
        yield spoken[text], sorted(group.values(), key=lambda one: (one.coded_at, one.id))


_Couples = list[tuple[tuple[str, Coding], tuple[str, Coding]]]


def _couples(codings: Sequence[StoredCoding]) -> _Couples:
    people = sorted(newest_by_person(codings), key=lambda one: one.coder)
    return [((a.coder, a.coding), (b.coder, b.coding)) for a, b in combinations(people, 2)]


def _with_machine(codings: Sequence[StoredCoding]) -> _Couples:
    standing = standing_coding(codings)
    said = [one.coding for one in codings if one.coder == MACHINE]
    if standing is None or standing[0] is Standing.MACHINE or not said:
        return []
    return [((PEOPLE, standing[1].coding), (MACHINE, said[-1]))]
