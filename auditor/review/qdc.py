"""The codebook as a REFI-QDA exchange file (.qdc), which NVivo, MAXQDA, ATLAS.ti, QualCoder and others open. Pure.

Format: REFI-QDA Codebook 1.0, namespace urn:QDA-XML:codebook:1.0 (https://www.qdasoftware.org). Identifiers come from
names, so that the same codebook gives the same file.
"""

from __future__ import annotations

import uuid

from lxml import etree

from auditor.coding.codebook import CODEBOOK, guidance, rules_in_full
from auditor.review.columns import CODES
from auditor.review.words import CHOICES, code_word, word
from crawler.pages.records import Lang

NAMESPACE = "urn:QDA-XML:codebook:1.0"
#: Root of the identifiers: changing it makes every code a new one for every program that has imported it.
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, "urn:egov-audit:codebook")


def codebook_qdc(lang: Lang) -> bytes:
    """The codebook with its codes and rules in one language, as XML."""
    spaces: dict[str, str] = {None: NAMESPACE}  # type: ignore[dict-item] # lxml's way to name the default namespace
    root = etree.Element(f"{{{NAMESPACE}}}CodeBook", nsmap=spaces, origin=f"egov-audit codebook {CODEBOOK}")
    codes = etree.SubElement(root, f"{{{NAMESPACE}}}Codes")
    for column in CODES:
        axis = _code(codes, column, word("axes", column, lang), column, codable=False)
        for code in CHOICES[column]:
            name = f"{code} {code_word(column, code, lang)}" if column == "sector" else code
            _code(axis, name, code_word(column, code, lang), f"{column}/{code}", codable=True)
    rules = _code(codes, "rules", "\n".join((f"codebook {CODEBOOK}", *guidance(lang))), "rules", codable=False)
    for rule, text in rules_in_full(lang).items():
        _code(rules, rule, text, f"rules/{rule}", codable=False)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written


def _code(parent: etree._Element, name: str, text: str, path: str, *, codable: bool) -> etree._Element:
    code = etree.SubElement(parent, f"{{{NAMESPACE}}}Code")
    code.set("guid", str(uuid.uuid5(_ROOT, path)).upper())
    code.set("name", name)
    code.set("isCodable", "true" if codable else "false")
    etree.SubElement(code, f"{{{NAMESPACE}}}Description").text = text
    return code
