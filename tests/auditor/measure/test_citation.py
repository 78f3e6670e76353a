"""A citation carries all that finds the figure again, and harmful names stay words in each format."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import yaml

from auditor.measure.citation import Citation, as_bibtex, as_cff, as_text
from reports.i18n import words
from reports.views.citation import facts

CITED = Citation(
    figure="nature:human_social",
    title="Характер услуги, human_social",
    definition="live entries / live entries",
    value="16, 15 to 17 (8.6% of 186)",
    remarks=("machine-coded, unchecked",),
    as_of=date(2024, 12, 31),
    text="ru",
    act="V2000019982",
    edition=date(2024, 12, 13),
    release="20250101-0123456789ab",
    version="0.1.0",
    root="ab" * 32,
)
HOSTILE = replace(CITED, title='<script>"\x00\u202e\n}\\input{x} 5% & $1_#~^' + "я" * 10_000)


def test_the_text_names_day_edition_release_root_and_the_way_back() -> None:
    told = as_text(CITED, facts(words("en"), CITED))
    assert told.splitlines()[0] == "Характер услуги, human_social: 16, 15 to 17 (8.6% of 186)"
    for fact in (
        "Audit date: 2024-12-31",
        "edition of 2024-12-13",
        "Release: 20250101-0123456789ab",
        f"Run root of the evidence: {'ab' * 32}",
        "egov-audit measure --as-of 2024-12-31 --lang ru --measure nature",
        "unchecked",
    ):
        assert fact in told


@pytest.mark.parametrize("cited", [CITED, HOSTILE])
def test_the_cff_is_yaml_with_what_version_1_2_requires(cited: Citation) -> None:
    told = yaml.safe_load(as_cff(cited, facts(words("en"), cited)))
    assert {"cff-version", "message", "title", "authors"} <= set(told)
    assert told["cff-version"] == "1.2.0"
    assert told["version"] == cited.release
    assert told["title"].endswith(cited.value)
    assert not {"\x00", "\u202e", "\n"} & set(told["title"])


@pytest.mark.parametrize("cited", [CITED, HOSTILE])
def test_bibtex_has_balanced_braces_and_no_bare_special(cited: Citation) -> None:
    told = as_bibtex(cited, facts(words("en"), cited))
    depth = 0
    for sign in told:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert told.endswith("}")
    body = told.partition("\n")[2]
    for sign in "%&$#_":
        assert body.count(sign) == body.count(f"\\{sign}"), sign
    assert "\\input" not in told


def test_labels_are_in_the_readers_language_and_a_superseded_value_says_so() -> None:
    wrong = replace(CITED, superseded=("Прежнее значение: 17 → 16",))
    for lang, labels in {
        "ru": (
            "Определение: ",
            "Дата аудита: 2024-12-31",
            "Программа: ",
            "Как получить снова: ",
            "язык текста: русский",
        ),
        "kk": ("Анықтамасы: ", "Аудит күні: 2024-12-31", "Бағдарлама: ", "Қайта алу жолы: ", "мәтін тілі: орыс"),
    }.items():
        told = as_text(wrong, facts(words(lang), wrong))
        for label in (*labels, "Прежнее значение: 17 → 16"):
            assert label in told, (lang, label)
        for english in ("Definition", "Audit date", "Edition", "Note:", "Release", "Root", "Retrieved"):
            assert english not in told, (lang, english)
        assert "Прежнее значение" in as_bibtex(wrong, facts(words(lang), wrong))
