"""The machine coder: texts in, codes with their reasons out. No database, no files but the lexicon's.

coder = Coder.load()
coding = coder.code(CodingInput(name="Назначение пособия на рождение ребенка"))
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from auditor.coding.decide import (
    Name,
    Verdict,
    best,
    completeness_by_name,
    completeness_by_result,
    is_human,
    standing,
)
from auditor.coding.lexicon import Entry, Level, Lexicon, load_lexicon
from auditor.coding.likeness import SURE_ODDS, Likeness, Proposal, as_json, load_likeness
from auditor.coding.phrases import Found, Token
from auditor.coding.results import breaks_in, put_off, signs_in, still_standing, struck_out
from auditor.coding.rules import RuleBook, load_rules
from auditor.coding.words import fold_word, spans_of
from auditor.records import Coding, CodingInput, Completeness, Nature, Output, Trigger
from crawler.pages.records import Lang

#: Raised by hand when code (not the lexicon) answers differently.
_METHOD = "3"

#: A duty to file is done by what the name says, whatever notice is the result.
_STRONGER_THAN_RESULT = ("C8",)
#: Levels that say little by themselves: the result text, then likeness to hand-coded names, may say otherwise.
_WEAK = (Level.PERSONS, Level.GENERIC)
#: Levels whose entries are about a kind of paper or a rule, whatever it is on.
_SUBJECTLESS = (Level.EXCEPTION, Level.PAPER, Level.PERSONS, Level.GENERIC)
_NATURES = {str(nature): nature for nature in Nature}
_COMPLETENESSES = {str(completeness): completeness for completeness in Completeness}

_ABSTENTION = Verdict(Nature.UNCLEAR, None, "", "", "none")


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
        self._results: dict[tuple[Lang, str], _Result] = {}
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
            lexicon = self._lexicons[given.lang]
            result = self._result(lexicon, given.result) if given.result else _NO_RESULT
            case = _Case(lexicon, self._rules, given, result, self._likeness.get(given.lang))
            known = self._known[given] = case.coding()
        return known

    def likeness_in_words(self, given: CodingInput) -> list[str]:
        """For each word of a name that was seen in hand-coded ones: in how many of either nature. For `explain`."""
        learned = self._likeness.get(given.lang)
        if learned is None:
            return []
        words = [given.name[start:end] for start, end in spans_of(given.name)]
        told = [(word, learned.seen(fold_word(word))) for word in words]
        return [f"{word}: {human} human, {other} transactional names" for word, (human, other) in told if human + other]

    def _result(self, lexicon: Lexicon, text: str) -> _Result:
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


class _Result(NamedTuple):
    """A result text read once: what it names, and where its words lie."""

    found: list[Found]
    spans: list[tuple[int, int]]


_NO_RESULT = _Result([], [])


def _read_result(lexicon: Lexicon, text: str) -> _Result:
    """What a result text names, without its heading, refusals and the form of handing over."""
    spans = spans_of(text)
    tokens = lexicon.results.tokens(text, spans)
    words = lexicon.heading_words
    heading = next((place for place, token in enumerate(tokens) if token.form not in words), len(tokens))
    tokens, spans = tokens[heading:], spans[heading:]
    found = lexicon.results.find(tokens)
    breaks = breaks_in(text, spans)
    out = struck_out(tokens, found, breaks, signs_in(text, spans, "()"), lexicon.connectors)
    off = put_off(tokens, found, breaks, signs_in(text, spans, ","))
    return _Result(standing(still_standing(found, out, off, breaks)).get("results", []), spans)


class _Case:
    """One service on its way to a coding."""

    __slots__ = ("given", "lexicon", "likeness", "result", "rules", "spans", "tokens")

    def __init__(
        self, lexicon: Lexicon, rules: RuleBook, given: CodingInput, result: _Result, likeness: Likeness | None
    ) -> None:
        self.lexicon, self.rules, self.given, self.result, self.likeness = lexicon, rules, given, result, likeness
        self.spans = {"result": result.spans}
        self.tokens: list[Token] = []

    def read(self, field: str) -> list[Token]:
        text: str = getattr(self.given, field)
        spans = self.spans[field] = spans_of(text)
        return self.lexicon.names.tokens(text, spans)

    def coding(self) -> Coding:
        self.tokens = self.read("name")
        in_name = standing(self.lexicon.names.find(self.tokens))
        in_result = self.result.found
        nature = self.nature(in_name.get("nature", ()), in_result)
        completeness = self.completeness(nature, in_name.get("completeness", ()), in_result)
        return self.answer(nature, completeness, in_name)

    def nature(self, in_name: Sequence[Found], in_result: list[Found]) -> Verdict:
        last = self.lexicon.heads.last
        named = best(in_name, head_last=last)
        level = named.entry.level if named else None
        if named is not None and level not in _WEAK:
            verdict = Verdict(named.entry.code, named, "name", named.entry.rule, f"name_{level}")
            if is_human(verdict.code):
                return verdict if level is Level.EXCEPTION else self.paper_given(verdict, in_result)
            return self.composite(verdict, in_result) if verdict.rule == "N6" else verdict
        shown = best([one for one in in_result if one.entry.nature and one.entry.rule[0] == "N"], head_last=False)
        if shown is not None:
            entry = shown.entry
            return Verdict(str(entry.nature or Nature.UNCLEAR), shown, "result", entry.rule, "result_nature")
        alike = self.likeness.propose([token.form for token in self.tokens]) if self.likeness else None
        if named is not None:
            if alike is not None and alike.code != named.entry.code and alike.odds >= SURE_ODDS:
                return self.by_likeness(alike)
            return Verdict(named.entry.code, named, "name", named.entry.rule, f"name_{level}")
        given = self.by_what_is_given(in_result)
        return given or (self.by_likeness(alike) if alike is not None else self.by_category())

    @staticmethod
    def by_likeness(alike: Proposal) -> Verdict:
        """Hand-coded names with these words were so: the most telling word stands for them."""
        at = alike.words[0]
        entry = Entry("likeness", "likeness.json", "N1", str(alike.code), Level.GENERIC)
        return Verdict(alike.code, Found(None, entry, at, at + 1), "name", "N1", "likeness")

    def by_what_is_given(self, in_result: list[Found]) -> Verdict | None:
        """For a name that says nothing: the nature of which alone the result text's thing is given."""
        given = best([one for one in in_result if one.entry.nature], head_last=False)
        if given is None:
            return None
        return Verdict(str(given.entry.nature), given, "result", "N1", "result_nature")

    @staticmethod
    def paper_given(verdict: Verdict, in_result: list[Found]) -> Verdict:
        """N4: a paper about a person's status that the result gives in place of care makes the entry transactional."""
        for one in in_result:
            if one.entry.rule == "N4":
                return Verdict(Nature.TRANSACTIONAL, one, "result", "N4", "result_nature")
        return verdict

    def composite(self, verdict: Verdict, in_result: list[Found]) -> Verdict:
        """N6: money or care that the result names beside the record makes the entry human."""
        for one in in_result:
            entry = one.entry
            if entry.rule[0] == "N" and entry.nature is Nature.HUMAN_SOCIAL:
                return Verdict(Nature.HUMAN_SOCIAL, one, "result", "N6", "result_composite")
        return verdict

    def by_category(self) -> Verdict:
        if not self.given.category:
            return _ABSTENTION
        found = standing(self.lexicon.names.find(self.read("category"))).get("nature", [])
        # A heading such as "Family" says whom its services are about, not what they give.
        telling = [one for one in found if one.entry.level is not Level.PERSONS]
        hint = best(telling, head_last=self.lexicon.heads.last)
        if hint is None:
            return _ABSTENTION
        return Verdict(hint.entry.code, hint, "category", hint.entry.rule, "category")

    def completeness(self, nature: Verdict, in_name: Sequence[Found], in_result: list[Found]) -> Verdict:
        heads = self.lexicon.heads
        commas = signs_in(self.given.name, self.spans["name"], ",;") if in_name else ()
        by_name = completeness_by_name(in_name, Name(self.tokens, commas), heads, nature.code)
        if by_name is not None and by_name.rule in _STRONGER_THAN_RESULT and by_name.basis == "name_exception":
            return by_name
        by_result = completeness_by_result([one for one in in_result if one.entry.rule[0] == "C"], nature.code)
        if by_result is not None:
            return by_result
        if by_name is not None:
            return by_name
        if nature.code == Nature.UNCLEAR:
            return _ABSTENTION
        rule = "C3" if is_human(nature.code) else "C1"
        return Verdict(Completeness.COMPLETE, None, "name", rule, "name_default")

    def answer(self, nature: Verdict, completeness: Verdict, in_name: Mapping[str, Sequence[Found]]) -> Coding:
        deciding = [verdict for verdict in (nature, completeness) if verdict.found is not None]
        rules = dict.fromkeys(verdict.rule for verdict in (nature, completeness) if verdict.rule)
        sure = (self.rules.confidence(nature.basis), self.rules.confidence(completeness.basis))
        return Coding(
            nature=_NATURES[nature.code],
            completeness=_COMPLETENESSES[completeness.code],
            output=self.output(nature, completeness, in_name.get("nature", ())),
            sector=self.sector(nature, in_name.get("sectors", ())),
            rules=tuple(rules),
            triggers=tuple(dict.fromkeys(self.trigger(verdict) for verdict in deciding)),
            confidence=min(sure),
            nature_confidence=sure[0],
            completeness_confidence=sure[1],
        )

    def output(self, nature: Verdict, completeness: Verdict, in_name: Sequence[Found]) -> Output:
        """What is handed over: by the deciding entries, else by other words of the same nature, else a default."""
        for verdict in (completeness, nature):
            if verdict.entry is not None and verdict.entry.output is not None and verdict.basis != "name_joined":
                return verdict.entry.output
        if nature.code == Nature.UNCLEAR:
            return Output.UNCLEAR
        if nature.field == "name" and nature.basis != "likeness":
            telling = [one for one in in_name if one.entry.code == nature.code and one.entry.output is not None]
            other = best(telling, head_last=self.lexicon.heads.last)
            if other is not None:
                stated: Output = other.entry.output
                return stated
        return Output.IN_KIND if is_human(nature.code) else Output.DOCUMENT

    def sector(self, nature: Verdict, sectors: Sequence[Found]) -> str:
        """The COFOG division: by the entry that decided; where that knows only the kind of paper, by the subject."""
        entry = nature.entry
        stated: str = entry.sector if entry is not None else ""
        if stated and entry is not None and entry.level not in _SUBJECTLESS:
            return stated
        found = best(sectors, head_last=self.lexicon.heads.last)
        if found is not None:
            sector: str = found.entry.sector
            return sector
        if stated:
            return stated
        if nature.code == Nature.UNCLEAR:
            return ""
        return "10" if is_human(nature.code) else "01"

    def trigger(self, verdict: Verdict) -> Trigger:
        assert verdict.found is not None
        spans = self.spans[verdict.field]
        start, end = spans[verdict.found.start][0], spans[verdict.found.end - 1][1]
        text: str = getattr(self.given, verdict.field)
        return Trigger(verdict.field, start, end, text[start:end], verdict.rule)
