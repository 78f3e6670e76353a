"""Atom 1.0 (RFC 4287): entries as records, and the bytes of a feed. The same records give the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from crawler.pages.text import plain

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: What XML 1.0 cannot hold in any spelling.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Readers show titles in lists: a longer one stands in full in the entry's text.
_TITLE = 200


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. `href` is relative to the feed; `lang` is the title's BCP 47 tag where it is not the feed's."""

    id: str
    updated: datetime
    title: str
    lines: tuple[str, ...]
    href: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed in one language; `file` is its name, `href` the way from it to the page that says the same."""

    file: str
    id: str
    lang: str
    title: str
    about: str
    updated: datetime
    href: str
    entries: tuple[FeedEntry, ...]


def tag(*parts: object) -> str:
    """A `tag:` address of a thing by what it is: it stays the same wherever and whenever the feed is written."""
    digest = hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8", "surrogatepass"))
    return f"tag:egov-audit,2025:report/{digest.hexdigest()[:32]}"


def to_atom(feed: Feed) -> bytes:
    """The feed as XML, newest entries first. Links are relative: the folder may lie anywhere or move."""
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    root.set(_LANG, feed.lang)
    _text(root, "id", feed.id)
    _text(root, "title", _short(feed.title))
    if feed.about:
        _text(root, "subtitle", feed.about)
    _text(root, "updated", _moment(feed.updated))
    _text(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", "egov-audit")
    _link(root, "self", feed.file, "application/atom+xml")
    _link(root, "alternate", feed.href, "text/html")
    for one in _ordered(feed.entries):
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        _text(entry, "id", one.id)
        title = _text(entry, "title", _short(one.title) or "–")
        if one.lang and one.lang != feed.lang:
            title.set(_LANG, one.lang)
        _text(entry, "updated", _moment(one.updated))
        _link(entry, "alternate", one.href, "text/html")
        _text(entry, "content", "\n".join(_clean(line) for line in one.lines)).set("type", "text")
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _ordered(entries: Iterable[FeedEntry]) -> list[FeedEntry]:
    """Newest first; those of a moment in the order given, so that a list keeps the register's order."""
    return sorted(entries, key=lambda one: one.updated, reverse=True)


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    made.text = text if name == "content" else _clean(text)
    return made


def _link(parent: etree._Element, rel: str, href: str, kind: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", rel=rel, type=kind, href=href)


def _clean(text: str) -> str:
    return plain(_NOT_XML.sub("", text))


def _short(text: str) -> str:
    text = _clean(text)
    return text if len(text) <= _TITLE else text[: _TITLE - 1].rstrip() + "…"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
