"""What a page has outside the tables read as the register's: rows lost to broken markup, and registers elsewhere.

A stray end tag takes the rest of a register out of its table, and a reader still sees it. So the whole document is gone
through once more without the tables already accounted for: codes, numbered lines and headings of a register hold it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.pages.columns import field_of
from crawler.pages.records import Level
from crawler.pages.register_marks import code_of, is_date, is_note
from crawler.pages.register_state import PageState
from crawler.pages.text import plain

#: Elements that do not end a line; every other does.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "del",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "s",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
    ]
)
_HIDDEN = frozenset({"head", "script", "style", "noscript", "template"})
_CODE = r"\d{3}[\s.–-]*\d{2}[\s.–-]*\d{3}"
#: «00101001», «00101001 Выдача справки», «121. 001 01 121 – Выдача справки»: as a row of the register goes.
_ROW = re.compile(rf"(?:№?\s*\d{{1,5}}\s*[.)]?\s+)?{_CODE}(?!\d)[\s.):–—-]*(?:[^\W\d].*)?", re.DOTALL)
_NUMBERED = re.compile(r"№?\s*(\d{1,5})\s*[.)]?(?:\s+([^\W\d].*))?", re.DOTALL)
_LONGEST_HEADING = 300
#: Different fields named by lines before they count as a heading of the register: a menu may name two or three.
_HEADING_FIELDS = 4


@dataclass(slots=True)
class _Lines:
    """What the lines outside the tables hold that a register's rows hold."""

    codes: list[tuple[str, str]] = field(default_factory=list)  # (address, text)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)  # field → address
    bare: int = 0  # the last number that stood alone in its line
    waiting: tuple[str, str] = ("", "")  # a bare number that a row's text must follow: cells of numbers alone are none
    apart: bool = False  # whether text stands between the last bare number and this line
    told: int = 0  # the last number that text followed in its line


def report_rest(page: PageState, root: etree._Element, accounted: Collection[etree._Element]) -> None:
    """Holds the page for each kind of trace of a register outside the tables in `accounted`."""
    found = _Lines()
    below = False
    for element, text in _lines(root, accounted):
        if element in accounted:
            below = True
            continue
        line = plain(text)
        if not line or is_note(line):
            continue
        address = f"outside the tables, line {element.sourceline or 0}"
        if _is_code_line(line):
            found.codes.append((address, line))
        elif below:
            _see_number(page, found, address, line)
        if len(line) <= _LONGEST_HEADING and (name := field_of(line)):
            found.headings.setdefault(name, address)
    for traces, what in ((found.codes, "services' codes"), (found.numbers, "numbered rows")):
        if traces:
            message = f"{what} outside the register's tables: {len(traces)}"
            page.find("rows_outside", Level.ERROR, traces[0][0], message, " | ".join(text for _, text in traces[:20]))
    if len(found.headings) >= _HEADING_FIELDS:
        address, names = next(iter(found.headings.values())), ", ".join(sorted(found.headings))
        page.find("rows_outside", Level.ERROR, address, "the heading of a register outside its tables", names)


def _is_code_line(line: str) -> bool:
    return bool((code_of(line) or _ROW.fullmatch(line)) and not is_date(line))


def _see_number(page: PageState, found: _Lines, address: str, line: str) -> None:
    """A line that begins with a number goes on with the register's rows, fills a gap of theirs, or is none of them."""
    match = _NUMBERED.fullmatch(line)
    if not match or match[2] is not None:
        found.apart = True
        if found.waiting[1]:
            found.numbers.append(found.waiting)
            found.waiting = ("", "")
    if not match:
        return
    number, following = int(match[1]), page.numbers.previous + 1
    if match[2] is None:
        goes_on = found.apart and number == found.bare + 1 > 2
        counts = following > 1 and (goes_on or number == following or number in page.numbers.skipped)
        found.waiting = (address, line) if counts else ("", "")
        found.bare, found.apart = number, False
    else:
        if number == found.told + 1 and found.told == following > 1:
            found.numbers.append((address, line))
        found.told = number


def _lines(root: etree._Element, accounted: Collection[etree._Element]) -> Iterator[tuple[etree._Element, str]]:
    """(element, text) of each line a reader sees; an accounted table comes once, without text."""
    walker = etree.iterwalk(root, events=("start", "end"))
    pieces: list[str] = []
    for event, element in walker:
        ends_line = element.tag not in _INLINE
        if ends_line and pieces:
            yield element, "".join(pieces)
            pieces.clear()
        if event == "end":
            if element.tail and not element.tail.isspace():
                pieces.append(element.tail)
        elif element in accounted or element.tag in _HIDDEN:
            if element in accounted:
                yield element, ""
            walker.skip_subtree()
        elif element.text and not element.text.isspace():
            if element.tag == "pre":
                yield from ((element, line) for line in element.text.splitlines())
            else:
                pieces.append(element.text)
    if pieces:
        yield root, "".join(pieces)
