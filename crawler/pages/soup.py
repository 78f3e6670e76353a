"""A small page as a tree, and the text of a part of it line by line. For the register's table see its own module."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString
from bs4.exceptions import ParserRejectedMarkup

from crawler.pages.html import decode
from crawler.pages.text import squeeze

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "ul"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_VALUE_LIMIT = 500


def read_tree(body: bytes, content_type: str = "") -> BeautifulSoup:
    """The page as a tree; an empty one for bytes that hold no markup. Never raises."""
    data = decode(body, content_type).replace("\0", "").encode("utf-8", errors="replace")
    with warnings.catch_warnings():
        # Both tell a programmer of a slip; here they are pages that are none, and those get their finding.
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        try:
            return BeautifulSoup(data, "lxml", from_encoding="utf-8")
        except ParserRejectedMarkup:
            return BeautifulSoup("", "lxml")


def lines_of(part: Tag, owns: Callable[[NavigableString], bool] = lambda _: True) -> tuple[str, ...]:
    """The text of a part as a person sees its lines: one for each paragraph, list item, cell or `<br>`, none empty.

    `owns` can leave strings out.
    """
    return tuple(line for line in (squeeze("".join(pieces)) for pieces in _runs(part, owns)) if line)


def text_of(part: Tag | None) -> str:
    """The text of a part in one line, "" for no part."""
    return "" if part is None else " ".join(lines_of(part))


def attribute(tag: Tag, name: str) -> str:
    """An attribute's value, white space at the ends dropped; "" when it is not there."""
    value = tag.get(name)
    return value.strip() if isinstance(value, str) else " ".join(value) if value else ""


def cut(text: str) -> str:
    """Source text for a finding, at most 500 characters."""
    return text[:_VALUE_LIMIT]


def _runs(part: Tag, owns: Callable[[NavigableString], bool]) -> Iterator[list[str]]:
    """Strings grouped by the block element they stand in; a `<br>` starts a new group too."""
    run: list[str] = []
    last: Tag | None = None
    for node in part.descendants:
        if isinstance(node, Tag):
            if node.name == "br":
                yield run
                run = []
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString) and owns(node):
            block = node.find_parent(lambda tag: tag.name in _BLOCKS or tag.name in _UNSEEN or tag is part)
            if block is None or block.name in _UNSEEN:
                continue
            if block is not last:
                yield run
                run, last = [], block
            run.append(node)
    yield run
