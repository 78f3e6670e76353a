"""What CPSV-AP 3.2 asks of the classes we write: its SHACL shapes as a table, checked on a graph by itself.

As SHACL does without an ontology at hand, a class counts only where the graph itself names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DCT, CV, CPSV = "http://purl.org/dc/terms/", "http://data.europa.eu/m8g/", "http://purl.org/vocab/cpsv#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TEXT, DOUBLE, ANY = "text in a language", "http://www.w3.org/2001/XMLSchema#double", ""
_NAMED = {f"{DCT}identifier": (1, 1, ANY), f"{DCT}title": (1, 0, TEXT), f"{DCT}description": (0, 0, TEXT)}
_TYPED = {f"{DCT}type": (0, 1, f"{SKOS}Concept")}

#: Class → path → (least, most or 0, what a value is: text, a datatype, a class).
SHAPES: dict[str, dict[str, tuple[int, int, str]]] = {
    f"{CPSV}PublicService": {
        **_NAMED,
        f"{DCT}description": (1, 0, TEXT),
        f"{DCT}language": (0, 0, f"{DCT}LinguisticSystem"),
        f"{DCT}spatial": (0, 0, f"{DCT}Location"),
        f"{CV}hasCompetentAuthority": (1, 0, f"{CV}PublicOrganisation"),
        f"{CV}hasChannel": (0, 0, f"{CV}Channel"),
        f"{CV}hasCost": (0, 0, f"{CV}Cost"),
        f"{CV}isGroupedBy": (0, 0, f"{CV}Event"),
        f"{CPSV}produces": (0, 0, f"{CV}Output"),
    },
    f"{CV}PublicOrganisation": {
        f"{SKOS}prefLabel": (1, 0, TEXT),
        f"{DCT}spatial": (1, 0, "http://data.europa.eu/88u/dataset/atu-type"),
    },
    f"{CV}Channel": {f"{DCT}identifier": (1, 1, ANY), **_TYPED},
    f"{CV}Cost": {
        f"{DCT}identifier": (1, 1, ANY),
        f"{DCT}description": (0, 0, TEXT),
        f"{CV}hasValue": (0, 1, DOUBLE),
        f"{CV}currency": (0, 1, f"{SKOS}Concept"),
    },
    f"{CV}Output": {**_NAMED, **_TYPED},
    f"{CV}Event": _NAMED,
}


def violations(document: dict[str, Any]) -> Iterator[str]:
    """Every place where the graph of a JSON-LD document (prefixes as its only context) is not as the profile asks."""
    context = document["@context"]
    graph = {node["@id"]: _expanded(node, context) for node in document["@graph"]}
    for uri, node in graph.items():
        for kind in node["@type"]:
            for path, (least, most, wanted) in SHAPES.get(kind, {}).items():
                values = node.get(path, [])
                if len(values) < least or (most and len(values) > most):
                    yield f"{uri} {path}: {len(values)} values"
                for value in values:
                    if not _is(value, wanted, graph):
                        yield f"{uri} {path}: {value} is no {wanted}"


def _expanded(node: dict[str, Any], context: dict[str, str]) -> dict[str, list[Any]]:
    def full(name: str) -> str:
        prefix, colon, rest = name.partition(":")
        return context[prefix] + rest if colon and prefix in context else name

    found: dict[str, list[Any]] = {"@type": []}
    for name, told in node.items():
        values = told if isinstance(told, list) else [told]
        if name == "@type":
            found[name] = [full(value) for value in values]
        elif name != "@id":
            found[full(name)] = [
                {**value, "@type": full(value["@type"])} if isinstance(value, dict) and "@type" in value else value
                for value in values
            ]
    return found


def _is(value: Any, wanted: str, graph: dict[str, dict[str, list[Any]]]) -> bool:
    if wanted == ANY:
        return isinstance(value, str) and bool(value)
    if wanted == TEXT:
        return isinstance(value, dict) and bool(value.get("@value")) and value.get("@language") in ("en", "ru", "kk")
    if wanted == DOUBLE:
        return isinstance(value, dict) and value.get("@type") == DOUBLE and float(value["@value"]) >= 0
    return isinstance(value, dict) and wanted in graph.get(value.get("@id", ""), {}).get("@type", [])
