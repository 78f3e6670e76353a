"""Stable words of the records in the words of a language: forms, codes, terms, kinds of change, settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.account.records import TermName, Unit
from auditor.diff.records import ChangeType
from auditor.records import Coding
from crawler.pages.records import DeliveryForm
from reports.i18n import N_, Words

#: Caption of a two-by-two.
DELIVERED = N_("What is delivered, and how far")
FORMS: Mapping[str, str] = {
    DeliveryForm.FULLY_AUTOMATED: N_("fully automated"),
    DeliveryForm.PARTIALLY_AUTOMATED: N_("partially automated"),
    DeliveryForm.ELECTRONIC: N_("electronic"),
    DeliveryForm.PAPER: N_("on paper"),
    DeliveryForm.PROACTIVE: N_("proactive"),
    DeliveryForm.ONE_APPLICATION: N_("by one application"),
    DeliveryForm.COMPOSITE: N_("composite"),
    DeliveryForm.NOT_AUTOMATED: N_("not automated"),
}
CODES: Mapping[str, str] = {
    "transactional": N_("transactional"),
    "human_social": N_("human or social"),
    "unclear": N_("unclear"),
    "complete": N_("complete"),
    "partial": N_("partial"),
}
OUTPUTS: Mapping[str, str] = {
    "document": N_("a document"),
    "record": N_("a record"),
    "permit": N_("a permit"),
    "money": N_("money"),
    "in_kind": N_("care, a place or a thing"),
    "queue": N_("a place in a queue"),
    "appointment": N_("an appointment"),
    "referral": N_("a referral"),
    "attachment": N_("an attachment"),
    "information": N_("information"),
    "acceptance": N_("an application taken in"),
    "finding": N_("a finding"),
    "unclear": N_("unclear"),
}
CELLS: Mapping[str, str] = {
    **CODES,
    "new": N_("new rows"),
    "flipped": N_("old rows with a new label"),
    "regrouped": N_("rows out of splits or mergers"),
    "present": N_("shown by a list"),
    "absent": N_("proven not to be shown"),
    "not_observed": N_("not observed"),
    "to_digital": N_("from paper to digital"),
    "to_paper": N_("from digital to paper"),
    "other_degree": N_("another degree of automation"),
    "with_other_changes": N_("flips that came with a change of the service"),
    "back_to_paper": N_("back to paper"),
    "restored": N_("gone and back"),
    "forms": N_("other delivery form"),
    "only_here": N_("only in this text"),
    "only_there": N_("only in the other text"),
    "listings": N_("several listings"),
    "rows": N_("rows"),
    "codes": N_("codes"),
    "results": N_("results"),
    "subsections": N_("subsections"),
}
UNITS: Mapping[str, str] = {
    Unit.ROWS: N_("rows"),
    Unit.CODES: N_("distinct codes"),
    Unit.RESULTS: N_("distinct names, recipients and providers"),
    Unit.SUBSECTIONS: N_("subsections (life situations)"),
}
DERIVED: Mapping[str, str] = {
    "growth_rows": N_("growth by rows %(rate)s"),
    "growth_codes": N_("growth by codes %(rate)s"),
    "growth_results": N_("growth by names, recipients and providers %(rate)s"),
    "growth_subsections": N_("growth by subsections %(rate)s"),
    "most_to_least": N_("the most flattering unit grows %(n)s times as fast as the least flattering one"),
    "share_of_newly_digitised": N_("flips to digital are %(share)s of what was newly digitised"),
    "least_share": N_("over undecided links at least %(share)s"),
    "most_share": N_("over undecided links at most %(share)s"),
    "expected_share": N_("by chance %(share)s would fall there"),
    "p_value": N_("as bunched by chance in %(share)s of deals"),
    "amendments": N_("amendments: %(n)s"),
    "name_templates": N_("name templates: %(n)s"),
    "most_rows_per_template": N_("rows of the largest template: %(n)s"),
    "listings_per_entry": N_("listings per entry: %(n)s"),
    "most_listings": N_("most listings of one entry: %(n)s"),
}
TERMS: Mapping[TermName, tuple[str, str]] = {
    TermName.BIRTHS: (N_("Births"), N_("entries that continue none of the year before, restored ones included")),
    TermName.DEATHS: (N_("Deaths"), N_("entries that no entry of the end continues")),
    TermName.SPLITS: (N_("Splits"), N_("one entry became several: children less one")),
    TermName.MERGERS: (N_("Mergers"), N_("several entries became one: parents less one")),
    TermName.SCOPE: (N_("Scope"), N_("regroupings of several into several, and units that entered or left the count")),
    TermName.FLIPS: (N_("Label flips"), N_("the same entry under another delivery form")),
}
EVENTS: Mapping[str, str] = {
    "birth": N_("born"),
    "restored": N_("came back"),
    "death": N_("ended"),
    "split": N_("split"),
    "merged": N_("merged"),
    "regrouped": N_("regrouped"),
    "entered_count": N_("entered the count"),
    "left_count": N_("left the count"),
    "to_digital": N_("label turned digital"),
    "to_paper": N_("label turned paper"),
    "born": N_("born"),
    "ended": N_("ended"),
    "flipped": N_("another delivery form"),
    "recoded": N_("coded otherwise"),
    "around": N_("unchanged; what stands around it changed"),
    "appeared": N_("appeared"),
    "gone": N_("gone"),
    ChangeType.ADDED: N_("added"),
    ChangeType.REMOVED: N_("removed"),
    ChangeType.CHANGED: N_("another field changed"),
    ChangeType.RENAMED: N_("renamed"),
    ChangeType.REWORDED: N_("reworded"),
    ChangeType.RENUMBERED: N_("renumbered"),
    ChangeType.MOVED: N_("moved"),
    ChangeType.TAKEN_OVER: N_("taken over by another provider"),
}
FIELDS: Mapping[str, str] = {
    "code": N_("code"),
    "name": N_("name"),
    "subname": N_("kind"),
    "section": N_("section"),
    "subsection": N_("life situation"),
    "recipient": N_("recipient"),
    "developer": N_("ministry"),
    "provider": N_("provider"),
    "intake": N_("where applications are taken"),
    "form": N_("delivery form"),
    "payment": N_("payment"),
    "bylaw": N_("by-law"),
}
BREAKS: Mapping[str, str] = {
    "new_act": N_("new act: %(detail)s"),
    "new_code_scheme": N_("new code scheme: %(detail)s"),
    "new_codebook": N_("new codebook: %(detail)s"),
}
OUTCOMES: Mapping[str, str] = {
    "forbidden": N_("forbidden"),
    "not asked": N_("not asked"),
    "missing": N_("missing"),
    "failed": N_("failed"),
    "held": N_("held as doubtful"),
    "fetched": N_("fetched, not read"),
    "imported": N_("imported, not read"),
}
PROVENANCE: Mapping[str, str] = {
    "harvested": N_("harvested from the source"),
    "imported": N_("imported from a saved page"),
}
#: Whom a list of the portal is for.
AUDIENCES: Mapping[str, str] = {"citizen": N_("for citizens"), "business": N_("for business")}
LANGUAGE_OF: Mapping[str, str] = {"ru": N_("Russian"), "kk": N_("Kazakh"), "en": N_("English")}


def word(words: Words, table: Mapping[str, str], code: str) -> str:
    """A code in words; one that has none stands as it is, so that nothing new is hidden or taken for something else."""
    return words.say(table[code]) if code in table else code.replace("_", " ")


def cell(words: Words, code: str) -> str:
    """The name of a measure's cell; `human_social/partial` is two words."""
    if code in CELLS:
        return words.say(CELLS[code])
    return ", ".join(word(words, CELLS, part) for part in code.split("/"))


