"""Which of several codings of one subject counts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from auditor.coding.codebook import MACHINE
from auditor.records import StoredCoding

#: A decision between coders is stored as a coding by this and the alias of who decided.
ADJUDICATED = "adjudicated:"


class Standing(StrEnum):
    """On whose word a coding counts."""

    ADJUDICATED = "adjudicated"
    AGREED = "agreed"  # at least two people, with the same codes on both axes
    ONE_PERSON = "one_person"
    MACHINE = "machine"


def coding_in_force(codings: Sequence[StoredCoding], evidence: str | None = None) -> StoredCoding | None:
    """The coding that counts, None without any. `codings` are of one subject under one codebook, oldest first.

    Adjudicated, else what two people agree on, else the only person's, else the machine's. `evidence` is the hash of
    the subject's text as it is now: a coding of another text is stale and never counts. Without it the text that the
    machine coded last is taken for the present one, since every coding run codes each changed text anew.
    """
    found = standing_coding(codings, evidence)
    return found[1] if found else None


def standing_coding(
    codings: Sequence[StoredCoding], evidence: str | None = None
) -> tuple[Standing, StoredCoding] | None:
    """`coding_in_force` and on whose word it counts."""
    if evidence is None:
        evidence = next((one.evidence_hash for one in reversed(codings) if one.coder == MACHINE), None)
    fresh = [one for one in codings if evidence is None or one.evidence_hash == evidence]
    decided = [one for one in fresh if one.coder.startswith(ADJUDICATED)]
    if decided:
        return Standing.ADJUDICATED, decided[-1]
    people = newest_by_person(fresh)
    if len(people) == 1:
        return Standing.ONE_PERSON, people[0]
    agreed = _agreed(people)
    if agreed is not None:
        return Standing.AGREED, agreed
    # People who differ cancel out until someone decides: to pick one of them would be an arbitrary answer.
    machine = [one for one in fresh if one.coder == MACHINE]
    return (Standing.MACHINE, machine[-1]) if machine else None


def newest_by_person(codings: Sequence[StoredCoding]) -> list[StoredCoding]:
    """Each person's newest coding, in the order of their codings; the machine's and adjudications are left out."""
    newest: dict[str, StoredCoding] = {}
    for one in codings:
        if one.coder != MACHINE and not one.coder.startswith(ADJUDICATED):
            newest.pop(one.coder, None)
            newest[one.coder] = one
    return list(newest.values())


def axes_of(coding: StoredCoding) -> tuple[str, str]:
    """The codes on the two axes: what agreement is about."""
    return str(coding.coding.nature), str(coding.coding.completeness)


def _agreed(people: Sequence[StoredCoding]) -> StoredCoding | None:
    """The newest coding of the largest camp, if it has at least two people and no other camp is as large."""
    camps: dict[tuple[str, str], list[StoredCoding]] = {}
    for one in people:
        camps.setdefault(axes_of(one), []).append(one)
    by_size = sorted(camps.values(), key=len, reverse=True)
    if not by_size or len(by_size[0]) < 2 or (len(by_size) > 1 and len(by_size[1]) == len(by_size[0])):
        return None
    return by_size[0][-1]
