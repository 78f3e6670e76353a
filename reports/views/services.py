"""The list of services and each service's page: history, coding with reasons, portal addresses, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import ADJUDICATED
from auditor.diff.compare import compare_fields
from auditor.measure.report_records import WATCHED, ServiceRecord, Stay
from auditor.records import Listing, StoredCoding
from crawler.pages.records import ELECTRONIC_FORMS
from crawler.pages.text import plain
from reports.contexts.base import Linked
from reports.contexts.pages import FieldRow
from reports.contexts.services import ListingRow, ServicePage, ServiceRow, ServicesPage, StayRow
from reports.i18n import Words
from reports.views.facts import full_name
from reports.views.figures import figure_words
from reports.views.here import Here, entry_group, web_address
from reports.views.wording import FIELDS, OUTPUTS, coded, forms, word

#: Figures that a service's page names when they count it: the rest would repeat its coding.
#: Watched fields that stand in no column of a service's history.
_UNSEEN = frozenset({"recipient", "payment"})
_NAMED = frozenset({"digitised", "paper_only", "core_complete", "dead_ends", "label_flips", "parallel", "phantoms",
                    "easy_share", "newly_digitised", "yo_yo", "divergence"})  # fmt: skip


def services_page(here: Here) -> ServicesPage:
    """Every service that ever stood in the register, those in force first, by code and name."""
    records = here.site.facts.report.services.values()
    ordered = sorted(records, key=lambda one: (not one.row, one.newest.code, one.newest.name, one.key))
    return ServicesPage(
        frame=here.frame(here.words.say("Every service that stood in the register")),
        rows=tuple(_row(here, one) for one in ordered),
    )


def _row(here: Here, record: ServiceRecord) -> ServiceRow:
    newest = record.newest
    stored = record.codings.get(newest.key)
    return ServiceRow(
        name=Linked(full_name(newest), f"{here.site.facts.files[record.key]}.html"),
        code=newest.code or "–",
        first=str(record.stays[0].first),
        last="" if record.row else str(record.stays[-1].last),
        form=plain(newest.form),
        coded=coded(here.words, stored.coding if stored else None),
    )


def service_page(here: Here, record: ServiceRecord, rules: Mapping[str, str]) -> ServicePage:
    """One service's page; `rules` are the codebook's in the page's language."""
    words, newest = here.words, record.newest
    stored = record.codings.get(newest.key)
    name = full_name(newest)
    return ServicePage(
        frame=here.frame(name),
        key=record.key,
        name=name,
        other_names=tuple((lang, plain(text)) for lang, text in record.names),
        lead=_lead(here, record),
        coded=coded(words, stored.coding if stored else None),
        by=_by(words, stored, newest.key),
        reasons=tuple(_reasons(stored, rules)) if stored else (),
        counted=tuple(_counted(here, record)),
        stays=tuple(_stays(here, record)),
        listings=tuple(_listing(here, one) for one in record.listings),
        key_of_row=record.row,
    )


def _lead(here: Here, record: ServiceRecord) -> str:
    words, first, last = here.words, record.stays[0], record.stays[-1]
    values = {"first": words.day(first.first), "last": words.day(last.last), "forms": _digitised(words, last)}
    if record.row:
        return words.say(
            "In the register since the edition of %(first)s, the first that was read and has it; still in force. Now: "
            "%(forms)s.",
            **values,
        )
    return words.say(
        "In the register from the edition of %(first)s to that of %(last)s; no longer in force. At the end: %(forms)s.",
        **values,
    )


def _digitised(words: Words, stay: Stay) -> str:
    entry = stay.entry
    if not entry.forms:
        return words.say("delivery form not stated or not understood")
    digital = words.say("digitised") if entry.forms & ELECTRONIC_FORMS else words.say("not digitised")
    return f"{digital} ({forms(words, entry.forms)})"


