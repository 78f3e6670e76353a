"""Every phrase of every lexicon is found in its own example, and the example is coded as its entry says."""

from __future__ import annotations

import pytest

from auditor.coding.coder import Coder
from auditor.coding.lexicon import Example, load_lexicon, load_yaml
from auditor.coding.report import contradictions_in, faults_of
from auditor.coding.rules import load_rules
from crawler.errors import ContentError
from crawler.pages.records import Lang

EXAMPLES = [(lang, example) for lang in Lang for example in load_lexicon(lang).examples]


@pytest.mark.parametrize("lang", list(Lang))
def test_no_phrase_is_unused_or_contradicted_by_its_own_example(lang: Lang) -> None:
    assert faults_of(load_lexicon(lang), Coder.load([lang])) == []


@pytest.mark.parametrize("lang", list(Lang))
def test_no_two_phrases_say_different_things_of_the_same_words(lang: Lang) -> None:
    assert contradictions_in(load_lexicon(lang)) == []


def test_two_phrases_that_may_mean_the_same_words_are_reported() -> None:
    both = SMALL.replace("level: human, ", "level: paper, ").replace(
        '{"пособие":', '{"выдача|раздача лицензия|льгота":'
    )
    (told,) = contradictions_in(load_lexicon(Lang.RU, both))
    assert told.startswith(
        "lexicon/ru.yml, nature entry 2 (N3): phrase '@give лицензия' contradicts nature entry 1 (N2)"
    )
    assert contradictions_in(load_lexicon(Lang.RU, both.replace("code: transactional", "code: human_social"))) == []
    assert contradictions_in(load_lexicon(Lang.RU, SMALL)) == []


def test_a_phrase_that_never_fits_its_example_is_reported() -> None:
    lexicon = load_lexicon(Lang.RU, SMALL.replace("Назначение пособия матери", "Назначение стипендии"))
    coder = Coder({Lang.RU: lexicon}, load_rules())
    assert [fault.split(":")[0] for fault in faults_of(lexicon, coder)] == ["lexicon/ru.yml, nature entry 1 (N2)"]


def test_an_entry_that_another_overrules_is_reported() -> None:
    lexicon = load_lexicon(Lang.RU, SMALL.replace("Назначение пособия матери", "Выдача лицензии и пособия"))
    coder = Coder({Lang.RU: lexicon}, load_rules())
    assert "coded transactional" in faults_of(lexicon, coder)[0]


SMALL = """
language: ru
classes: {give: [выдача]}
heads: {finishing: [выдача], joined_by: [и]}
nature:
  - {rule: N2, code: human_social, level: human, output: money, phrases: {"пособие": "Назначение пособия матери"}}
  - {rule: N3, code: transactional, level: paper, phrases: {"@give лицензия": "Выдача лицензии"}}
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("rule: N2", "rule: N12", "unknown rule 'N12'"),
        ('"пособие":', '"посо(бие":', "bad phrase 'посо(бие': not a word"),
        ('"пособие":', '"..3 пособие":', "needs a ^"),
        ('"пособие":', '"пособие ..3":', "needs a $"),
        ('"@give лицензия"', '"@take лицензия"', "no class @take"),
        ('"@give лицензия": "Выдача лицензии"', '"пособие": "Пособие"', "contradicts nature entry 1 (N2)"),
        ("code: human_social", "code: humane", "'humane' is not a valid Nature"),
        ("level: human", "levle: human", "unknown field 'levle'"),
        ("output: money", "output: gold", "'gold' is not a valid Output"),
        ("language: ru", "language: kk", "'kk' where 'ru' is expected"),
        ("language: ru", "language: ru\nlanguage: ru", "line 3: 'language' is given twice"),
        ("joined_by: [и]", "joined_by: [on]", "quote words"),
        ('{"пособие": "Назначение пособия матери"}', '{"пособие": ""}', "needs an example"),
        ('{"пособие": "Назначение пособия матери"}', "{}", "no phrases"),
        (
            '"@give лицензия": "Выдача лицензии"',
            '"Пособия": "Пособия"',
            "contradicts nature entry 1 (N2), phrase 'пособие'",
        ),
        (
            '"@give лицензия": "Выдача лицензии"',
            '"выплата / пособие": "Пособие"',
            "phrase 'выплата / пособие' contradicts nature entry 1",
        ),
        ('{"пособие":', '{"@give льгота": "Льгота", "выдача льготы":', "phrase 'выдача льготы' repeats nature entry 1"),
        ("rule: N2", "rule: C2", "C2 is no rule of nature"),
        ("rule: N2", "rule: [N2]", "rule: a word is expected, not ['N2']"),
        ("level: human", "sector: 07", "sector: a word is expected, not 7"),
        ("level: human", "unless: [5]", "unless: 5 is no phrase"),
        ("code: human_social, ", "", "no code is given"),
        ("classes: {give: [выдача]}", "classes: [give]", "classes: a mapping is expected"),
        ("language: ru", "language: ru\nresults: 5", "results: a list of entries is expected"),
        ("nature:", "nature: [", "line 6: did not find expected node content"),
    ],
)
def test_a_faulty_lexicon_names_file_and_entry(old: str, new: str, complaint: str) -> None:
    assert old in SMALL
    with pytest.raises(ContentError) as caught:
        load_lexicon(Lang.RU, SMALL.replace(old, new, 1))
    assert str(caught.value).startswith("lexicon/ru.yml")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_rule_has_words_in_three_languages() -> None:
    rules = load_rules()
    for rule in ("N1", "N9", "C1", "C11"):
        assert len({rules.text(rule, lang) for lang in Lang}) == 3


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  N1: {en:", "  N77: {en:", "rule N1 needs a text"),
        ("name_step: 0", "name_step: 7", "name_step is no number"),
        ("name_step: 0", "name_steppe: 0", "no confidence is given for name_step"),
        ("rules:", "rules: 5\nothers:", "are to be mappings"),
        ("  N1: {en: ", "  N1: {en: [], xx: ", "rule N1 needs a text"),
    ],
)
def test_faulty_rule_texts_are_refused(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ContentError, match=complaint):
        load_rules(load_yaml("rules.yml").replace(old, new, 1))


def test_all_examples_are_distinct_enough_to_be_tests() -> None:
    assert all(isinstance(example, Example) for _, example in EXAMPLES)
    assert len(EXAMPLES) > 800
