"""Addresses and what they are about: an address gives a `Target`, a `Target` gives the addresses to ask.

The forms come from the sources' YAML files, so that a new source adds no code here. Harvest, import and ingest all
ask `identify`; therefore they agree on what a page is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, unquote, urlsplit

from crawler.pages.records import Lang, PageKind, Target

_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_UNFIT = re.compile(r"[\x00-\x20\x7f/\\?#\ufffd]")
_LONGEST = 200  # characters of a slug; the longest one seen has 26
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class PageForm:
    """One form of a path, such as `/{lang}/docs/{act}/{date}`: what its pages are, and where it is asked.

    Place holders: `lang` (the site's own word), `act`, `date` (dd.mm.yyyy), `slug`, `category` (read, never written).
    `audience` is what a list is for. `mirror` forms are asked at the site's mirror only, and only if it has one.
    """

    kind: PageKind
    path: str
    audience: str = ""
    mirror: bool = False

    @property
    def dated(self) -> bool:
        """Whether the form is that of one edition."""
        return "{date}" in self.path


@dataclass(frozen=True, slots=True)
class Site:
    """What this module needs to know of a source. `base` and `mirror` are addresses without a final slash.

    `hosts` are known names, lower case, without `www.`, with the port where it is not the scheme's own.
    `lang_words` pairs the site's word for a language with the language; `acts` are identifiers as the site writes them.
    """

    source: str
    base: str
    hosts: frozenset[str]
    lang_words: tuple[tuple[str, Lang], ...]
    forms: tuple[PageForm, ...]
    acts: tuple[str, ...] = ()
    mirror: str = ""
    prefixes: tuple[str, ...] = field(default=())  # paths of base and mirror, where they have one: `/adilet`


def host_of(url: str) -> str:
    """The host of an address as `Site.hosts` has it; "" if the address has none or is not http(s)."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in _DEFAULT_PORTS or "@" in parts.netloc:
        return ""
    host = host.rstrip(".").removeprefix("www.")
    return f"{host}:{port}" if host and port not in (None, _DEFAULT_PORTS[parts.scheme.lower()]) else host


def identify(url: str, sites: Iterable[Site]) -> Target | None:
    """What an address is about, by host and path alone; None when it is none of the sites' pages.

    Letter case (but a slug's), percent-encoding, `www.`, the scheme, doubled and final slashes, query and fragment
    make no difference. Never raises.
    """
    host = host_of(url)
    if not host:
        return None
    for site in sites:
        if host in site.hosts:
            target = _identify_path(urlsplit(url.strip()).path, site)
            if target is not None:
                return target
    return None


def urls_for(target: Target, site: Site) -> tuple[str, ...]:
    """Every address under which a target can be asked, in the order of asking; () when the site has no form for it.

    `identify` gives the same target back for each of them.
    """
    words = {lang: word for word, lang in reversed(site.lang_words)}
    if target.kind is PageKind.ROBOTS:
        return (f"{site.base}/robots.txt",)
    if target.lang not in words:
        return ()
    values = {
        "lang": words[target.lang],
        "act": target.act,
        "slug": quote(target.slug, safe=""),
        "date": f"{target.edition_date:%d.%m.%Y}" if target.edition_date else "",
    }
    return tuple(
        (site.mirror if form.mirror else site.base) + form.path.format(**values)
        for form in site.forms
        if form.kind is target.kind
        and form.audience == target.audience
        and form.dated is (target.edition_date is not None)
        and "{category}" not in form.path
        and (site.mirror or not form.mirror)
    )


def _identify_path(path: str, site: Site) -> Target | None:
    """The target of a path, tried bare and without the prefixes that an overridden base may have."""
    for prefix in ("", *site.prefixes):
        if path != prefix and not path.startswith(f"{prefix}/"):
            continue
        segments = [unquote(part) for part in path[len(prefix) :].split("/") if part]
        if [part.lower() for part in segments] == ["robots.txt"]:
            return Target(site.source, PageKind.ROBOTS)
        for form in site.forms:
            target = _match(form, segments, site)
            if target is not None:
                return target
    return None


def _match(form: PageForm, segments: list[str], site: Site) -> Target | None:
    """The target if every segment fits the form, else None."""
    pattern = form.path.strip("/").split("/")
    if len(pattern) != len(segments):
        return None
    found: dict[str, str] = {}
    for expected, segment in zip(pattern, segments, strict=True):
        if not expected.startswith("{"):
            if expected.lower() != segment.lower():
                return None
        elif segment in (".", "..") or len(segment) > _LONGEST or _UNFIT.search(segment):
            return None
        else:
            found[expected.strip("{}")] = segment
    return _target(form, found, site)


def _target(form: PageForm, found: dict[str, str], site: Site) -> Target | None:
    """The target from the place holders' values; None when one of them is no language, act or date of the site."""
    lang = dict(site.lang_words).get(found.get("lang", "").lower())
    act = {known.upper(): known for known in site.acts}.get(found.get("act", "").upper(), "")
    day = read_date(found.get("date", ""))
    if ("lang" in found and lang is None) or ("act" in found and not act) or ("date" in found and day is None):
        return None
    return Target(site.source, form.kind, lang, act, day, found.get("slug", ""), form.audience)


def read_date(text: str) -> date | None:
    """The day of a dd.mm.yyyy, None for anything else and for days that no calendar has."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
