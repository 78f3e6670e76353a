"""A capture and its bytes → what the page says, by the parser of its kind; and what is odd about it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from auditor.ingest.expect import Fault, beyond, edition_faults, list_faults
from auditor.ingest.summary import NO_SERVICE
from auditor.records import Problem
from crawler.archive.records import Capture
from crawler.errors import UsageError
from crawler.pages.columns import demands
from crawler.pages.history import parse_history
from crawler.pages.info import parse_info
from crawler.pages.portal import parse_portal_list, parse_service_page
from crawler.pages.records import (
    Finding,
    HistoryPage,
    InfoPage,
    Lang,
    Level,
    PageKind,
    PortalList,
    RegisterPage,
    ServicePage,
)
from crawler.pages.register import parse_register
from crawler.sources.load import Source, Sources

Page = RegisterPage | HistoryPage | InfoPage | PortalList | ServicePage

#: Kinds that have a parser; the others (robots.txt) are kept as evidence alone.
PARSED_KINDS = frozenset(
    {
        PageKind.ACT_HISTORY,
        PageKind.ACT_TEXT,
        PageKind.ACT_INFO,
        PageKind.PORTAL_LIST,
        PageKind.SERVICE_PAGE,
    }
)


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page as read. `faults` are failed expectations; `failed`: nothing of it can be used, and it is asked again."""

    page: Page
    problems: tuple[Problem, ...]
    faults: tuple[Fault, ...] = ()
    failed: bool = False


def parse_capture(capture: Capture, body: bytes, sources: Sources) -> ParsedPage:
    """Read one page. Raises UsageError for a source that is not configured (any more)."""
    source = sources[capture.target.source]
    page = _parse(capture, body, source)
    faults = _faults(page, capture, source)
    failed = _is_failed(page, faults)
    problems = [_problem(finding) for finding in page.findings]
    if failed:
        problems += [Problem(Level.ERROR, fault.code, fault.message, "page") for fault in faults]
    told = beyond(page, source.facts.expectations, _needed(capture))
    problems += [Problem(Level.WARNING, each.code, each.message, "page") for each in told]
    return ParsedPage(page, tuple(problems), faults, failed)


def _parse(capture: Capture, body: bytes, source: Source) -> Page:
    target, content_type = capture.target, capture.content_type
    if target.kind is PageKind.ACT_TEXT:
        return parse_register(body, target, content_type)
    if target.kind is PageKind.ACT_HISTORY:
        return parse_history(body, target, content_type)
    if target.kind is PageKind.ACT_INFO:
        return parse_info(body, target, content_type)
    if target.kind is PageKind.PORTAL_LIST:
        return parse_portal_list(body, target, source.site, content_type)
    if target.kind is PageKind.SERVICE_PAGE:
        return parse_service_page(body, target, content_type)
    raise UsageError(f"no parser reads a page of the kind {target.kind}")


def _faults(page: Page, capture: Capture, source: Source) -> tuple[Fault, ...]:
    bounds = source.facts.expectations
    if isinstance(page, RegisterPage):
        return edition_faults(page, Lang(capture.target.lang or ""), bounds, _needed(capture))
    if isinstance(page, PortalList):
        return list_faults(page, bounds)
    if isinstance(page, HistoryPage) and not page.rows:
        return (Fault("no_editions_read", "the history names no edition that could be read"),)
    if isinstance(page, ServicePage) and not any(text for _, text in page.blocks):
        return (Fault(NO_SERVICE, "the page says nothing of a service"),)
    return ()


def _needed(capture: Capture) -> Collection[str]:
    return demands(capture.target.act).mandatory


def _is_failed(page: Page, faults: tuple[Fault, ...]) -> bool:
    """An edition is held by its state, for a person can accept it; any other page with a fault has failed."""
    return bool(faults) and not isinstance(page, RegisterPage)


def _problem(finding: Finding) -> Problem:
    return Problem(str(finding.level), finding.code, finding.message, finding.address, finding.value)
