"""The codebook as people read it: every rule whole, in three languages, of the version that codings carry."""

from __future__ import annotations

import re
from importlib import resources

import pytest
import yaml

from auditor.coding.codebook import CODEBOOK, guidance, rules_in_full, rules_in_words
from auditor.coding.lexicon import RULES
from crawler.pages.records import Lang

_CODES = re.compile(r"human_social|transactional|complete|partial|unclear|\b[NC]\d+\b")


def test_it_is_of_the_version_that_codings_carry() -> None:
    text = resources.files("auditor.coding").joinpath("codebook.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["version"] == CODEBOOK


@pytest.mark.parametrize("lang", list(Lang))
def test_every_rule_stands_there_whole(lang: Lang) -> None:
    whole, short = rules_in_full(lang), rules_in_words(lang)
    assert list(whole) == list(short), "in the codebook's order"
    assert set(whole) == RULES
    assert sum(map(len, whole.values())) > 1.5 * sum(map(len, short.values()))
    assert len(set(whole.values())) == len(RULES)


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
def test_each_language_names_the_same_codes(lang: Lang) -> None:
    told, english = ([*rules_in_full(one).values(), *guidance(one)] for one in (lang, Lang.EN))
    for text, other in zip(told, english, strict=True):
        assert set(_CODES.findall(text)) == set(_CODES.findall(other.replace("Transactional", "transactional"))), text
