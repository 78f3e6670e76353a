"""One service from what its texts name to its codes, with the words that decided. Pure.

How the winning phrase is found: decide.py. How a coder serves many services: coder.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from auditor.coding.lexicon import RANK, Entry, Level, Lexicon
from auditor.coding.likeness import SURE_ODDS, Likeness, Proposal
from auditor.coding.phrases import Found, Token
from auditor.coding.rules import RuleBook
from auditor.coding.words import spans_of
from auditor.records import Coding, CodingInput, Completeness, Nature, Output, Trigger

#: A duty to file is done by what the name says, whatever notice is the result.
_STRONGER_THAN_RESULT = ("C8",)
#: Levels that say little by themselves: the result text, then likeness to hand-coded names, may say otherwise.
_WEAK = (Level.PERSONS, Level.GENERIC)
#: Levels whose entries are about a kind of paper or a rule, whatever it is on.
_SUBJECTLESS = (Level.EXCEPTION, Level.PAPER, Level.PERSONS, Level.GENERIC)
#: COFOG divisions whose papers are about health, education, work or social status (N4), and which rule other divisions'
#: papers go by.
_STATUS_SECTORS = frozenset({"07", "09", "10"})
_RULE_BY_SECTOR = {"02": "N6", "03": "N6", "04": "N6", "06": "N6", "05": "N3", "08": "N3"}
_PAPER, _HUMAN, _SUBJECT, _PERSONS = (RANK[level] for level in (Level.PAPER, Level.HUMAN, Level.SUBJECT, Level.PERSONS))
#: The key of the confidence table for each level's place.
_BASES = tuple(f"name_{level}" for level in Level)
_NATURES = {str(nature): nature for nature in Nature}
_COMPLETENESSES = {str(completeness): completeness for completeness in Completeness}

#: The division where no word tells another: general public services for papers, social protection for human services.
SECTOR_BY_DEFAULT = {False: "01", True: "10"}

_ABSTENTION = Verdict(Nature.UNCLEAR, None, "", "", "none")


class Result(NamedTuple):
    """A result text read once: what it names, and where its words lie."""

    found: list[Found]
    spans: list[tuple[int, int]]


#: Nothing was said of the result.
NO_RESULT = Result([], [])


class Case:
    """One service on its way to a coding: what its texts name, and what that decides."""

    __slots__ = ("assumed", "given", "ground", "lexicon", "likeness", "result", "rules", "spans", "tokens")

    def __init__(
        self, lexicon: Lexicon, rules: RuleBook, given: CodingInput, result: Result, likeness: Likeness | None
    ) -> None:
        self.lexicon, self.rules, self.given, self.result, self.likeness = lexicon, rules, given, result, likeness
        self.spans = {"result": result.spans}
        self.tokens: list[Token] = []
        #: Whether no word told the sector.
        self.assumed = False
        #: On what kind of ground the nature was decided: a key of the confidence table.
        self.ground = "none"

    def read(self, field: str) -> list[Token]:
        text: str = getattr(self.given, field)
        spans = self.spans[field] = spans_of(text)
        return self.lexicon.names.tokens(text, spans)

    def coding(self) -> Coding:
        self.tokens = self.read("name")
        in_name = standing(self.lexicon.names.find(self.tokens))
        in_result = self.result.found
        assessed = any(one.entry.rule == "C6" for one in in_name.get("completeness", ()))
        nature = self.nature(in_name.get("nature", ()), in_result, assessed)
        if nature.basis == "name_paper" and nature.rule == "N4":
            nature = self.by_what_the_paper_is_on(nature, in_name, in_result)
        self.ground = nature.basis
        completeness = self.completeness(nature, in_name.get("completeness", ()), in_result)
        return self.answer(nature, completeness, in_name)

    def nature(self, in_name: Sequence[Found], in_result: list[Found], assessed: bool) -> Verdict:
        """The first axis. `assessed`: the name is of a finding that care follows (C6), whatever paper tells it."""
        last = self.lexicon.heads.last
        named = best(in_name, head_last=last)
        level = named.entry.level if named else None
        if named is not None and level not in _WEAK:
            verdict = Verdict(named.entry.code, named, "name", named.entry.rule, _BASES[named.entry.rank])
            if is_human(verdict.code):
                return verdict if assessed or level is Level.EXCEPTION else self.paper_given(verdict, in_result)
            return self.composite(verdict, in_result) if verdict.rule == "N6" else verdict
        shown = best([one for one in in_result if one.entry.nature and one.entry.rule[0] == "N"], head_last=False)
        if shown is not None:
            entry = shown.entry
            return Verdict(str(entry.nature or Nature.UNCLEAR), shown, "result", entry.rule, "result_nature")
        alike = self.likeness.propose([token.form for token in self.tokens]) if self.likeness else None
        if named is not None:
            if alike is not None and alike.code != named.entry.code and alike.odds >= SURE_ODDS:
                return self.by_likeness(alike)
            return Verdict(named.entry.code, named, "name", named.entry.rule, _BASES[named.entry.rank])
        given = self.by_what_is_given(in_result)
        return given or (self.by_likeness(alike) if alike is not None else self.by_category())

    def by_what_the_paper_is_on(
        self, nature: Verdict, in_name: Mapping[str, Sequence[Found]], in_result: list[Found]
    ) -> Verdict:
        """The rule of a paper: N4 on health, education, work or status, else its subject's (N6, N3), else N1 alone."""
        ranks = {one.entry.rank: one.entry.rule for one in in_name["nature"] if one.entry.rule != "N4"}
        if _PAPER in ranks:
            return self.under(nature, ranks[_PAPER], in_result)
        sectors = [one.entry.sector for one in in_name.get("sectors", ())]
        if _HUMAN in ranks or not _STATUS_SECTORS.isdisjoint(sectors):
            return nature
        rule = ranks.get(_SUBJECT) or min((_RULE_BY_SECTOR[sector] for sector in sectors), default="")
        if not rule:
            rule = "N4" if _PERSONS in ranks else "N1"
        return self.under(nature, rule, in_result)

    def under(self, nature: Verdict, rule: str, in_result: list[Found]) -> Verdict:
        """The same decision by another rule; under N6 the result may make a composite of it."""
        changed = Verdict(nature.code, nature.found, nature.field, rule, nature.basis)
        return self.composite(changed, in_result) if rule == "N6" else changed

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
        by_name = None
        if in_name:
            name = Name(self.tokens, self.given.name, self.spans["name"])
            by_name = completeness_by_name(in_name, name, heads, nature.code)
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
        if completeness.field == "name" and not self.spans["result"]:
            rules["C11"] = None  # no result text, or its heading alone: the name decided
        sure = (self.rules.confidence(nature.basis), self.rules.confidence(completeness.basis))
        return Coding(
            nature=_NATURES[nature.code],
            completeness=_COMPLETENESSES[completeness.code],
            output=self.output(nature, completeness, in_name.get("nature", ())),
            sector=self.sector(nature, in_name),
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

    def sector(self, nature: Verdict, in_name: Mapping[str, Sequence[Found]]) -> str:
        """The COFOG division: by the entry that decided; where that knows only the kind of paper, by the subject."""
        entry, last = nature.entry, self.lexicon.heads.last
        stated: str = entry.sector if entry is not None else ""
        if stated and entry is not None and entry.level not in _SUBJECTLESS:
            return stated
        subjects = [one for one in in_name.get("nature", ()) if one.entry.level is Level.SUBJECT and one.entry.sector]
        for found in (best(in_name.get("sectors", ()), head_last=last), best(subjects, head_last=last)):
            if found is not None:
                sector: str = found.entry.sector
                return sector
        if stated or nature.code == Nature.UNCLEAR:
            return stated
        self.assumed = True
        return SECTOR_BY_DEFAULT[is_human(nature.code)]

    def trigger(self, verdict: Verdict) -> Trigger:
        assert verdict.found is not None
        spans = self.spans[verdict.field]
        start, end = spans[verdict.found.start][0], spans[verdict.found.end - 1][1]
        text: str = getattr(self.given, verdict.field)
        return Trigger(verdict.field, start, end, text[start:end], verdict.rule)
