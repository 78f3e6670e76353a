"""The rules in words, and how sure each kind of ground is: data in lexicon/rules.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.coding.lexicon import RULES, Level, digest_of, load_yaml, parse_yaml
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: What a decision can stand on: a level of the name's words, a word of the result, likeness, the category, or nothing.
GROUNDS = frozenset(
    [
        *(f"name_{level}" for level in Level),
        *("name_step", "name_joined", "name_final", "name_default", "likeness", "category", "none"),
        *(f"result_{what}" for what in ("nature", "composite", "exception", "final", "joined", "step")),
    ]
)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rule id → language → short text; ground → confidence (0–1)."""

    texts: Mapping[str, Mapping[str, str]]
    grounds: Mapping[str, float]
    digest: str

    def text(self, rule: str, lang: Lang) -> str:
        """A rule in words. Raises KeyError for a rule that the codebook does not have."""
        return self.texts[rule][lang]

    def confidence(self, ground: str) -> float:
        """How often a decision on this kind of ground was right on labelled names (smoothed share)."""
        return self.grounds[ground]


def load_rules(text: str | None = None) -> RuleBook:
    """The rule texts and confidences. Raises ContentError if a rule, a language or a number is missing or odd."""
    source = load_yaml("rules.yml") if text is None else text
    data = parse_yaml(source, "rules.yml")
    texts, grounds = (data.get(name) for name in ("rules", "confidence"))
    if not isinstance(texts, dict) or not isinstance(grounds, dict):
        raise ContentError("lexicon/rules.yml: rules and confidence are to be mappings")
    for rule in sorted(RULES):
        told = texts.get(rule)
        if (
            not isinstance(told, dict)
            or set(told) != set(Lang)
            or not all(isinstance(one, str) for one in told.values())
        ):
            raise ContentError(f"lexicon/rules.yml: rule {rule} needs a text in each of {', '.join(Lang)}")
    for rule in texts:
        if rule not in RULES:
            raise ContentError(f"lexicon/rules.yml: no rule {rule} in the codebook")
    lacking = sorted(GROUNDS - set(grounds))
    if lacking:
        raise ContentError(f"lexicon/rules.yml: no confidence is given for {', '.join(lacking)}")
    for ground, value in grounds.items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ContentError(f"lexicon/rules.yml: confidence of {ground} is no number from 0 to 1")
    return RuleBook(texts, grounds, digest_of(source))
