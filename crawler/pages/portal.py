"""egov.kz: the list of services and a service's page. What SOURCES.md says of the markup is all that is relied on."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from crawler.pages.address import Site, host_of, identify, urls_for
from crawler.pages.records import Finding, Level, PageKind, PortalList, PortalListing, ServicePage, Target
from crawler.pages.soup import attribute, cut, has_class, lines_of, nearest, read_checked, text_of
from crawler.pages.text import compare_key

_CATEGORY = "category-item"
_BLOCK = "info-block-horizontal"
_HEADINGS = ("h2", "h1", "h3", "h4")
#: Seen: «Результат оказания услуги», «Қызмет көрсету нәтижесі», «Result of the service delivery»; the wider wording
#: is that of the by-laws' tables. Matched on `compare_key`.
_RESULT = re.compile(
    r"результат оказания (?:государственной )?услуги"
    r"|(?:мемлекеттік )?(?:көрсетілетін )?қызмет(?:ті)? (?:көрсету(?:дің)? )?нәтижесі"
    r"|results? of (?:the )?(?:public |state )?service(?: delivery| provision| rendering)?"
)
_MAYBE_RESULT = re.compile(r"результат|нәтиже|result")
#: Seen in Russian; the other two languages' wording is not known for sure.
_ORDER = re.compile(
    r"заказать услугу(?: онлайн)?"
    r"|(?:қызмет\w* )?(?:онлайн )?(?:қызмет\w* )?тапсырыс беру"
    r"|order (?:the |a )?service(?: online)?"
)


def parse_portal_list(body: bytes, target: Target, site: Site, content_type: str = "") -> PortalList:
    """Every listing of a portal list, in page order. `site` tells which links are its service pages.

    A service in two categories is two listings with one slug; a line repeated inside a category is one, with a finding.
    A link that leads elsewhere or has no slug is an error finding. Never raises.
    """
    tree, deep = read_checked(body, content_type, ("a",), (_CATEGORY,))
    if deep is not None:
        return PortalList((), complete=False, findings=(deep,))
    return _ListReader(tree, target, site).read()


class _ListReader:
    """Reads one list, link by link."""

    def __init__(self, tree: BeautifulSoup, target: Target, site: Site) -> None:
        self.tree = tree
        self.target = target
        self.site = site
        self.url = next(iter(urls_for(target, site)), site.base)
        self.categories = tree.find_all(class_=_CATEGORY)
        self.category_of = nearest(tree, lambda tag: has_class(tag, _CATEGORY))
        self.line_of = nearest(tree, lambda tag: tag.name == "li")
        self.content_of = nearest(tree, lambda tag: attribute(tag, "id") == "region-content")
        self.names = {id(item): self._category_name(item) for item in self.categories}
        links = (anchor for item in self.categories for anchor in item.find_all("a"))
        self.in_categories = {self._slug(attribute(anchor, "href")) for anchor in links}
        self.listings: list[PortalListing] = []
        self.seen: set[tuple[str, str]] = set()
        self.findings: list[Finding] = []
        self.unknown = 0

    def read(self) -> PortalList:
        for number, item in enumerate(self.categories, 1):
            if not self.names[id(item)]:
                self._find("no_category_name", f"category {number}", "a category without a heading")
            if item.find("a") is None:
                self._find("empty_category", f"category {number}", "a category without a link", self.names[id(item)])
        if not self.categories:
            self._find("no_categories", "page", "the list has no categories; links of the page's own lists are read")
        for number, anchor in enumerate(self.tree.find_all("a"), 1):
            self._read_link(anchor, f"link {number}")
        complete = bool(self.listings) and self.unknown <= len(self.listings)
        if not self.listings:
            self._find("empty_list", "page", "the list names no service", level=Level.ERROR)
        elif not complete:
            self._find("unknown_structure", "page", "most links lead to no service page", level=Level.ERROR)
        return PortalList(tuple(self.listings), complete, tuple(self.findings))

    def _category_name(self, item: Tag) -> str:
        return next((text for name in _HEADINGS if (text := text_of(item.find(name)))), "")

    def _read_link(self, anchor: Tag, address: str) -> None:
        item = self.category_of(anchor)
        listed = self.line_of(anchor) is not None
        inside = item is not None or (self.content_of(anchor) is not None and listed)
        if not inside:
            return
        href = attribute(anchor, "href")
        slug = self._slug(href)
        name = text_of(anchor) or attribute(anchor, "title")
        if item is None and self.categories:
            # The page's own lists outside every category: menus, and a service only if no category has it.
            if slug and slug not in self.in_categories and ("", slug) not in self.seen:
                self._find("outside_category", address, "a service that stands in no category", name)
                self._add("", name, href, slug)
            return
        if not slug:
            if listed:
                self._refuse(href, name, address)
            return
        category = self.names[id(item)] if item is not None else ""
        if (category, slug) in self.seen:
            self._find("listed_twice", address, f"{slug} stands twice in one category", name)
            return
        if not name:
            self._find("no_name", address, f"the link to {slug} has no text", href, Level.ERROR)
        self._add(category, name, href, slug)

    def _slug(self, href: str) -> str:
        """The slug of a link to a service page of the site, "" for any other link."""
        found = identify(self._absolute(href), (self.site,)) if href else None
        return found.slug if found is not None and found.kind is PageKind.SERVICE_PAGE else ""

    def _absolute(self, href: str) -> str:
        try:
            return urljoin(self.url, href)
        except ValueError:  # no address at all
            return ""

    def _refuse(self, href: str, name: str, address: str) -> None:
        host = host_of(self._absolute(href))
        value = f"{name} <{href}>"
        if host and host not in self.site.hosts:
            self._find("other_host", address, f"a listing that leads to {host}", value, Level.ERROR)
            return
        self.unknown += 1
        self._find("no_slug", address, "a listing whose link is no service page", value, Level.ERROR)

    def _add(self, category: str, name: str, href: str, slug: str) -> None:
        self.seen.add((category, slug))
        self.listings.append(PortalListing(len(self.listings) + 1, category, name, href, slug))

    def _find(self, code: str, address: str, message: str, value: str = "", level: Level = Level.WARNING) -> None:
        self.findings.append(Finding(code, level, address, message, cut(value)))


def parse_service_page(body: bytes, target: Target, content_type: str = "") -> ServicePage:
    """A service's page: title, every info block, the result text (its lines parted by a line feed), the order button.

    A page without title or blocks is an error finding; one without a result a warning, for the portal has such.
    Never raises.
    """
    tree, deep = read_checked(body, content_type, ("a", "button"), (_BLOCK,))
    if deep is not None:
        return ServicePage("", "", orderable=False, findings=(deep,))
    findings: list[Finding] = []
    title = text_of(tree.select_one("#region-content h1") or tree.select_one("h1"))
    if not title:
        findings.append(Finding("no_title", Level.ERROR, "page", f"{target.slug}: the page has no h1"))
    blocks: list[tuple[str, str]] = []
    results: list[str] = []
    block_of = nearest(tree, lambda tag: has_class(tag, _BLOCK))
    for number, block in enumerate(tree.find_all(class_=_BLOCK), 1):
        heading, text = _read_block(block, block_of, f"block {number}", findings)
        blocks.append((heading, text))
        key = compare_key(heading)
        if _RESULT.fullmatch(key):
            results.append(text)
        elif _MAYBE_RESULT.match(key):
            findings.append(
                Finding("unknown_heading", Level.WARNING, f"block {number}", "not read as the result", cut(heading))
            )
    findings += _judge_result(bool(blocks), results)
    return ServicePage(
        title, "\n".join(text for text in results if text), _orderable(tree), tuple(blocks), tuple(findings)
    )


def _read_block(
    block: Tag, block_of: Callable[[PageElement], Tag | None], address: str, findings: list[Finding]
) -> tuple[str, str]:
    """A block's heading, its first paragraph, and the text under it; blocks inside it speak for themselves."""
    heading = next((found for name in ("p", *_HEADINGS) if (found := block.find(name)) is not None), None)
    if heading is None or block_of(heading) is not block:
        findings.append(Finding("no_heading", Level.WARNING, address, "a block without a heading", cut(text_of(block))))
        heading = None
    in_heading = set() if heading is None else {id(heading), *(id(part) for part in heading.descendants)}

    def owns(string: NavigableString) -> bool:
        return id(string) not in in_heading and block_of(string) is block

    return text_of(heading), "\n".join(lines_of(block, owns))


def _judge_result(blocks: bool, results: list[str]) -> list[Finding]:
    if not blocks:
        return [Finding("no_blocks", Level.ERROR, "page", "the page has no info block")]
    if not results:
        return [Finding("no_result", Level.WARNING, "page", "the page has no result block")]
    if len(results) > 1:
        return [Finding("several_results", Level.WARNING, "page", f"{len(results)} result blocks, read as one")]
    return [] if results[0] else [Finding("empty_result", Level.WARNING, "page", "the result block has only a heading")]


def _orderable(tree: BeautifulSoup) -> bool:
    buttons = tree.find_all(["a", "button", "input"])
    return any(_ORDER.fullmatch(compare_key(text_of(b) or attribute(b, "value"))) is not None for b in buttons)