def _by(words: Words, stored: StoredCoding | None, key: str) -> str:
    if stored is None:
        return ""
    if stored.coder == MACHINE:
        who = words.say("by the machine")
        if stored.coder_version:
            who = words.say("by the machine (version %(version)s)", version=stored.coder_version)
    elif stored.coder.startswith(ADJUDICATED):
        who = words.say("decided between coders by %(who)s", who=stored.coder.removeprefix(ADJUDICATED))
    else:
        who = words.say("by %(who)s", who=stored.coder)
    said = words.say(
        "Coded %(who)s under codebook %(version)s; confidence %(share)s; what the recipient gets: %(output)s.",
        who=who, version=stored.codebook, share=words.percent(stored.coding.confidence, 0),
        output=word(words, OUTPUTS, stored.coding.output),
    )  # fmt: skip
    if stored.subject == key:
        return said
    given = words.say("The code was given to a row of the same text: %(key)s.", key=stored.subject)
    return f"{said} {given}"


def _reasons(stored: StoredCoding, rules: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    for rule in dict.fromkeys(stored.coding.rules):
        said = dict.fromkeys(plain(one.text) for one in stored.coding.triggers if one.rule == rule)
        yield rule, rules.get(rule, ""), " … ".join(said)


def _counted(here: Here, record: ServiceRecord) -> Iterable[Linked]:
    """The figures of the audit date that count the service's row, without the number: that stands on their page."""
    year = here.site.facts.report.as_of.year
    if not record.row or year not in here.site.facts.marks:
        return
    found, marks = here.site.facts.marks[year]
    mine = set(marks.get(record.row, "").split())
    for one in found:
        if one.mark in mine and one.figure.measure in _NAMED and not one.figure.cell:
            yield Linked(figure_words(here.words, one.measured, one.figure), here.figure(one.figure, year))


def _stays(here: Here, record: ServiceRecord) -> Iterable[StayRow]:
    for old, stay in pairwise((None, *record.stays)):
        if stay is not None:
            yield _stay(here, old, stay, record.codings.get(stay.entry.key))


def _stay(here: Here, old: Stay | None, stay: Stay, stored: StoredCoding | None) -> StayRow:
    entry, words = stay.entry, here.words
    if stay.first == stay.last:
        span = str(stay.first)
    else:
        span = words.count("%(a)s – %(b)s, %(n)s edition", "%(a)s – %(b)s, %(n)s editions", stay.editions,
                           a=str(stay.first), b=str(stay.last))  # fmt: skip
    evidence = here.evidence(entry.key)
    cited = f"{here.up}editions.html#{edition_id(entry.act, str(entry.edition_date))}"
    return StayRow(
        span=span,
        act=entry.act,
        code=entry.code,
        name=full_name(entry),
        section=plain(entry_group(entry)),
        who=plain(" · ".join(dict.fromkeys(text for text in (entry.developer, entry.provider) if text))),
        form=plain(entry.form),
        digitised=_digitised(words, stay),
        coded=coded(words, stored.coding if stored else None),
        changed=_changed(words, old, stay) if old else "",
        told=tuple(_told(words, old, stay)) if old else (),
        evidence=Linked(words.say("kept page"), evidence) if evidence else Linked(words.say("source"), cited),
    )


def edition_id(act: str, day: str) -> str:
    """Id of an edition's row on the page of sources."""
    return f"e-{act}-{day}"


def _changed(words: Words, old: Stay, new: Stay) -> str:
    """What changed between two stays; the same row after a gap came back."""
    said = [words.say("new act")] if old.entry.act != new.entry.act else []
    changes = compare_fields(old.entry, new.entry)[0]
    said += [words.say(FIELDS[one.field]) for one in changes if one.field in WATCHED]
    return ", ".join(said) or words.say("came back")


def _told(words: Words, old: Stay, new: Stay) -> Iterable[FieldRow]:
    """What changed in fields that a row of the history does not show."""
    for one in compare_fields(old.entry, new.entry)[0]:
        if one.field in _UNSEEN:
            yield FieldRow(words.say(FIELDS[one.field]), plain(one.before) or "–", plain(one.after) or "–")


def _listing(here: Here, listing: Listing) -> ListingRow:
    words = here.words
    kept = (
        Linked(words.say("kept list"), here.evidence(listing.key)),
        Linked(words.say("kept service page"), here.evidence(f"page:{listing.key}")),
    )
    return ListingRow(
        lang=str(listing.lang),
        name=plain(listing.name),
        address=plain(listing.url),
        href=web_address(listing.url),
        result=plain(listing.result),
        evidence=tuple(one for one in kept if one.href),
    )
