"""A silent rewrite is a change of what a row says, wherever the row stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditor.ingest.rewrite import silent_rewrite, two_texts
from auditor.records import EditionRef, Entry
from crawler.pages.records import DeliveryForm, Lang

AT = datetime(2024, 6, 1, tzinfo=UTC)
DAY = date(2020, 1, 31)


def ref(number: int) -> EditionRef:
    return EditionRef(number, "V2000019982", DAY, Lang.RU, "c", AT + timedelta(days=number), 2, 2, "good")


def entry(number: int) -> Entry:
    key = f"V2000019982/2020-01-31/ru/0010100{number}"
    return Entry(number, key, "V2000019982", DAY, Lang.RU, number, str(number), f"0010100{number}", f"Услуга {number}")


ROWS = [entry(1), entry(2), entry(3)]


def test_the_same_rows_elsewhere_in_the_page_are_no_rewrite() -> None:
    moved = [replace(row, id=row.id + 100, ordinal=row.ordinal + 5) for row in ROWS]
    assert silent_rewrite(ref(1), ref(2), ROWS, moved) is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Услуга 2 "},
        {"form": "Бумажная"},
        {"dead": True},
        {"section": "001. Документы"},
        {"forms": frozenset({DeliveryForm.PAPER})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_changed_field_is_one(change: dict[str, object]) -> None:
    changed = [ROWS[0], replace(ROWS[1], **change), ROWS[2]]  # type: ignore[arg-type]
    problem = silent_rewrite(ref(1), ref(2), ROWS, changed)
    assert problem is not None
    assert problem.code == "silent_rewrite"
    assert problem.message == (
        f"the text captured on 2024-06-03 differs from that of 2024-06-02 in 1 rows, first {ROWS[1].key}"
    )


def test_rows_that_came_or_went_are_ones() -> None:
    came = silent_rewrite(ref(1), ref(2), ROWS[:2], ROWS)
    went = silent_rewrite(ref(1), ref(2), ROWS, ROWS[1:])
    assert came is not None
    assert went is not None
    assert ROWS[2].key in came.message
    assert ROWS[0].key in went.message


def test_two_texts_of_one_edition_are_told_by_what_their_rows_say() -> None:
    moved = [replace(row, id=row.id + 100, ordinal=row.ordinal + 5) for row in ROWS]
    assert two_texts(ROWS, moved) is None
    fault = two_texts(ROWS, [ROWS[0], replace(ROWS[1], name="Другая"), ROWS[2]])
    assert fault is not None
    assert fault.code == "two_texts"
    assert f"1 rows differ, first {ROWS[1].key}" in fault.message
