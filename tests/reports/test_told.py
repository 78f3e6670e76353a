"""What is said of coded figures reaches the report's readers in their own language."""

from __future__ import annotations

from datetime import date

import pytest

from auditor.cli.series import coding_note
from auditor.db.acts import nothing_in_force
from auditor.measure.records import DatedAudit, Figure, Measured, Snapshot
from auditor.review.intervals import CheckedText, Checks, Intervals
from crawler.pages.records import Lang
from reports.i18n import words
from reports.views.told import told

CODES = ("human_social", "complete")
CORRECTED = Figure("nature", "human_social", 1, 2, ("a",), interval=(0.4, 0.6), corrected=0.5)
LEFT = Figure("nature", "human_social", 1, 2, ("a",), uncorrected="people checked 3 of these 90 rows, too few to tell")


def note(figure: Figure) -> str:
    """What is said of an audit with this figure and a sample that people coded."""
    checks = Checks(Lang.RU, "1", "spring 2026", {"text": CheckedText(CODES, CODES, 1.0)}, frozenset(("text",)))
    shot = Snapshot(date(2026, 1, 1), Lang.RU, "V2000019982", date(2025, 1, 1), (), "1")
    audit = DatedAudit(shot, {"nature": Measured("nature", (figure,))})
    return coding_note(Intervals(checks, {}, {}), [audit])


@pytest.mark.parametrize(
    ("lang", "said"),
    [("ru", "с 30 июня 2007"), ("kk", "30 маусым күнінен"), ("en", "since June 30, 2007 the act is P070000561_")],
)
def test_an_act_that_was_never_read_is_told_in_every_language(lang: str, said: str) -> None:
    acts = {"P070000561_": date(2007, 6, 30), "V2000019982": date(2020, 2, 14)}
    shown = told(words(lang), nothing_in_force(acts, date(2008, 12, 31), "ru"))
    assert said in shown
    assert ("was read" in shown) == (lang == "en")


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_the_note_on_coding_is_told_in_every_language(lang: str) -> None:
    corrected, left = (told(words(lang), note(figure)) for figure in (CORRECTED, LEFT))
    assert "machine-coded" not in corrected + left, "a sentence that no language knows stays as it was"
    assert "spring 2026" in corrected
    assert "people checked 3 of these 90 rows" in left


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Russian text: on paper, partially automated; Kazakh text: electronic, on paper"),
        ("ru", "русский текст: бумажная, частично автоматизированная; казахский текст: электронная, бумажная"),
        ("kk", "орыс мәтіні: қағаз түрінде, ішінара автоматтандырылған; қазақ мәтіні: электрондық, қағаз түрінде"),
    ],
)
def test_forms_that_differ_in_two_texts_are_told_in_every_language(lang: str, said: str) -> None:
    assert told(words(lang), "ru | kk: paper, partially automated | electronic, paper") == said
    assert told(words(lang), "ru | kk: what nobody knows | paper").count("what nobody knows") == 1
