"""Agreement of the stored codings: of every two coders, and of people with the machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product

from sqlalchemy.orm import Session

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import Standing, newest_by_person, standing_coding
from auditor.db.review import coded_by_people, codings_under
from auditor.records import Coding, StoredCoding
from auditor.review.compared import AXES, Compared, compare_codes


def compare_coders(session: Session, codebook: str, *, machine: bool = False) -> list[Compared]:
    """Agreement of every two coders who share an item, by axis and language; with `machine` of people and the machine.

    Codings are compared on the same text only; each coder's newest counts. Against the machine stands what is in force
    among people. An output left open is no code.
    """
    told: dict[tuple[str, str], list[tuple[str, Coding, Coding]]] = {}
    for kind in ("entry", "listing"):
        langs = coded_by_people(session, kind, codebook)
        for key, codings in codings_under(session, kind, langs.keys(), codebook):
            for group in _by_text(codings):
                for (one, left), (other, right) in _couples(group, machine=machine):
                    told.setdefault((one, other), []).append((langs[key], left, right))
    found = []
    for (one, other), shared in sorted(told.items()):
        heard = sorted({lang for lang, _, _ in shared})
        for axis, spoken in product(AXES, ("", *heard) if len(heard) > 1 else heard):
            codes = [
                (str(getattr(left, axis)), str(getattr(right, axis)))
                for where, left, right in shared
                if spoken in ("", where)
            ]
            found.append(compare_codes((one, other), axis, spoken, codes))
    return found


def _by_text(codings: Iterable[StoredCoding]) -> list[list[StoredCoding]]:
    groups: dict[str, list[StoredCoding]] = {}
    for one in codings:
        groups.setdefault(one.evidence_hash, []).append(one)
    return list(groups.values())


def _couples(codings: Sequence[StoredCoding], *, machine: bool) -> list[tuple[tuple[str, Coding], tuple[str, Coding]]]:
    if not machine:
        people = sorted(newest_by_person(codings), key=lambda one: one.coder)
        return [((a.coder, a.coding), (b.coder, b.coding)) for a, b in combinations(people, 2)]
    standing = standing_coding(codings)
    said = [one.coding for one in codings if one.coder == MACHINE]
    if standing is None or standing[0] is Standing.MACHINE or not said:
        return []
    return [(("people", standing[1].coding), (MACHINE, said[-1]))]
