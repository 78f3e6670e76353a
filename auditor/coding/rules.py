"""The rules in words, and how sure each kind of ground is: data in lexicon/rules.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.coding.lexicon import RULES, digest_of, load_yaml, parse_yaml
from crawler.errors import ContentError
from crawler.pages.records import Lang


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
    texts, grounds = data.get("rules") or {}, data.get("confidence") or {}
    for rule in sorted(RULES):
        if set(texts.get(rule) or ()) != set(Lang):
            raise ContentError(f"lexicon/rules.yml: rule {rule} needs a text in each of {', '.join(Lang)}")
    for rule in texts:
        if rule not in RULES:
            raise ContentError(f"lexicon/rules.yml: no rule {rule} in the codebook")
    for ground, value in grounds.items():
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ContentError(f"lexicon/rules.yml: confidence of {ground} is no number from 0 to 1")
    return RuleBook(texts, grounds, digest_of(source))
