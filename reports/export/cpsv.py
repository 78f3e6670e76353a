"""Services in force as CPSV-AP 3.2 JSON-LD, for catalogues that read the European vocabulary of public services.

Addresses are URNs of this product's own keys, stable from release to release. What the register does not say is left
out: a service without a price in the text has no cost, one without a section no life event. Every node that another one
points to is in the graph with its class, as the profile's SHACL shapes ask: they see this file alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from auditor.release.read import Release
from reports.i18n import LANGUAGES, N_, words
from reports.views.wording import FORMS, OUTPUTS

_URN = "urn:egov-audit:"
_CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_KAZAKHSTAN = {"@id": f"{_AUTHORITY}country/KAZ"}
#: The class that the profile asks of what an organisation covers; it is an address of a data set, not of a vocabulary.
_TERRITORY = "http://data.europa.eu/88u/dataset/atu-type"
_LANGUAGES = {"ru": "RUS", "kk": "KAZ"}
_PAYMENTS = {"free": N_("free of charge"), "paid": N_("paid")}
_ROWS = """
    SELECT service_key, lang, entry_key, name, COALESCE(subname, '') AS subname, COALESCE(section_code, ''),
           COALESCE(section, ''), COALESCE(subsection_code, ''), COALESCE(subsection, ''), COALESCE(regulator, ''),
           forms, payments,
           COALESCE(provider, ''),
           (SELECT MIN(c.output) FROM codings c
             WHERE c.subject_kind = 'entry' AND c.subject_key = e.entry_key AND c.in_force = 1) AS output
    FROM entries e WHERE in_force_now = 1 AND excluded = 0 AND service_key IS NOT NULL
    ORDER BY service_key, lang DESC, entry_key
