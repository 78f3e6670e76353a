"""Digital growth taken apart: labels, new rows, easy services, back and forth, the four units."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.measure.dead_ends import dead_ends
from auditor.measure.growth import digitised_coded, easy_share, label_flips, newly_digitised, units, yo_yo
from auditor.measure.records import Figure, Measured
from auditor.measure.scenes import SCENE_MEASURES, measure_scene
from auditor.measure.series import figure_json
from auditor.measure.why import attribute
from crawler.errors import ContentError
from crawler.pages.records import DeliveryForm, Recipient
from tests.auditor.measure.scenes import F, coding, key, row, scene


def cells(measured: list[Measured]) -> dict[str, int]:
    return {figure.cell: figure.value for figure in measured[0].figures}


def test_a_new_label_a_new_row_and_a_split_digital_parent_are_told_apart() -> None:
    then = [row(2023, 1, F.PAPER), row(2023, 2, F.ELECTRONIC), row(2023, 3, F.PAPER)]
    now = [
        row(2024, 1, F.ELECTRONIC),
        row(2024, 4, F.PROACTIVE),
        row(2024, 5, F.ELECTRONIC),
        row(2024, 6, F.ELECTRONIC),
    ]
    split = {key(2024, 5): (key(2023, 2),), key(2024, 6): (key(2023, 2),)}
    found = newly_digitised(scene(then, now, split))
    assert cells(found) == {"": 2, "new": 1, "flipped": 1, "regrouped": 0}
    assert found[0].head.keys == (key(2024, 1), key(2024, 4))


def test_an_undecided_link_to_a_digitised_row_lowers_the_bound() -> None:
    then, now = [row(2023, 1, F.ELECTRONIC)], [row(2024, 7, F.ELECTRONIC)]
    head = newly_digitised(scene(then, now, maybe={key(2024, 7): (key(2023, 1),)}))[0].head
    assert (head.low, head.value, head.high) == (0, 1, 1)


def test_a_flip_is_a_flip_only_if_the_service_stayed_the_same() -> None:
    person = {"recipient": "Физическое лицо", "developer": "Министерство образования и науки"}
    people = {"recipient": "Физические лица", "developer": "Министерство просвещения"}
    before = [row(2023, n, F.PAPER, fields=person) for n in (1, 2, 3, 4)] + [row(2023, 5, F.ELECTRONIC)]
    after = [
        row(2024, 1, F.ELECTRONIC, fields=people),
        row(2024, 2, F.ELECTRONIC, name="Иная услуга совсем", fields=person),
        row(2024, 3, F.PAPER, fields=person),
        row(2024, 4, F.FULLY_AUTOMATED, F.PAPER, fields=person),
        row(2024, 5, F.PAPER),
    ]
    after[0] = replace(after[0], entry=replace(after[0].entry, recipients=frozenset({Recipient.INDIVIDUAL})))
    before[0] = replace(before[0], entry=replace(before[0].entry, recipients=frozenset({Recipient.INDIVIDUAL})))
    found = label_flips(scene(before, after))
    assert cells(found) == {"": 3, "to_digital": 2, "to_paper": 1, "other_degree": 0, "with_other_changes": 1}
    assert dict(found[0].derived) == {"share_of_newly_digitised": pytest.approx(2 / 3)}
    assert dict(found[0].details)[key(2024, 4)] == "paper → fully automated, paper"


def test_a_degree_that_the_older_edition_could_not_name_is_no_flip() -> None:
    then = [
        row(2023, 1, F.ELECTRONIC, F.PAPER),
        row(2023, 2, F.ELECTRONIC),
        row(2023, 3, F.PAPER),
        row(2023, 4, F.PAPER),
    ]
    now = [
        row(2024, 1, F.PARTIALLY_AUTOMATED, F.PAPER, F.PROACTIVE),
        row(2024, 2, F.FULLY_AUTOMATED, F.PAPER),
        row(2024, 3, F.FULLY_AUTOMATED),
        row(2024, 4, F.PAPER),
    ]
    found = label_flips(scene(then, now))
    assert cells(found) == {"": 2, "to_digital": 1, "to_paper": 0, "other_degree": 1, "with_other_changes": 0}
    assert found[0].head.keys == (key(2024, 2), key(2024, 3)), "paper beside it, and a new label, were there to be seen"
    assert "names no degree of automation" in found[0].remark
    graded = [replace(then[0], entry=replace(then[0].entry, forms=now[1].entry.forms)), *then[1:]]
    said = label_flips(scene(graded, now))
    assert (cells(said)["other_degree"], said[0].remark) == (2, "")


def test_back_to_paper_and_gone_and_back() -> None:
    then = [row(2023, 1, F.ELECTRONIC), row(2023, 2, F.PAPER)]
    now = [row(2024, 1, F.PAPER), row(2024, 2, F.PAPER), row(2024, 3, F.PAPER)]
    found = yo_yo(scene(then, now, restored=frozenset({key(2024, 3)})))
    assert cells(found) == {"": 2, "back_to_paper": 1, "restored": 1}


def test_units_grow_apart_and_a_unit_nobody_has_is_left_out() -> None:
    then = [row(2023, n, fields={"code": "00801001", "provider": "МИО"}, name="Одна") for n in (1, 2)]
    now = [row(2024, n, fields={"code": f"0080{n}001", "provider": "МИО"}, name="Одна") for n in (1, 2, 3)]
    found = units(scene(then, now))[0]
    assert cells([found])["rows"] == 3
    assert cells([found])["codes"] == 3
    assert cells([found])["results"] == 1
    rates = dict(found.derived)
    assert (rates["growth_rows"], rates["growth_codes"], rates["growth_results"]) == (0.5, 2.0, 0.0)
    assert "most_to_least" not in rates, "a ratio to no growth is none"
    bare = units(scene(then, [row(2024, 1, fields={"code": "", "section_code": ""})]))[0]
    assert "codes" not in cells([bare])
    assert bare.remark


def test_easy_share_counts_what_the_coder_left_open_as_bounds() -> None:
    now = [
        row(2024, 1, F.ELECTRONIC, code=coding("transactional", "complete")),
        row(2024, 2, F.ELECTRONIC, code=coding("human_social", "complete")),
        row(2024, 3, F.ELECTRONIC, code=coding("unclear", "complete")),
    ]
    found = easy_share(scene([row(2023, 9, F.PAPER)], now))[0]
    assert (found.head.low, found.head.value, found.head.high, found.head.of) == (1, 1, 2, 3)
    assert found.abstained == 1


def test_a_queue_is_completed_by_its_place_and_by_nothing_that_only_shares_words() -> None:
    queue = "Постановка на очередь детей дошкольного возраста для направления в дошкольные организации"
    college = "Прием документов в колледжи технического и профессионального образования"
    now = [
        row(2024, 1, name=queue, code=coding(completeness="partial")),
        row(2024, 2, name=college, code=coding(completeness="partial")),
        row(2024, 3, name="Предоставление общежития в колледжах технического и профессионального образования"),
    ]
    assert dead_ends(scene(now, now))[0].head.keys == (key(2024, 1), key(2024, 2))
    place = row(2024, 4, name="Зачисление детей в дошкольные организации")
    found = dead_ends(scene(now, [*now, place]))[0]
    assert found.head.keys == (key(2024, 2),)
    assert dict(found.details)[key(2024, 1)] == f"completed by {key(2024, 4)}"
    elsewhere = replace(place, entry=replace(place.entry, section_code="020"))
    assert dead_ends(scene(now, [*now, elsewhere]))[0].head.value == 2


def test_nothing_to_take_a_share_of_is_an_error_and_no_zero() -> None:
    paper = scene([row(2023, 1, F.PAPER)], [row(2024, 1, F.PAPER)])
    for function in (digitised_coded, easy_share, dead_ends):
        with pytest.raises(ContentError):
            function(paper)
    audit = measure_scene(replace(paper, before=None))
    assert "easy_share" in audit.unmeasured
    assert "easy_share" not in audit.measured
    assert set(audit.measured) | set(audit.unmeasured) >= {name for ids, _ in SCENE_MEASURES for name in ids}


def test_a_year_before_that_states_no_form_makes_nothing_new() -> None:
    silent, said = scene([row(2023, 1)], [row(2024, 1, F.ELECTRONIC)]), scene([row(2023, 1, F.PAPER)], [row(2024, 1)])
    for one in (silent, said):
        for function in (newly_digitised, easy_share, label_flips):
            with pytest.raises(ContentError, match="states no delivery form"):
                function(one)


def test_a_share_that_people_checked_has_its_interval_and_no_other() -> None:
    rows = [row(2024, 1, F.ELECTRONIC), row(2024, 2, F.PAPER, code=coding("transactional"))]
    audit = measure_scene(scene(rows, rows), lambda figure: (0.4, 0.3, 0.5) if figure.cell == "human_social" else None)
    human = next(figure for figure in audit.measured["nature"].cells if figure.cell == "human_social")
    assert (human.share, human.corrected, human.interval) == (0.5, 0.4, (0.3, 0.5))
    assert figure_json(human)["interval"] == [0.3, 0.5]
    assert audit.measured["digitised"].head.interval is None


forms = st.sets(st.sampled_from([F.PAPER, F.ELECTRONIC, F.FULLY_AUTOMATED]), min_size=1)
codes = st.tuples(st.sampled_from(["human_social", "transactional"]), st.sampled_from(["complete", "partial"]))
rows_of_a_year = st.dictionaries(st.integers(1, 12), st.tuples(forms, codes), min_size=1, max_size=12)


@given(
    rows_of_a_year,
    rows_of_a_year,
    st.dictionaries(st.integers(1, 12), st.sets(st.integers(1, 12), max_size=3), max_size=4),
)
def test_every_figure_lists_its_entries_and_why_sums_to_every_change(
    then: dict[int, tuple[set[DeliveryForm], tuple[str, str]]],
    now: dict[int, tuple[set[DeliveryForm], tuple[str, str]]],
    odd: dict[int, set[int]],
) -> None:
    years = [
        [row(year, n, *said[0], code=coding(*said[1])) for n, said in sorted(drawn.items())]
        for year, drawn in ((2023, then), (2024, now))
    ]
    strange = {
        key(2024, n): tuple(key(2023, o) for o in sorted(olds) if o in then) for n, olds in odd.items() if n in now
    }
    later = scene(years[0], years[1], strange)
    earlier = scene([], years[0])
    audits = [measure_scene(replace(earlier, snapshot=later.before.snapshot)), measure_scene(later)]  # type: ignore[union-attr]
    for audit in audits:
        for measured in audit.measured.values():
            for figure in measured.figures:
                assert figure.value == len(figure.keys) == len(set(figure.keys))
                assert not figure.base or (set(figure.keys) <= set(figure.base) and figure.of == len(figure.base))
                assert figure.low is None or figure.low <= figure.value <= (figure.high or 0)
    assert later.before is not None
    snapshots = (later.before.snapshot, later.snapshot)
    for name in set(audits[0].measured) & set(audits[1].measured):
        for old, new in _same_cells(audits[0].measured[name], audits[1].measured[name]):
            found = attribute(old, new, snapshots, later.before.descent, {})
            assert found.remainder == 0, (name, new.cell)
            assert found.change == new.value - old.value


def _same_cells(one: Measured, two: Measured) -> list[tuple[Figure, Figure]]:
    cells = {figure.cell: figure for figure in one.figures}
    return [(cells[figure.cell], figure) for figure in two.figures if figure.cell in cells]
