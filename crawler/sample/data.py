"""The sample's data, read from its YAML files: services, wordings, and the script of what happens to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_DATA = files("crawler.sample") / "data"


@dataclass(frozen=True, slots=True)
class Service:
    """One service as the sample knows it, before anything happens to it.

    `names`, `listing`, `results` hold texts by language (`ru`, `kk`, `en`); `coding` is (nature, completeness and, of
    some, output) by the codebook, written by hand. The other words are keys of `words.yml`.
    """

    id: str
    code: str
    names: Mapping[str, str]
    section: str  # section code, three digits
    subsection: str  # five digits
    form: str
    developer: str
    provider: str
    intake: str
    recipient: str
    payment: str
    subs: tuple[str, ...] = ()
    coding: tuple[str, ...] = ("transactional", "complete")
    slug: str = ""
    category: str = ""
    also: str = ""  # a second category of the same list
    also_business: str = ""  # a category of the business list, beside the citizens' one
    audience: str = "citizen"
    listing: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)

    def langs(self) -> tuple[str, ...]:
        """Languages in which the portal has the service: those that have a result text."""
        return tuple(lang for lang in ("ru", "kk", "en") if self.slug and lang in self.results)


@dataclass(frozen=True, slots=True)
class Register:
    """All services by id, and the headings of sections and subsections by code (a mapping by language)."""

    services: Mapping[str, Service]
    headings: Mapping[str, Mapping[str, str]]


def read_yaml(name: str) -> Any:  # noqa: ANN401 - a YAML file holds anything
    """A data file of the sample, `words.yml` for one, as YAML reads it."""
    return yaml.safe_load((_DATA / name).read_text("utf-8"))


@cache
def words() -> dict[str, Any]:
    """The shared wordings (`words.yml`)."""
    found: dict[str, Any] = read_yaml("words.yml")
    return found


@cache
def script() -> dict[str, Any]:
    """The script of editions and acts (`script.yml`)."""
    found: dict[str, Any] = read_yaml("script.yml")
    return found


@cache
def register() -> Register:
    """Every service of `services/*.yml`. Raises ValueError when an id comes twice."""
    services: dict[str, Service] = {}
    headings: dict[str, Mapping[str, str]] = {}
    names = sorted(each.name for each in (_DATA / "services").iterdir() if each.name.endswith(".yml"))
    for section in (section for name in names for section in read_yaml(f"services/{name}")):
        headings[section["code"]] = {"ru": section["ru"], "kk": section["kk"]}
        for subsection in section["subsections"]:
            headings[subsection["code"]] = {"ru": subsection["ru"], "kk": subsection["kk"]}
            for service in _services(section["code"], subsection):
                if service.id in services:
                    raise ValueError(f"sample service {service.id} comes twice")
                services[service.id] = service
    return Register(services, headings)


def _services(section: str, subsection: Mapping[str, Any]) -> Iterator[Service]:
    for raw in subsection["services"]:
        both = {**subsection, **raw}  # a service says only what differs from its subsection
        coding = tuple(raw.get("k", "transactional complete").split())
        yield Service(
            id=raw["id"],
            code=subsection["code"] + raw["n"],
            names={lang: raw[lang] for lang in ("ru", "kk", "en") if lang in raw},
            section=section,
            subsection=subsection["code"],
            form=both["form"],
            developer=both["dev"],
            provider=both["by"],
            intake=both["in"],
            recipient=both["who"],
            payment=both["pay"],
            subs=tuple(raw.get("subs", ())),
            coding=coding,
            slug=raw.get("slug", ""),
            category=raw.get("cat", ""),
            also=raw.get("also", ""),
            also_business=raw.get("also_business", ""),
            audience=raw.get("aud", "citizen"),
            listing=raw.get("listing", {}),
            results=raw.get("res", {}),
        )
