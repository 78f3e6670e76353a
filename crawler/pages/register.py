"""An act's text page with the register of public services → `RegisterPage`. Pure: bytes and address, nothing else.

What makes a page unfit to become an edition unseen (`complete` is False, a person may accept it): no register table,
a table that looks like one under an unknown heading, an unknown or doubled column (its rows are read all the same), a
mandatory column missing, a table nested in the register's, a row that is nothing known, the same register twice, rows
or a heading of a register outside its tables, elements nested without end, text in another language than asked for, no
row at all.
Everything else is a finding on its cell; the row is kept with its raw texts and what was understood of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from crawler.pages.columns import demands
from crawler.pages.grid import element_text
from crawler.pages.html import decode
from crawler.pages.records import Lang, Level, RegisterPage, Target
from crawler.pages.register_marks import is_note
from crawler.pages.register_rest import report_rest
from crawler.pages.register_state import PageState
from crawler.pages.register_tables import read_tables
from crawler.pages.text import looks_kazakh, squeeze
from crawler.pages.weight import MOST_TAGS_OF_ACT, overweight

#: Findings after which a page is not complete.
HOLDING = frozenset(
    {
        "no_page",
        "no_register_table",
        "unrecognised_table",
        "unknown_column",
        "doubled_column",
        "missing_column",
        "nested_table",
        "unknown_row",
        "register_repeated",
        "wrong_language",
        "no_rows",
        "leftover_text",
        "maybe_dead",
        "row_not_understood",
        "many_errors",
        "rows_outside",
        "rows_lost",
        "nested_too_deep",
        "too_heavy",
    }
)
_LETTERS_TO_DECIDE = 40
_LETTERS_READ = 6_000
#: Levels of elements, and of tables in tables, beyond which a page is not read.
_DEEPEST = 200
_NESTED_TABLES = etree.XPath("boolean(//table[count(ancestor::table) > 3])")
#: Rows with errors that hold no page however small it is.
_FEW_ERRORS = 3
_ROW_TAG = re.compile(r"<tr[\s>/]", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|noscript)\b.*?(?:</\1|\Z)", re.IGNORECASE | re.DOTALL)
_CODE_IN_TEXT = re.compile(r"(?<!\d)0\d{7}(?!\d)")


def parse_register(body: bytes, target: Target, content_type: str = "") -> RegisterPage:
    """The register's rows of an act's text page, with findings on whatever was not understood. Never raises.

    `target.act` decides which columns are mandatory (`crawler/sources/columns.yml`), `target.lang` is checked against
    the letters. `content_type` is the response header's value.
    """
    page = PageState(demands(target.act))
    heavy = overweight(body, MOST_TAGS_OF_ACT)
    if heavy is not None:
        return RegisterPage("", "", "", None, (), 0, False, (), (heavy,))
    source = decode(body, content_type)
    root = _tree(source)
    if root is None:
        page.find("no_page", Level.ERROR, "page", "no HTML in the body")
        return RegisterPage("", "", "", None, (), 0, False, (), tuple(page.findings))
    if _too_nested(root):
        page.find(
            "nested_too_deep", Level.ERROR, "page", "elements or tables nested deeper than in any act; nothing was read"
        )
        return RegisterPage("", "", "", None, (), 0, False, (), tuple(page.findings))
    title, requisites, status = _head(root)
    regions = _regions(root)
    if not regions:
        page.find("no_text_region", Level.WARNING, "page", "no div.container_gamma.text; the whole page is read")
        regions = [root]
    for region in regions:
        _outside_tables(page, region)
    if _rows_lost(source, root):
        page.find("rows_lost", Level.ERROR, "page", "the source has more table rows than its tree: broken off inside")
    accounted = read_tables(page, [table for region in regions for table in _tables(region)])
    report_rest(page, root, frozenset(accounted))
    _weigh_errors(page)
    lang = _language(page, f"{title} {requisites}", target)
    rows = tuple(page.rows)
    last = page.numbers.last
    findings = tuple(page.findings)
    complete = not any(finding.code in HOLDING and finding.level is Level.ERROR for finding in findings)
    return RegisterPage(title, requisites, status, lang, rows, last, complete, tuple(page.notes), findings)


def numbered_tables(body: bytes, content_type: str = "") -> tuple[etree._Element | None, tuple[etree._Element, ...]]:
    """A page's tree (None without any) and its tables in the order in which `table n row m` counts them.

    For who shows a kept page and wants a row's address to lead to the row.
    """
    root = _tree(decode(body, content_type))
    if root is None:
        return None, ()
    return root, tuple(table for region in _regions(root) or [root] for table in _tables(region))


def _tree(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    body = text.replace("\x00", "").encode("utf-8", errors="replace")
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:  # an empty document has no tree
        return None
    if root is not None:
        etree.strip_elements(root, "script", "style", "noscript", with_tail=False)
    return root


def _too_nested(root: etree._Element) -> bool:
    """Whether reading would take a time that grows with the square of the page: no act's page comes near."""
    level: list[etree._Element] = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level if len(element) for child in element]
        if not level:
            return bool(_NESTED_TABLES(root))
    return True


