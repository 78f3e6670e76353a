"""A small page as a tree, and the text of a part of it line by line. For the register's table see its own module."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString
from bs4.exceptions import ParserRejectedMarkup

from crawler.pages.html import decode
from crawler.pages.records import Finding, Level
from crawler.pages.text import squeeze
from crawler.pages.weight import overweight

_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form"}
    | {"h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "ul"}
    | {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
)
_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_VALUE_LIMIT = 500
#: Elements within each other beyond which a page is refused; the real pages seen are 7 deep, generated ones far less.
_DEEPEST = 200
#: The same element within itself, where each level is read anew.
_SELF_NESTED = 5


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


def read_checked(
    body: bytes, content_type: str, names: Iterable[str] = (), classes: Iterable[str] = ()
) -> tuple[BeautifulSoup, Finding | None]:
    """The page as a tree, and the finding that it is too heavy or nested too deep to be read. Never raises."""
    heavy = overweight(body)
    if heavy is not None:
        return BeautifulSoup("", "lxml"), heavy
    tree = read_tree(body, content_type)
    return tree, nesting(tree, names, classes)


def nesting(tree: BeautifulSoup, names: Iterable[str] = (), classes: Iterable[str] = ()) -> Finding | None:
    """The finding that the elements of a page, or those of some names or classes, stand too deep in each other.

    For pages made to be slow to read: one walk tells, before any reading.
    """
    words = (*names, *(f".{name}" for name in classes))
    levels = {id(tree): (0,) * (len(words) + 1)}
    for tag in tree.descendants:
        if not isinstance(tag, Tag):
            continue
        own = (tag.name, *(f".{name}" for name in attribute(tag, "class").split()))
        above = levels[id(tag.parent)]
        level = (above[0] + 1, *(count + (word in own) for count, word in zip(above[1:], words, strict=True)))
        levels[id(tag)] = level
        if level[0] > _DEEPEST:
            return _too_deep(f"elements stand more than {_DEEPEST} deep in each other")
        if max(level[1:], default=0) > _SELF_NESTED:
            word = words[level.index(_SELF_NESTED + 1, 1) - 1]
            return _too_deep(f"elements {word} stand more than {_SELF_NESTED} deep in each other")
    return None


def _too_deep(message: str) -> Finding:
    return Finding("nested_too_deep", Level.ERROR, "page", f"{message}: nothing of the page is read")


def nearest(tree: BeautifulSoup, is_one: Callable[[Tag], bool]) -> Callable[[PageElement], Tag | None]:
    """Which of some elements a part of the page stands in, the innermost; the element itself for such a one's own.

    One walk answers for the whole page.
    """
    found: dict[int, Tag | None] = {id(tree): None}
    for tag in tree.descendants:
        if isinstance(tag, Tag):
            found[id(tag)] = tag if is_one(tag) else found[id(tag.parent)]
    return lambda part: found[id(part if isinstance(part, Tag) else part.parent)]


def has_class(tag: Tag, name: str) -> bool:
    """Whether an element is of a class."""
    return name in attribute(tag, "class").split()


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
    blocks: dict[int, Tag] = {id(part): part}
    for node in part.descendants:
        if isinstance(node, Tag):
            above = blocks[id(node.parent)]
            opens = (node.name in _BLOCKS and above.name not in _UNSEEN) or node.name in _UNSEEN
            blocks[id(node)] = node if opens else above
            if node.name == "br":
                yield run
                run = []
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString) and owns(node):
            block = blocks[id(node.parent)]
            if block.name in _UNSEEN:
                continue
            if block is not last:
                yield run
                run, last = [], block
            run.append(node)
    yield run