"""
_NAMES = ("service", "lang", "entry", "name", "subname", "section_code", "section", "subsection_code", "subsection",
          "regulator", "forms", "payments", "provider", "output")  # fmt: skip
Node = dict[str, Any]


def write_services(release: Release, path: Path) -> int:
    """Write the graph and return the number of services. Raises OSError."""
    release_uri = _uri("release", release.facts["id"])
    graph: dict[str, Node] = {release_uri: {"@id": release_uri, "dct:identifier": release.facts["id"]}}
    graph |= {node["@id"]: node for node in _vocabulary()}
    count = 0
    rows = (dict(zip(_NAMES, row, strict=True)) for row in release.database.execute(_ROWS))
    for service in _by_service(rows):
        count += 1
        for node in _nodes(service):
            _merge(graph, node)
    # No name for the graph itself: most readers look at the nameless one alone.
    told = {"@context": _CONTEXT, "@graph": list(graph.values())}
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return count


def _vocabulary() -> Iterator[Node]:
    """The places, languages, currency and terms that services point to."""
    yield {**_KAZAKHSTAN, "@type": ["dct:Location", _TERRITORY]}
    for code in _LANGUAGES.values():
        yield {**_authority("language", code), "@type": "dct:LinguisticSystem"}
    yield {**_authority("currency", "KZT"), "@type": "skos:Concept"}
    for kind, terms in (("delivery-form", FORMS), ("output", OUTPUTS)):
        for code, message in terms.items():
            yield {"@id": _uri(kind, code), "@type": "skos:Concept", "skos:prefLabel": _in_each(message)}


def _in_each(message: str) -> list[Node]:
    """A word of the interface in all its languages."""
    return [{"@value": words(lang).say(message), "@language": lang} for lang in LANGUAGES]


def _by_service(rows: Iterable[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    held: list[dict[str, str]] = []
    for row in rows:
        if held and held[0]["service"] != row["service"]:
            yield held
            held = []
        held.append(row)
    if held:
        yield held


def _nodes(rows: list[dict[str, str]]) -> Iterator[Node]:
    key = rows[0]["service"]
    uri = _uri("service", key)
    service: Node = {
        "@id": uri,
        "@type": "cpsv:PublicService",
        "dct:identifier": key,
        "dct:title": [_said(row["name"], row) for row in rows],
        "dct:description": [_said(" ".join(filter(None, (row["name"], row["subname"]))), row) for row in rows],
        "dct:language": [_authority("language", _LANGUAGES[lang]) for lang in sorted({row["lang"] for row in rows})],
        "dct:spatial": _KAZAKHSTAN,
    }
    yield service
    for row in rows:
        for link, node in _linked(uri, row):
            _refer(service, link, node["@id"])
            yield node


def _linked(uri: str, row: dict[str, str]) -> Iterator[tuple[str, Node]]:
    # The profile means who answers for the delivery. An edition without a ministry's column names the provider alone.
    authority = row["regulator"] or row["provider"]
    if authority:
        yield (
            "cv:hasCompetentAuthority",
            {
                "@id": _uri("organisation", _hash(authority)),
                "@type": "cv:PublicOrganisation",
                "dct:identifier": _hash(authority),
                "skos:prefLabel": [_said(authority, row)],
                "dct:spatial": _KAZAKHSTAN,
            },
        )
    for form in (row["forms"] or "").split():
        yield (
            "cv:hasChannel",
            {
                "@id": f"{uri}:channel:{form}",
                "@type": "cv:Channel",
                "dct:identifier": f"{row['service']}/{form}",
                "dct:type": {"@id": _uri("delivery-form", form)},
            },
        )
    if row["output"] and row["output"] != "unclear":
        yield (
            "cpsv:produces",
            {
                "@id": f"{uri}:output:{row['output']}",
                "@type": "cv:Output",
                "dct:identifier": f"{row['service']}/{row['output']}",
                "dct:title": [_said(row["name"], row)],
                "dct:type": {"@id": _uri("output", row["output"])},
            },
        )
    for payment in (row["payments"] or "").split():
        cost: Node = {
            "@id": f"{uri}:cost:{payment}",
            "@type": "cv:Cost",
            "dct:identifier": f"{row['service']}/{payment}",
        }
        cost["dct:description"] = _in_each(_PAYMENTS[payment])
        if payment == "free":
            free = {"@value": "0", "@type": "xsd:double"}
            cost |= {"cv:hasValue": free, "cv:currency": _authority("currency", "KZT")}
        yield "cv:hasCost", cost
    for code, name in ((row["section_code"], row["section"]), (row["subsection_code"], row["subsection"])):
        if code and name:
            yield (
                "cv:isGroupedBy",
                {
                    "@id": _uri("life-event", code),
                    "@type": ["cv:LifeEvent", "cv:Event"],
                    "dct:identifier": code,
                    "dct:title": [_said(name, row)],
                },
            )


def _merge(graph: dict[str, Node], node: Node) -> None:
    """Add a node, or what it says in another language to the one that is there."""
    known = graph.setdefault(node["@id"], node)
    if known is node:
        return
    for name, value in node.items():
        if isinstance(value, list) and name != "@type":
            held = known.setdefault(name, [])
            held.extend(one for one in value if one not in held and not _spoken(held, one))


def _spoken(held: list[Any], one: object) -> bool:
    """Whether a label in that language is there already: the first one in the register's order stays."""
    language = one.get("@language") if isinstance(one, dict) else None
    return language is not None and any(isinstance(each, dict) and each.get("@language") == language for each in held)


def _refer(service: Node, link: str, uri: str) -> None:
    held = service.setdefault(link, [])
    if {"@id": uri} not in held:
        held.append({"@id": uri})


def _said(text: str, row: dict[str, str]) -> Node:
    return {"@value": text, "@language": row["lang"]}


def _authority(kind: str, code: str) -> Node:
    return {"@id": f"{_AUTHORITY}{kind}/{code}"}


def _uri(kind: str, key: str) -> str:
    return f"{_URN}{kind}:{quote(key, safe='-._')}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
