"""Keys of entries, editions and listings: what links, codings and people's decisions hang on. Pure.

A key is made of raw, stable, few fields, so that reading the same page again, by better parsers too, gives the same
one. A change of this scheme is a migration of every table that holds keys.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from crawler.errors import UsageError
from crawler.pages.records import Lang
from crawler.pages.text import squeeze

_EDITION = re.compile(r"(?P<act>[A-Z][0-9A-Z]*_?)/(?P<date>\d{4}-\d{2}-\d{2})/(?P<lang>[a-z]{2})")


class Named(Protocol):
    """What a key is made from: a register row's code, name and subname."""

    @property
    def code(self) -> str:
        """Digits, "" if the row has none."""

    @property
    def name(self) -> str:
        """As the source has it."""

    @property
    def subname(self) -> str:
        """As the source has it."""


def edition_key(act: str, edition_date: date, lang: Lang) -> str:
    """`ACT/DATE/LANG`, the address of an edition."""
    return f"{act}/{edition_date.isoformat()}/{lang}"


def parse_edition_key(key: str) -> tuple[str, date, Lang]:
    """Act, date and language of an edition's key. Raises UsageError for anything else."""
    match = _EDITION.fullmatch(key.strip())
    try:
        if match:
            return match["act"], date.fromisoformat(match["date"]), Lang(match["lang"])
    except ValueError as error:
        raise UsageError(f"no edition key: {key!r} ({error})") from error
    raise UsageError(f"no edition key: {key!r}; it looks like V2000019982/2024-05-01/ru")


def entry_keys(act: str, edition_date: date, lang: Lang, rows: Iterable[Named]) -> list[str]:
    """One key a row, in order: `ACT/DATE/LANG/CODE`, a hash of the raw name where there is no code.

    A second row of the same code gets `~2`, a third `~3`: by reading order, dead rows included.
    """
    prefix = edition_key(act, edition_date, lang)
    seen: dict[str, int] = {}
    keys = []
    for row in rows:
        base = row.code or _name_hash(row)
        seen[base] = seen.get(base, 0) + 1
        keys.append(f"{prefix}/{base}" if seen[base] == 1 else f"{prefix}/{base}~{seen[base]}")
    return keys


def listing_key(lang: Lang | str, slug: str) -> str:
    """`LANG/SLUG`, the address of a portal listing."""
    return f"{lang}/{slug}"


def parse_listing_key(key: str) -> tuple[Lang, str]:
    """Language and slug of a listing's key. Raises UsageError for anything else."""
    lang, _, slug = key.partition("/")
    if lang not in set(Lang) or not slug:
        raise UsageError(f"no listing key: {key!r}; it looks like ru/pass158_mtszn")
    return Lang(lang), slug


def content_hash(parts: Sequence[object]) -> str:
    """sha256 over what was read: any nest of tuples, texts, numbers, words. Equal readings have equal hashes."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _name_hash(row: Named) -> str:
    # Only white space is folded, which says nothing about a service; letters stay as the source has them.
    raw = "\x1f".join((squeeze(row.name), squeeze(row.subname)))
    return "n" + hashlib.sha256(raw.encode()).hexdigest()[:12]
