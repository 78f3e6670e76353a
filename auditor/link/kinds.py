"""Which type a one-to-one link has, and what speaks for it, from the two rows alone."""

from __future__ import annotations

from rapidfuzz import fuzz

from auditor.link.words import field_key, folded, name_key
from auditor.records import Entry, LinkType

#: Name similarity (0–100, words in any order) from which a changed name is a rewording, not a renaming.
REWORDED_FROM = 80.0

#: Fields that speak for or against a link, in the order people read them.
EVIDENCE_FIELDS = ("code", "name", "section", "subsection", "provider", "developer", "bylaw", "recipient", "form")


def same_text(older: str, newer: str) -> bool:
    """Whether two cells say the same but for noise."""
    return older == newer or field_key(older) == field_key(newer)


def same_name(older: Entry, newer: Entry) -> bool:
    """Whether names with subnames are the same but for noise and replaced official terms."""
    if older.name == newer.name and older.subname == newer.subname:
        return True
    return name_key(older.name, older.subname) == name_key(newer.name, newer.subname)


def moved(older: Entry, newer: Entry) -> bool:
    """Whether the row stands under another heading. A heading that kept its name or its code is the same one."""
    prefix_kept = bool(older.code and newer.code) and older.code[:5] == newer.code[:5]
    if prefix_kept:
        return False
    for before, after in ((older.subsection, newer.subsection), (older.section, newer.section)):
        if before and after:
            return not same_text(before, after)
    return bool(older.code and newer.code)


def taken_over(older: Entry, newer: Entry) -> bool:
    """Whether another body provides: the providers differ in more than wording."""
    if same_text(older.provider, newer.provider) or not older.provider or not newer.provider:
        return False
    return fuzz.token_sort_ratio(folded(older.provider), folded(newer.provider)) < REWORDED_FROM


def type_of(older: Entry, newer: Entry) -> LinkType:
    """The type of a one-to-one link: the change that a reader would name first."""
    if not same_name(older, newer):
        alike = fuzz.token_sort_ratio(folded(older.name, older.subname), folded(newer.name, newer.subname))
        return LinkType.REWORDED if alike >= REWORDED_FROM else LinkType.RENAMED
    if taken_over(older, newer):
        return LinkType.TAKEN_OVER
    if older.code != newer.code:
        return LinkType.MOVED if moved(older, newer) else LinkType.RENUMBERED
    return LinkType.MOVED if moved(older, newer) else LinkType.SAME


def evidence_of(older: Entry, newer: Entry) -> tuple[tuple[str, str], ...]:
    """(field, `same`/`differs`/`older → newer`) pairs for people; fields empty on both sides are left out."""
    found = []
    for field in EVIDENCE_FIELDS:
        before, after = str(getattr(older, field)), str(getattr(newer, field))
        if not before and not after:
            continue
        if field == "code" and before != after:
            found.append((field, f"{before or '–'} → {after or '–'}"))
        else:
            found.append((field, "same" if same_text(before, after) else "differs"))
    return tuple(found)
