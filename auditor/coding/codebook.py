"""The codebook a coding follows: its version, its rules in a few words and whole."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from auditor.coding.rules import load_rules
from crawler.pages.records import Lang

#: The codebook the machine's codes follow; part of every stored coding.
CODEBOOK = "1"
#: The name under which the machine's codings are stored.
MACHINE = "machine"


def rules_in_words(lang: Lang | str) -> dict[str, str]:
    """Rule id → short text in one language. Raises ContentError for a faulty installation."""
    return {rule: texts[Lang(lang)] for rule, texts in load_rules().texts.items()}


def rules_in_full(lang: Lang | str) -> dict[str, str]:
    """Rule id → the whole rule in one language, as a person needs it who codes by it."""
    return {rule: texts[str(lang)] for rule, texts in _whole()["rules"].items()}


def guidance(lang: Lang | str) -> tuple[str, str]:
    """How to go about coding, and examples to compare with, in one language."""
    texts = _whole()
    return texts["how"][str(lang)], texts["examples"][str(lang)]


@cache
def _whole() -> Mapping[str, Any]:
    raw = resources.files("auditor.coding").joinpath("codebook.yml").read_text(encoding="utf-8")
    whole: Mapping[str, Any] = yaml.safe_load(raw)
    return whole
