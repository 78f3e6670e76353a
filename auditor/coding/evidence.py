"""What a coder is shown of an entry or a listing, and the fingerprint by which a coding finds out it is stale. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from auditor.records import CodingInput, Entry, Listing
from crawler.pages.text import compare_key

_SEPARATOR = "\x1f"


def entry_input(entry: Entry, listed: Iterable[Listing] = ()) -> CodingInput:
    """A register row with what is linked to its service: the result text of the portal's service page.

    Of several listings in the row's language the one of the same name speaks, else the first by key; one without a
    result text never does.
    """
    speaking = [listing for listing in listed if listing.lang is entry.lang and listing.result]
    wanted = compare_key(entry.name)
    chosen = min(speaking, key=lambda one: (compare_key(one.name) != wanted, one.key), default=None)
    return CodingInput(
        name=f"{entry.name} — {entry.subname}" if entry.subname else entry.name,
        result=chosen.result if chosen else "",
        category=" / ".join(part for part in (entry.section, entry.subsection) if part),
        provider=entry.provider,
        lang=entry.lang,
    )


def listing_input(listing: Listing) -> CodingInput:
    """A portal listing with its service page's result text and the categories it stands in."""
    return CodingInput(
        name=listing.name, result=listing.result, category=" / ".join(listing.categories), lang=listing.lang
    )


def evidence_hash(given: CodingInput) -> str:
    """sha256 over every text a coder is shown; a coding on another one is stale."""
    texts = (given.lang, given.name, given.result, given.category, given.provider)
    return hashlib.sha256(_SEPARATOR.join(texts).encode("utf-8", "surrogatepass")).hexdigest()
