"""What changed, what fell, what is said and sent about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.ops.badge import badge
from auditor.ops.compare import comparable, drops
from auditor.ops.digest import digest, nothing_changed, to_send
from auditor.ops.duration import in_words, parse_duration
from auditor.ops.picture import EditionFact, IssueFact, Picture, counts, differences, waiting
from auditor.ops.records import Change, Level, PastRun, RunEnd, StageEnd
from crawler.archive.records import RunResult
from crawler.errors import UsageError

NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
EDITION = "V2000019982/2024-12-13/ru"
BEFORE = Picture(
    editions={EDITION: EditionFact("fetched", 185, "a"), "V2000019982/2025-01-01/ru": EditionFact("not asked", None)},
    lists={"ru/citizen": frozenset({"one", "two", "three"})},
    pages={"ru/one": "x", "ru/two": "y"},
    figures={"count in ru": 185},
    issues=frozenset({IssueFact("warning", "empty_result", "page one")}),
)
END = RunEnd("20260301T040000Z-run-abcd", NOW, NOW, RunResult.GOOD, 0, (StageEnd("harvest", 0),), ())


def texts(changes: tuple[Change, ...]) -> list[str]:
    return [change.text for change in changes]


def test_each_kind_of_change_is_told_in_its_own_words() -> None:
    after = Picture(
        editions={
            EDITION: EditionFact("fetched", 185, "b"),
            "V2000019982/2025-01-01/ru": EditionFact("held", 90, "c", "90 services, 185 in the edition before"),
        },
        lists={"ru/citizen": frozenset({"one", "two", "four"})},
        pages={"ru/one": "x", "ru/two": "z", "ru/four": "w"},
        figures={"count in ru": 186},
        issues=frozenset({IssueFact("error", "unknown_form", "row 3")}),
    )
    assert texts(differences(BEFORE, after)) == [
        f"{EDITION}: its text has changed, the number of services has not",
        "V2000019982/2025-01-01/ru: not asked → held, 90 services",
        "list ru/citizen: 3 → 3 listings; new: four; gone: three",
        "service pages read for the first time: 1 (ru/four)",
        "service pages that say something else: 1 (ru/two)",
        "count in ru: 185 → 186",
        "new issues: 1 unknown_form (row 3)",
        "issues gone: 1 empty_result (page one)",
    ]
    assert waiting(after) == ("V2000019982/2025-01-01/ru: 90 services, 185 in the edition before",)


def test_where_nothing_was_known_one_line_says_how_much_is_new() -> None:
    (only,) = differences(Picture(), BEFORE)
    assert only.text.startswith("everything is new: 1 of 2 editions read, 1 lists with 3 listings, 2 service pages")


words = st.text("abc", min_size=1, max_size=3)
pictures = st.builds(
    Picture,
    editions=st.dictionaries(
        st.builds("V1/2024-01-0{}/ru".format, st.integers(1, 5)),
        st.builds(EditionFact, st.sampled_from(["fetched", "held"]), st.integers(0, 3), words),
    ),
    lists=st.dictionaries(words, st.frozensets(words)),
    pages=st.dictionaries(st.builds("ru/{}".format, words), words),
    figures=st.dictionaries(words, st.integers(0, 3)),
    issues=st.frozensets(st.builds(IssueFact, st.just("error"), words, words)),
)


@given(pictures, pictures)
def test_nothing_is_told_of_equal_pictures_and_something_of_others(one: Picture, other: Picture) -> None:
    assert not differences(one, one)
    seen = (one.editions, one.lists, one.figures, one.issues) == (
        other.editions,
        other.lists,
        other.figures,
        other.issues,
    )
    if not seen:
        assert differences(one, other)
    assert set(counts(one)) >= {f"listings/{name}" for name in one.lists}


def past(number: int, listings: int, **changes: object) -> PastRun:
    at = NOW - timedelta(days=70 - 7 * number)
    run = PastRun(
        f"run {number}", at, at, RunResult.GOOD, arguments={"lang": "ru"}, counts={"listings/ru/citizen": listings}
    )
    return replace(run, **changes)  # type: ignore[arg-type]


def test_a_fall_of_more_than_a_tenth_below_the_last_good_runs_is_told() -> None:
    runs = [
        past(1, 500),  # the sixth good run back plays no part
        *(past(number, 100) for number in (2, 3, 4)),
        past(5, 7, result=RunResult.FAILED),
        past(6, 8, arguments={"lang": "kk"}),
        past(7, 100),
        past(8, 200),
    ]
    earlier = comparable(runs, {"lang": "ru"})
    assert [run.counts["listings/ru/citizen"] for run in earlier] == [100, 100, 100, 100, 200]
    assert not drops({"listings/ru/citizen": 90}, earlier)
    (fallen,) = drops({"listings/ru/citizen": 89}, earlier)
    assert fallen.text == "listings/ru/citizen: 89, the last 5 good runs had 100"
    (gone,) = drops({}, earlier)
    assert ": 0, " in gone.text
    assert not drops({"listings/ru/citizen": 1}, [])


def test_a_good_run_without_change_has_no_digest_but_a_line_on_request() -> None:
    assert digest(END) == ""
    assert nothing_changed(END) == "nothing changed, checked at 2026-03-01 04:30 UTC"


def test_failure_recovery_drop_and_change_have_one() -> None:
    failed = replace(END, result=RunResult.FAILED, exit_code=3, stages=(StageEnd("harvest", 3, "portal: timeout"),))
    assert digest(failed).splitlines() == [
        "egov-audit run: failed (exit code 3), 2026-03-01 04:30 UTC, 20260301T040000Z-run-abcd",
        "  harvest: portal: timeout",
        "  what to do: egov-audit doctor",
    ]
    assert "good again" in digest(replace(END, before=RunResult.INTERRUPTED))
    assert "  warning: fell" in digest(replace(END, warnings=(Change("drop", "fell"),)))
    many = replace(END, changes=tuple(Change("page", f"page {number}") for number in range(100)))
    assert len(digest(many).splitlines()) == 62
    assert "and 40 more changes" in digest(many)


@pytest.mark.parametrize(
    ("end", "wanted", "sent"),
    [
        (END, {"failure", "recovery", "change", "drop"}, False),
        (replace(END, result=RunResult.FAILED), {"failure"}, True),
        (replace(END, result=RunResult.FAILED), {"recovery"}, False),
        (replace(END, before=RunResult.FAILED), {"recovery"}, True),
        (replace(END, result=RunResult.FAILED, before=RunResult.FAILED), {"recovery"}, False),
        (replace(END, changes=(Change("issue", "new", ("low_fill",)),)), {"failure", "recovery"}, False),
        (replace(END, changes=(Change("issue", "new", ("low_fill",)),)), {"low_fill"}, True),
        (replace(END, changes=(Change("issue", "new", ("low_fill",)),)), {"change"}, True),
        (replace(END, warnings=(Change("drop", "fell"),)), {"drop"}, True),
    ],
)
def test_a_message_goes_out_when_it_was_asked_for(end: RunEnd, wanted: set[str], sent: bool) -> None:
    assert to_send(end, wanted) is sent


@given(st.integers(1, 99_999), st.sampled_from("mhdw"))
def test_spans_are_read_as_typed(number: int, unit: str) -> None:
    seconds = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}[unit]
    assert parse_duration(f"{number}{unit}") == timedelta(seconds=number * seconds)


@pytest.mark.parametrize("text", ["", "8", "d", "0d", "-3d", "8 days", "1.5h", "８d", "999999d"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no span of time"):
        parse_duration(text)


def test_spans_are_said_in_their_largest_whole_unit() -> None:
    assert [in_words(timedelta(seconds=number)) for number in (59, 60, 7_300, 90_000)] == [
        "moments",
        "1 minute",
        "2 hours",
        "1 day",
    ]


@pytest.mark.parametrize("level", Level)
def test_the_badge_is_xml_that_says_it_in_words(level: Level) -> None:
    tree = ElementTree.fromstring(badge(level, NOW))
    word = {"ok": "good", "warn": "look", "fail": "failing"}[level]
    assert f"{word}, last good run 2026-03-01" in "".join(tree.itertext())
    assert "no good run yet" in badge(level, None)