def _weigh_errors(page: PageState) -> None:
    """Holds a page of which more than one row in twenty was not understood: then it is the layout, not the rows."""
    places = {each.address.split(" column ")[0] for each in page.findings if each.level is Level.ERROR}
    rows = sum(" row " in place for place in places)
    if rows >= _FEW_ERRORS and rows * 20 > len(page.rows):
        message = f"errors in {rows} of {len(page.rows)} rows"
        page.find("many_errors", Level.ERROR, "page", message)


def _rows_lost(source: str, root: etree._Element) -> bool:
    """Whether the HTML reader dropped table rows, as it does behind a second <html>."""
    kept = sum(1 for _ in root.iter("tr"))  # below this root: what follows </html> may be a root of its own
    return len(_ROW_TAG.findall(source)) > kept and len(_ROW_TAG.findall(_UNSEEN.sub(" ", source))) > kept


def _classes(element: etree._Element) -> list[str]:
    return (element.get("class") or "").split()


def _head(root: etree._Element) -> tuple[str, str, str]:
    """Title, requisites and status word, "" where the page has none."""
    title = requisites = ""
    for slogan in root.iter("div"):
        if {"container_alpha", "slogan"} <= set(_classes(slogan)):
            title = title or squeeze(" ".join(element_text(node) for node in slogan.iter("h1")))
            requisites = requisites or squeeze(" ".join(element_text(node) for node in slogan.iter("p")))
    words = [
        squeeze(element_text(node)) for node in root.iter("span") if (node.get("class") or "").startswith("status")
    ]
    return title, requisites, next((word for word in words if word), "")


def _regions(root: etree._Element) -> list[etree._Element]:
    """The outermost blocks that hold the act's text; there is one on a page as known."""
    found = [each for each in root.iter("div") if {"container_gamma", "text"} <= set(_classes(each))]
    known = frozenset(found)
    return [each for each in found if not any(above in known for above in each.iterancestors("div"))]


def _tables(region: etree._Element) -> list[etree._Element]:
    """The region's tables in reading order, those after the text's end left out."""
    return [
        table
        for table in region.iter("table")
        if not any("aftertext" in _classes(above) for above in table.iterancestors("div"))
    ]


def _outside_tables(page: PageState, region: etree._Element) -> None:
    """Notes between the tables; and text there that holds a service's code, which no table accounts for."""
    for line in _lines(region):
        if is_note(line):
            page.notes.append(squeeze(line))
        elif _CODE_IN_TEXT.search(line):
            page.find("leftover_text", Level.WARNING, "text outside the tables", "a service's code outside", line)


def _lines(node: etree._Element) -> Iterator[str]:
    """Lines of text outside tables, down to where the text ends."""
    stack = [node]
    while stack:
        element = stack.pop()
        if element.tag == "table" or "aftertext" in (element.get("class") or "").split():
            tails = element.tail or ""
            if tails.strip():
                yield from tails.splitlines()
            continue
        if element.tag in ("p", "h1", "h2", "h3", "h4", "pre", "li") and element.find(".//table") is None:
            yield from (line for line in element_text(element).splitlines() if line.strip())
            continue
        for text in (element.text, element.tail if element is not node else None):
            if text and text.strip():
                yield from text.splitlines()
        stack.extend(reversed(element))


def _language(page: PageState, head: str, target: Target) -> Lang | None:
    """What the letters say; a finding when it is not the language asked for."""
    pieces = [head]
    size = 0
    for row in page.rows:
        pieces.append(row.name)
        size += len(row.name)
        if size > _LETTERS_READ:
            break
    text = " ".join(pieces)
    if sum(char.isalpha() for char in text) < _LETTERS_TO_DECIDE:
        return None
    if looks_kazakh(text):
        lang = Lang.KK
    elif re.search("[а-яА-Я]", text):
        lang = Lang.RU
    else:
        return None
    if target.lang in (Lang.RU, Lang.KK) and target.lang is not lang:
        page.find("wrong_language", Level.ERROR, "page", f"asked for {target.lang}, the letters say {lang}", head)
    return lang