def forms(words: Words, found: Iterable[str]) -> str:
    """Delivery forms in words, the electronic ones first."""
    order = {form: place for place, form in enumerate(FORMS)}
    return ", ".join(word(words, FORMS, one) for one in sorted(found, key=lambda one: (order.get(one, 99), one)))


def coded(words: Words, coding: Coding | None) -> str:
    """Both axes of a coding in words."""
    if coding is None:
        return words.say("not coded")
    return f"{word(words, CODES, coding.nature)}, {word(words, CODES, coding.completeness)}"


def derived(words: Words, name: str, value: float) -> str:
    """A number that is no count, in words."""
    if name in ("median_years", "longest_years"):
        return _years(words, name, round(value, 1))
    if name not in DERIVED:
        return f"{name.replace('_', ' ')}: {words.number(round(value, 3))}"
    text = words.say(DERIVED[name])
    if "%(rate)s" in text:
        return text % {"rate": words.rate(value)}
    if "%(share)s" in text:
        return text % {"share": words.percent(value)}
    return text % {"n": words.number(round(value, 1))}


def _years(words: Words, name: str, years: float) -> str:
    # In Russian a fraction takes the form that two takes: 6,5 года.
    form = int(years) if float(years).is_integer() else 2
    shown = words.number(years)
    if name == "median_years":
        return words.count(
            "half of them for at least %(years)s year", "half of them for at least %(years)s years", form, years=shown
        )
    return words.count("the longest for %(years)s year", "the longest for %(years)s years", form, years=shown)
