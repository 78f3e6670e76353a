"""The card of an act: labels and values, as a table of two columns or a definition list."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup

from crawler.pages.records import Finding, InfoPage, Level, Target
from crawler.pages.soup import cut, read_checked, text_of


def parse_info(body: bytes, target: Target, content_type: str = "") -> InfoPage:
    """What the card says, in page order. A card without title, status or any field is a finding. Never raises."""
    tree, deep = read_checked(body, content_type, ("table", "tr", "dt"))
    if deep is not None:
        return InfoPage("", "", (), (deep,))
    title = text_of(tree.select_one("div.slogan h1") or tree.select_one("h1"))
    status = text_of(tree.select_one("span[class^=status], span[class*=' status']"))
    findings: list[Finding] = []
    fields = tuple(_fields(tree, findings))
    if not fields:
        findings.append(Finding("no_fields", Level.ERROR, "page", f"the card of {target.act} has no field"))
    if not title:
        findings.append(Finding("no_title", Level.WARNING, "page", "the card has no title"))
    if not status:
        findings.append(Finding("no_status", Level.WARNING, "page", "the card has no status"))
    return InfoPage(title, status, fields, tuple(findings))


def _fields(tree: BeautifulSoup, findings: list[Finding]) -> Iterator[tuple[str, str]]:
    for number, part in enumerate(tree.find_all(["tr", "dt"]), 1):
        if part.name == "dt":
            told = part.find_next_sibling(["dt", "dd"])
            cells = [part, told] if told is not None and told.name == "dd" else [part]
        else:
            cells = part.find_all(["td", "th"], recursive=False)
        texts = [text_of(cell) for cell in cells]
        if len(texts) == 2 and texts[0]:
            yield texts[0].rstrip(": "), texts[1]
        elif any(texts):
            findings.append(
                Finding(
                    "odd_field", Level.WARNING, f"field {number}", "not a label and a value", cut(" | ".join(texts))
                )
            )
