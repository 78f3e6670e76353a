"""The register beside the portal: absence is proven or it is none; and the splits and texts that go with figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.measure.portal import fan_out, listings, phantoms, templates, unregistered
from auditor.measure.presence import APART, Lists, Presence
from auditor.measure.scene import OtherText, PortalList, PortalScene, Scene
from auditor.measure.splits import DIMENSIONS, dimensions, groups, split
from auditor.measure.texts import divergence, silent_rewrite
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang
from tests.auditor.measure.scenes import F, key, row, scene

START = datetime(2024, 1, 1, tzinfo=UTC)
FRAME = ("ru", "citizen", "")


def listed(day: int, *listings: str, frame: tuple[str, str, str] = FRAME) -> PortalList:
    return PortalList(frame, START + timedelta(days=day), frozenset(listings))


def test_gone_needs_two_harvests_fourteen_days_apart_after_the_last_sight() -> None:
    seen = [listed(0, "ru/a", "ru/b"), listed(10, "ru/b")]
    assert Lists(seen).presence({"ru/a"}) is Presence.NOT_OBSERVED
    assert Lists([*seen, listed(23, "ru/b")]).presence({"ru/a"}) is Presence.NOT_OBSERVED
    assert Lists([*seen, listed(24, "ru/b")]).presence({"ru/a"}) is Presence.ABSENT
    assert Lists([*seen, listed(24, "ru/a")]).presence({"ru/a"}) is Presence.PRESENT
    assert Lists([*seen, listed(24, "ru/b")]).presence({"ru/a", "ru/b"}) is Presence.PRESENT


def test_another_list_that_was_read_once_only_proves_nothing() -> None:
    other = ("ru", "business", "")
    lists = [listed(0), listed(20), listed(20, "ru/x", frame=other)]
    assert Lists(lists).presence(()) is Presence.NOT_OBSERVED
    assert Lists([*lists, listed(40, frame=other)]).presence(()) is Presence.ABSENT
    assert Lists([]).presence(()) is Presence.NOT_OBSERVED


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=8))
def test_an_absence_is_never_assumed(seen: list[tuple[int, bool]]) -> None:
    lists = [listed(day, *(["ru/a"] if there else [])) for day, there in seen]
    found = Lists(lists).presence({"ru/a"})
    ordered = sorted(lists, key=lambda one: one.at)
    if found is Presence.ABSENT:
        last = max((n for n, one in enumerate(ordered) if one.listings), default=-1)
        after = [one.at for one in ordered[last + 1 :]]
        assert max(after) - min(after) >= APART
    elif found is Presence.PRESENT:
        assert ordered[-1].listings


def beside(*lists: PortalList, maybe: dict[str, tuple[str, ...]] | None = None) -> Scene:
    """Three digitised services and a paper one; `ru/a` and `ru/a2` show service 1, `ru/x` none."""
    rows = [row(2024, n, F.ELECTRONIC) for n in (1, 2, 3)] + [row(2024, 4, F.PAPER)]
    portal = PortalScene(lists, ("ru/a", "ru/a2", "ru/x"), {"ru/a": ("1",), "ru/a2": ("1",)}, maybe or {})
    return replace(scene(rows, rows), portal=portal)


def test_phantoms_are_zero_to_all_until_proven() -> None:
    once = phantoms(beside(listed(0, "ru/a", "ru/x")))[0]
    assert (once.head.low, once.head.value, once.head.high, once.head.of) == (0, 0, 2, 1)
    assert "14 days" in once.remark
    twice = phantoms(beside(listed(0, "ru/a"), listed(20, "ru/a")))[0]
    assert twice.head.keys == (key(2024, 2), key(2024, 3))
    assert (twice.head.of, twice.remark) == (3, "")
    doubted = phantoms(beside(listed(0, "ru/a"), listed(20, "ru/a"), maybe={"ru/x": ("2",)}))[0]
    assert (doubted.head.low, doubted.head.value) == (1, 2)
    with pytest.raises(ContentError, match="no complete list"):
        phantoms(replace(beside(), portal=None))


def test_no_absence_is_proven_while_a_list_of_the_portal_was_never_read() -> None:
    seen = beside(listed(0, "ru/a"), listed(20, "ru/a"))
    assert seen.portal is not None
    half = replace(seen, portal=replace(seen.portal, unread=("ru/business",)))
    found = phantoms(half)[0]
    assert (found.head.low, found.head.value, found.head.high, found.head.of) == (0, 0, 2, 1)
    assert "ru/business" in found.remark
    assert "ru/business" in listings(half)[0].remark
    assert not listings(seen)[0].remark


def test_unregistered_listings_and_fan_out() -> None:
    found = unregistered(beside(listed(0, "ru/a"), maybe={"ru/x": ("2",)}))[0]
    assert found.head.keys == ("ru/x",)
    assert (found.head.low, found.head.high, found.head.of) == (0, 1, 3)
    several = fan_out(beside(listed(0, "ru/a")))[0]
    assert several.cells[0].keys == (key(2024, 1),)
    assert dict(several.derived)["most_listings"] == 2
    without = fan_out(replace(beside(), portal=None))[0]
    assert not without.cells
    assert without.remark


def test_templates_are_general_words_with_other_objects() -> None:
    names = [("a", "Выдача лицензии на охрану"), ("b", "Выдача лицензий на связь"), ("c", "Выдача лицензии на аудит")]
    assert templates(names, Lang.RU) == {"выдача лицензии": ["a", "b", "c"]}
    assert templates(names[:2], Lang.RU) == {}
    same = [(one, "Выдача лицензии на охрану") for one in "abc"]
    assert templates(same, Lang.RU) == {}, "one service in three rows is no template"
    kazakh = [("a", "Күзетке лицензия беру"), ("b", "Аудитке лицензия беру"), ("c", "Байланысқа лицензия беру")]
    assert templates(kazakh, Lang.KK) == {"лицензия беру": ["a", "b", "c"]}


def test_the_two_texts_diverge_in_rows_and_forms() -> None:
    rows = [row(2024, n, F.PAPER) for n in (1, 2, 3)]
    theirs = {"kk/1": frozenset({F.PAPER}), "kk/2": frozenset({F.ELECTRONIC}), "kk/9": frozenset({F.PAPER})}
    twin = {key(2024, 1): "kk/1", key(2024, 2): "kk/2"}
    other = OtherText("kk", theirs, twin, frozenset({key(2024, 3), "kk/9"}))
    found = divergence(replace(scene(rows, rows), other=other))[0]
    assert {cell.cell: cell.keys for cell in found.cells} == {
        "forms": (key(2024, 2),),
        "only_here": (key(2024, 3),),
        "only_there": ("kk/9",),
    }
    assert (found.head.low, found.head.value) == (1, 3)
    with pytest.raises(ContentError):
        divergence(scene(rows, rows))


def test_a_silent_rewrite_names_the_edition() -> None:
    rewritten = replace(scene([], [row(2024, 1)]), rewritten={"b": "2 rows differ", "later": "x"})
    assert silent_rewrite(rewritten)[0].head.keys == ("b",)


texts = st.sampled_from(["Министерство А", "министерство  «А»", "Министерство Б", ""])


@given(st.lists(st.tuples(texts, st.sets(st.sampled_from([F.PAPER, F.ELECTRONIC]))), min_size=1, max_size=20))
def test_parts_of_every_split_add_up(drawn: list[tuple[str, set[object]]]) -> None:
    rows = [row(2024, n, *forms, fields={"developer": who}) for n, (who, forms) in enumerate(drawn, 1)]  # type: ignore[arg-type]
    whole = scene(rows, rows)
    from auditor.measure.compute import measure_register

    for measured in measure_register(whole.snapshot).values():
        for dimension in DIMENSIONS:
            parts = split(measured.head, groups([one.entry for one in rows], dimension))
            assert parts is not None
            assert sum(part.value for part in parts.values()) == measured.head.value
            assert sum(part.of or 0 for part in parts.values()) == (measured.head.of or 0)


def test_noise_makes_no_group_of_its_own_and_an_unknown_split_is_refused() -> None:
    rows = [row(2024, n, fields={"developer": who}) for n, who in enumerate(["Мин «А»", 'Мин "А"', "Мин «А»"], 1)]
    assert set(groups([one.entry for one in rows], "regulator").values()) == {"Мин «А»"}
    assert dimensions(" section,regulator,section") == ("section", "regulator")
    with pytest.raises(UsageError, match="provider_level"):
        dimensions("ministry")
