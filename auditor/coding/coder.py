"""The machine coder: texts in, codes with their reasons out. No database, no files but the lexicon's.

coder = Coder.load()
coding = coder.code(CodingInput(name="Назначение пособия на рождение ребенка"))
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from auditor.coding.case import NO_RESULT, Case, Result
from auditor.coding.decide import standing
from auditor.coding.lexicon import Lexicon, load_lexicon
from auditor.coding.likeness import LETTERS, Likeness, as_json, load_likeness
from auditor.coding.phrases import Token
from auditor.coding.results import (
    breaks_in,
    promised,
    put_off,
    signs_in,
    still_standing,
    struck_out,
    told_beside,
    without_asides,
)
from auditor.coding.rules import RuleBook, load_rules
from auditor.coding.words import fold_word, spans_of
from auditor.records import Coding, CodingInput
from crawler.pages.records import Lang

#: Raised by hand when code (not the lexicon) answers differently.
_METHOD = "7"


class Coder:
    """Codes services by the codebook. One instance serves any number of threads; equal inputs are coded once."""

    MEMORY = 100_000

    def __init__(
        self, lexicons: Mapping[Lang, Lexicon], rules: RuleBook, likeness: Mapping[Lang, Likeness] | None = None
    ) -> None:
        """A coder for the languages given; `load` reads them from the installation. No likeness: rules alone."""
        self._lexicons = dict(lexicons)
        self._rules = rules
        self._likeness = dict(likeness or {})
        self._known: dict[CodingInput, Coding] = {}
        self._results: dict[tuple[Lang, str], Result] = {}
        parts = [*(lexicon.digest for lexicon in self._lexicons.values()), rules.digest, as_json(self._likeness)]
        digest = hashlib.sha256("".join(parts).encode())
        #: Method and a fingerprint of lexicons and rules: the same version gives the same answers.
        self.version = f"{_METHOD}.{digest.hexdigest()[:12]}"

    @classmethod
    def load(cls, langs: Iterable[Lang] = tuple(Lang)) -> Coder:
        """The coder with the lexicons that this installation carries. Raises ContentError for a faulty one."""
        wanted = tuple(langs)
        learned = {lang: found for lang in wanted if (found := load_likeness(lang)) is not None}
        return cls({lang: load_lexicon(lang) for lang in wanted}, load_rules(), learned)

    def code(self, given: CodingInput) -> Coding:
        """The coding of one service. Never raises for any text; `unclear` where nothing decides.

        Raises KeyError only for a language that was not loaded.
        """
        known = self._known.get(given)
        if known is None:
            if len(self._known) >= self.MEMORY:
                self._known = {}
            known = self._known[given] = self._case(given).coding()
        return known

    def sector_is_assumed(self, given: CodingInput) -> bool:
        """Whether no word tells the division, so that the coding has the one by default. For `explain`."""
        case = self._case(given)
        case.coding()
        return case.assumed

    def _case(self, given: CodingInput) -> Case:
        lexicon = self._lexicons[given.lang]
        result = self._result(lexicon, given.result) if given.result else NO_RESULT
        return Case(lexicon, self._rules, given, result, self._likeness.get(given.lang))

    def likeness_in_words(self, given: CodingInput) -> list[str]:
        """Where likeness decided the nature: in how many hand-coded names of either a word that begins so stood.

        Empty where the lexicon's words decided: these counts then say nothing of the coding. For `explain`.
        """
        case = self._case(given)
        case.coding()
        learned = self._likeness.get(given.lang)
        if learned is None or case.ground != "likeness":
            return []
        told = {}
        for start, end in case.spans["name"]:
            word = given.name[start:end]
            human, other = learned.seen(fold_word(word))
            if human + other:
                begun = word if len(word) <= LETTERS else f"{word} ({word[:LETTERS]}…)"
                told[begun] = f"{begun}: {human} human, {other} transactional names"
        return list(told.values())

    def _result(self, lexicon: Lexicon, text: str) -> Result:
        key = (lexicon.lang, text)
        known = self._results.get(key)
        if known is None:
            if len(self._results) >= self.MEMORY:
                self._results = {}
            known = self._results[key] = _read_result(lexicon, text)
        return known

    def lexicon(self, lang: Lang) -> Lexicon:
        """The lexicon it codes `lang` with. Raises KeyError if that was not loaded."""
        return self._lexicons[lang]

    def code_all(self, given: Iterable[CodingInput]) -> list[Coding]:
        """The codings of many services, in their order."""
        return [self.code(one) for one in given]


def _read_result(lexicon: Lexicon, text: str) -> Result:
    """What a result text names, without its heading, refusals and the form of handing over."""
    spans = spans_of(text)
    tokens = lexicon.results.tokens(text, spans)
    words = lexicon.heading_words
    heading = next((place for place, token in enumerate(tokens) if token.form not in words), len(tokens))
    tokens, spans = tokens[heading:], spans[heading:]
    found = lexicon.results.find(tokens)
    breaks = breaks_in(text, spans)
    signs = (signs_in(text, spans, "()"), signs_in(text, spans, ",:–—"))
    out = struck_out(tokens, found, breaks, signs, lexicon.connectors)
    if out and (out[0] or out[-1]):
        # What stands beside a refusal begins or ends the result: phrases bound to an end are to see that.
        first, last = _standing_part(tokens, out, lexicon)
        tokens, spans, breaks, out = tokens[first:last], spans[first:last], breaks[first:last], out[first:last]
        found = lexicon.results.find(tokens)
    off = put_off(tokens, found, breaks, signs_in(text, spans, ","))
    left = standing(still_standing(found, out, off, breaks)).get("results", [])
    left = without_asides(left, told_beside(found, breaks, signs_in(text, spans, ".")))
    return Result([*left, *promised(found, left, off)], spans)


def _standing_part(tokens: Sequence[Token], out: Sequence[bool], lexicon: Lexicon) -> tuple[int, int]:
    """From which word to which (not included) a result lies whose struck out ends are left away, with their "or"."""
    idle = [struck or token.form in lexicon.connectors for struck, token in zip(out, tokens, strict=True)]
    if all(idle):
        return 0, 0
    first = idle.index(False) if out[0] else 0
    while out[0] and first < len(tokens) - 1 and tokens[first].form in lexicon.heading_words:
        first += 1
    last = len(idle) - idle[::-1].index(False) if out[-1] else len(idle)
    return first, last
