"""Reads the sources' YAML files. Strict: an unknown, missing or senseless key is an error that names file and key."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from crawler.config import CrawlConfig
from crawler.errors import ContentError, UsageError
from crawler.pages.address import PageForm, Site, host_of
from crawler.pages.records import Lang, PageKind, PortalListing, RegisterRow
from crawler.plain_yaml import read_yaml
from crawler.sources.permission import Permission, covering

FOLDER = Path(__file__).parent
_SHA256 = re.compile(r"[0-9a-f]{64}")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Act(_Strict):
    """A legal act that approves the register: the site's identifier, its day, its title as a fact."""

    id: str = Field(pattern=r"^[A-Z]\d+[A-Z]*_?$")
    date: date
    title: str = Field(min_length=1)


class Form(_Strict):
    """A form of path as the YAML file has it; see `PageForm`."""

    kind: PageKind
    path: str = Field(pattern=r"^(/([\w.-]+|\{(lang|act|date|slug|category)\}))+$")
    audience: str = ""
    mirror: bool = False


def _reasoned(raw: object, info: ValidationInfo) -> object:
    """The value of a bound; in a file it stands beside the reason for it. Raises ValueError."""
    if not info.context:
        return raw
    if not isinstance(raw, dict) or set(raw) != {"value", "reason"} or len(str(raw["reason"]).split()) < _REASON:
        raise ValueError("a bound is written with why it is so and not otherwise: {value: …, reason: …}")
    return raw["value"]


#: Words that a reason has at least.
_REASON = 3
_Number = Annotated[int, Field(ge=0), BeforeValidator(_reasoned)]
_Share = Annotated[float, Field(ge=0, le=1), BeforeValidator(_reasoned)]


class Expectations(_Strict):
    """Bounds of a reading: one below a minimum does not count, one above a maximum is told.

    `fill` is field → least share (0–1) of records whose field is not empty.
    """

    min_rows: _Number = 0
    max_rows: _Number | None = None
    min_listings: _Number = 0
    max_listings: _Number | None = None
    fill: dict[str, _Share] = {}

    @field_validator("fill")
    @classmethod
    def _known_fields(cls, fill: dict[str, float]) -> dict[str, float]:
        known = {each.name for record in (RegisterRow, PortalListing) for each in fields(record)}
        if strange := sorted(set(fill) - known):
            raise ValueError(f"no record has a field {', '.join(strange)}")
        return fill


class SourceFile(_Strict):
    """One YAML file: who publishes, where, in which languages, under which forms of address, and what to expect."""

    source: str = Field(pattern=r"^[a-z_]+$")
    spider: str = Field(pattern=r"^[a-z_]+$")
    publisher: str
    base: str = Field(pattern=r"^https?://[^/]+$")
    hosts: tuple[str, ...] = Field(min_length=1)
    mirror_hosts: tuple[str, ...] = ()
    lang_words: dict[str, Lang] = Field(min_length=1)
    ask: tuple[Lang, ...] = Field(min_length=1)
    acts: tuple[Act, ...] = ()
    forms: tuple[Form, ...] = Field(min_length=1)
    robots: str
    robots_permission: tuple[Permission, ...] = ()
    certificates: dict[str, str] = {}
    coverage: str
    licence: str
    caveats: tuple[str, ...] = ()
    expectations: Expectations

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if strange := [lang.value for lang in self.ask if lang not in self.lang_words.values()]:
            raise ValueError(f"ask: lang_words has no word for {', '.join(strange)}")
        if host_of(self.base) not in _plain(self.hosts):
            raise ValueError("base: its host is not one of hosts")
        if any(form.mirror for form in self.forms) and not self.mirror_hosts:
            raise ValueError("mirror_hosts: a form is for a mirror, but there is none")
        known = {*_plain(self.hosts), *_plain(self.mirror_hosts), ""}
        if strange := [one.host for one in self.robots_permission if one.host not in known]:
            raise ValueError(f"robots_permission: {strange[0]} is not one of hosts")
        for host, digest in self.certificates.items():
            if host not in known:
                raise ValueError(f"certificates: {host} is not one of hosts")
            if not _SHA256.fullmatch(digest):
                raise ValueError(f"certificates: {host}: a SHA-256 has 64 hexadecimal digits in lower case")
        return self


@dataclass(frozen=True, slots=True)
class Source:
    """A source as configured for this process. `site` is what address reading needs, `facts` the file itself.

    `fetch_hosts` are the hosts that requests and redirects may go to: those of the file, or, where the base address
    is another one, that host alone (and the mirror's, if one is set).
    """

    name: str
    facts: SourceFile
    site: Site
    fetch_hosts: frozenset[str]

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts, oldest first."""
        return self.facts.acts

    def permission(self, url: str) -> Permission | None:
        """The leave given in writing to ask for an address although robots.txt closes it, if there is one."""
        return covering(self.facts.robots_permission, url, host_of(self.facts.base))

    @property
    def permissions(self) -> list[dict[str, Any]]:
        """Every such leave as a run's record has it."""
        return [one.told(host_of(self.facts.base)) for one in self.facts.robots_permission]

    @property
    def audiences(self) -> tuple[str, ...]:
        """The audiences that have a list, in the file's order."""
        return tuple(form.audience for form in self.facts.forms if form.kind is PageKind.PORTAL_LIST)


