"""Which coding counts: decided, agreed, alone, machine; never one of another text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.coding.in_force import Standing, coding_in_force, standing_coding
from auditor.records import Coding, Completeness, Nature, Output, StoredCoding

HUMAN, PAPER = Nature.HUMAN_SOCIAL, Nature.TRANSACTIONAL


def said(coder: str, nature: Nature = PAPER, text: str = "now", number: int = 0) -> StoredCoding:
    coding = Coding(nature, Completeness.COMPLETE, Output.UNCLEAR, "", (), (), 1.0)
    return StoredCoding(number, "A/2024-01-01/ru/1", coder, "1", text, datetime(2024, 1, 1, tzinfo=UTC), coding)


@pytest.mark.parametrize(
    ("codings", "standing", "coder"),
    [
        ([said("machine")], Standing.MACHINE, "machine"),
        ([said("machine", number=1), said("machine", HUMAN, number=2)], Standing.MACHINE, "machine"),
        ([said("machine"), said("anna", HUMAN)], Standing.ONE_PERSON, "anna"),
        ([said("anna", HUMAN), said("machine")], Standing.ONE_PERSON, "anna"),
        ([said("machine"), said("anna", HUMAN), said("boris", HUMAN)], Standing.AGREED, "boris"),
        ([said("machine"), said("anna", HUMAN), said("boris")], Standing.MACHINE, "machine"),
        ([said("anna", HUMAN), said("boris"), said("vera", HUMAN)], Standing.AGREED, "vera"),
        ([said("anna", HUMAN), said("boris"), said("anna")], Standing.AGREED, "anna"),
        (
            [said("anna", HUMAN), said("boris"), said("adjudicated:vera", HUMAN)],
            Standing.ADJUDICATED,
            "adjudicated:vera",
        ),
        (
            [said("adjudicated:vera"), said("anna", HUMAN), said("boris", HUMAN)],
            Standing.ADJUDICATED,
            "adjudicated:vera",
        ),
    ],
)
def test_whose_word_counts(codings: list[StoredCoding], standing: Standing, coder: str) -> None:
    found = standing_coding(codings, "now")
    assert found is not None
    assert (found[0], found[1].coder) == (standing, coder)
    assert coding_in_force(codings) == found[1]


def test_the_newest_of_one_coder_counts() -> None:
    found = coding_in_force([said("machine", number=1), said("machine", HUMAN, number=2)])
    assert found is not None
    assert found.id == 2


def test_a_coding_of_another_text_is_stale_whoever_made_it() -> None:
    old = [said("anna", HUMAN, "then"), said("boris", HUMAN, "then"), said("adjudicated:vera", HUMAN, "then")]
    assert coding_in_force([*old, said("machine")], "now") == said("machine")
    assert coding_in_force(old, "now") is None
    assert coding_in_force([said("machine", text="then"), *old, said("machine")]) == said("machine")
    assert coding_in_force(old) == old[-1], "without any machine coding nothing says that the text has changed"
    assert coding_in_force([*old, said("anna")], "now") == said("anna")


def test_two_people_who_differ_and_no_machine_leave_it_open() -> None:
    assert coding_in_force([said("anna"), said("boris", HUMAN)], "now") is None
    assert coding_in_force([], "now") is None
