"""Kept pages as a reader may safely see them: the page's own text and tables, and nothing that acts or loads.

A register page is about 2 MB, much of it styling and links. The copy is made anew of a short list of plain elements
with no attribute but spans of cells; rows of tables get the ids by which entries are addressed. The unchanged bytes
stay in the archive.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from lxml import etree

from crawler.pages.register import numbered_tables

_SPACES = re.compile(r"\s+")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")

#: Elements that are kept, by what they become. All others are left out with their text kept.
_KEPT = {
    **{name: name for name in ("p", "table", "thead", "tbody", "tr", "td", "th", "ul", "ol", "li", "b", "strong", "i",
                               "em", "sup", "sub", "caption", "dl", "dt", "dd")},
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "p"),
    **dict.fromkeys(("div", "section", "article", "main", "blockquote", "pre", "address"), "div"),
    "br": "br",
}  # fmt: skip
#: Elements that are left out with everything in them.
_DROPPED = frozenset(
    {"script", "style", "noscript", "template", "head", "iframe", "object", "embed", "svg", "math", "form", "select",
     "button", "textarea", "video", "audio", "canvas", "nav", "footer", "link", "meta"}
)  # fmt: skip
_SPANS = ("colspan", "rowspan")
_MOST_SPAN = 1000


def readable_copy(body: bytes) -> str:
    """The page's text as HTML made of plain elements; the row `table n row m` has the id `tnrm`. Never raises.

    Characters that nobody sees and that turn the reading direction round are shown as their code.
    """
    root, tables = numbered_tables(body)
    return "" if root is None else "".join(_Copy(root, tables).parts)


def _text(text: str | None) -> str:
    """Text with white space folded and hidden characters made visible, escaped."""
    if not text:
        return ""
    shown = escape(_SPACES.sub(" ", text), quote=False)
    return _HIDDEN.sub(lambda match: f"<code>U+{ord(match.group()):04X}</code>", shown)


class _Copy:
    """Walks a page without recursion (a broken page can nest thousands deep) and writes its plain copy."""

    def __init__(self, root: etree._Element, tables: Sequence[etree._Element]) -> None:
        self.parts: list[str] = []
        self.ids = _row_ids(tables)
        todo: list[etree._Element | str] = [root]
        while todo:
            item = todo.pop()
            if isinstance(item, str):
                self.parts.append(item)
            else:
                todo.extend(reversed(self._element(item)))

    def _element(self, element: etree._Element) -> list[etree._Element | str]:
        """What is written for an element, in order: its opening, its text, its children, its end, the text after."""
        tail = _text(element.tail)
        tag = element.tag
        if not isinstance(tag, str) or tag in _DROPPED:
            return [tail]
        name = _KEPT.get(tag, "")
        if name == "br":
            return ["<br>" + tail]
        end = (f"</{name}>" if name else "") + tail
        return [self._open(element, name) + _text(element.text), *element, end]

    def _open(self, element: etree._Element, name: str) -> str:
        if not name:
            return ""
        row = f' id="{self.ids[element]}"' if element in self.ids else ""
        spans = ""
        if name in ("td", "th"):
            for span in _SPANS:
                value = (element.get(span) or "").strip()
                if value.isdecimal() and value.isascii() and 1 < int(value[:6]) <= _MOST_SPAN:
                    spans += f' {span}="{int(value)}"'
        return f"<{name}{row}{spans}>"


def _row_ids(tables: Sequence[etree._Element]) -> dict[etree._Element, str]:
    """Ids of table rows, numbered as the register's parser numbers them: tables in the text, rows in their table."""
    ids: dict[etree._Element, str] = {}
    for number, table in enumerate(tables, start=1):
        rows = 0
        stack = [table]
        while stack:
            element = stack.pop()
            if element.tag == "tr":
                rows += 1
                ids[element] = f"t{number}r{rows}"
            elif element is table or element.tag not in ("td", "th", "table"):
                stack.extend(reversed(element))
    return ids