@dataclass(frozen=True, slots=True)
class Sources:
    """Every source, by name."""

    all: tuple[Source, ...]

    def __getitem__(self, name: str) -> Source:
        """The source of that name. Raises UsageError."""
        for source in self.all:
            if source.name == name:
                return source
        raise UsageError(f"no source is named {name!r}; there are: {', '.join(s.name for s in self.all)}")

    def of_spider(self, spider: str) -> Source:
        """The source a spider crawls. Raises UsageError."""
        for source in self.all:
            if source.facts.spider == spider:
                return source
        raise UsageError(f"no source has a spider {spider!r}; there are: {', '.join(self.spiders)}")

    @property
    def spiders(self) -> tuple[str, ...]:
        """The names of the spiders, in the order of the sources."""
        return tuple(source.facts.spider for source in self.all)

    @property
    def sites(self) -> tuple[Site, ...]:
        """What `identify` wants."""
        return tuple(source.site for source in self.all)


def load_sources(config: CrawlConfig, folder: Path | None = None) -> Sources:
    """Every source in a folder (else the configuration's, else the program's own), with the base addresses that the
    configuration puts in place of the files' own.

    A file without the key `source` (a lookup table) is no source and is left alone. Raises ContentError for a file
    that is not as described here, UsageError for a base address that is none and for a folder without a source.
    """
    folder = folder or config.sources or FOLDER
    files = [read for path in sorted(folder.glob("*.yml")) if (read := _read(path)) is not None]
    for what in ("source", "spider"):
        names = [getattr(read, what) for read in files]
        if len(names) != len(set(names)):
            raise ContentError(f"{folder.name}: two files have the same {what}: {', '.join(sorted(names))}")
    if not files:
        raise UsageError(f"EGOV_AUDIT_SOURCES: {folder} holds no source: a copy of crawler/sources is meant")
    overrides = {"adilet": config.adilet_url, "egov": config.egov_url}
    return Sources(tuple(_source(read, overrides.get(read.source, ""), config.edition_mirror_url) for read in files))


def _read(path: Path) -> SourceFile | None:
    """One file, checked; None if it is no source."""
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except ValueError as error:  # one of reading it as UTF-8 among them
        raise ContentError(f"{path.name}: no YAML in UTF-8: {error}") from error
    if not isinstance(content, dict):
        raise ContentError(f"{path.name}: no mapping of keys to values")
    if "source" not in content:
        return None
    try:
        return SourceFile.model_validate(content, context={"folder": path.parent})
    except ValidationError as error:
        first = error.errors()[0]
        place = [".".join(str(part) for part in first["loc"])] if first["loc"] else []
        raise ContentError(": ".join([path.name, *place, first["msg"].removeprefix("Value error, ")])) from error


def _source(read: SourceFile, override: str, mirror_address: str) -> Source:
    base = _base(override) if override else read.base
    mirror = _base(mirror_address) if mirror_address and any(form.mirror for form in read.forms) else ""
    known = {*_plain(read.hosts), *_plain(read.mirror_hosts)}
    elsewhere = host_of(base) not in _plain(read.hosts)
    fetch = {host_of(base)} if elsewhere else set(_plain(read.hosts))
    site = Site(
        source=read.source,
        base=base,
        hosts=frozenset({*known, host_of(base), *([host_of(mirror)] if mirror else [])}),
        lang_words=tuple(read.lang_words.items()),
        forms=tuple(PageForm(form.kind, form.path, form.audience, form.mirror) for form in read.forms),
        acts=tuple(act.id for act in read.acts),
        mirror=mirror,
        prefixes=tuple(path for path in (urlsplit(base).path, urlsplit(mirror).path) if path),
    )
    return Source(read.source, read, site, frozenset(fetch | ({host_of(mirror)} if mirror else set())))


#: What may stand before an address's last @: a password, also one that holds other signs of an address.
_SECRET = re.compile(r"://.*@", re.DOTALL)


def _plain(hosts: Iterable[str]) -> tuple[str, ...]:
    return tuple(host.lower().removeprefix("www.") for host in hosts)


def _base(address: str) -> str:
    """A base address without its final slash. Raises UsageError if it is no http(s) address or has a query."""
    if not host_of(address) or not address.isprintable() or set(address) & set("?# "):
        told = _SECRET.sub("://…@", address.partition("?")[0])
        raise UsageError(f"{told!r} is no base address: http(s)://host[:port][/path]")
    return address.rstrip("/")
