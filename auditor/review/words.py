"""The workbench's texts in Russian, Kazakh and English, from `words.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from auditor.records import Coding, Completeness, Nature, Output
from auditor.review.records import Answer
from crawler.pages.records import Lang

#: COFOG divisions that a coder may name.
SECTORS = tuple(f"{number:02}" for number in range(1, 11))
#: What can be answered, by column, in the order shown.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "nature": tuple(str(code) for code in Nature),
    "completeness": tuple(str(code) for code in Completeness),
    "output": tuple(str(code) for code in Output),
    "sector": SECTORS,
}


def word(kind: str, name: str, lang: Lang) -> str:
    """A text of `axes`, `fields` or `form` in one language. Raises KeyError for one that is not there."""
    return str(_texts()[kind][name][lang])


def code_word(column: str, code: str, lang: Lang) -> str:
    """What a code means, in one language. Raises KeyError for one that the codebook does not have."""
    return str(_texts()["codes"][column][code][lang])


def in_codes(said: Coding | Answer) -> str:
    """A person's codes in one line without what was left open; an output left open is stored as `unclear`."""
    output = "" if said.output is Output.UNCLEAR else said.output
    return " / ".join(str(code) for code in (said.nature, said.completeness, output, said.sector) if code)


@cache
def _texts() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]:
    raw = resources.files("auditor.review").joinpath("words.yml").read_text(encoding="utf-8")
    texts: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]] = yaml.safe_load(raw)
    return texts
