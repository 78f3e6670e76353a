"""The codebook a coding follows: its version and its rules in words."""

from __future__ import annotations

from auditor.coding.rules import load_rules
from crawler.pages.records import Lang

#: The codebook the machine's codes follow; part of every stored coding.
CODEBOOK = "1"
#: The name under which the machine's codings are stored.
MACHINE = "machine"


def rules_in_words(lang: Lang | str) -> dict[str, str]:
    """Rule id → short text in one language. Raises ContentError for a faulty installation."""
    return {rule: texts[Lang(lang)] for rule, texts in load_rules().texts.items()}
