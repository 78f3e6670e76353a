"""Pages that robots.txt closes and that were asked for by written permission: whose, where, how many were had."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, EditionRow, EditionSeenRow, IssueRow, RunRow
from auditor.records import PermissionUsed
from crawler.pages.records import Lang, Verdict

#: The crawler's issue for each such address; its value is the sha256 of the letter.
_CODE = "robots_permission"
#: A page: the run that captured it and its address.
Page = tuple[str, str]


def permissions_used(session: Session, among: Collection[Page] | None = None) -> tuple[PermissionUsed, ...]:
    """The permissions by which kept pages were had, of all pages or of those `among`; by place and date."""
    had = (
        select(IssueRow.run_id, IssueRow.address, IssueRow.value, RunRow.arguments)
        .join(CaptureRow, (CaptureRow.run_id == IssueRow.run_id) & (CaptureRow.url == IssueRow.address))
        .join(RunRow, RunRow.id == IssueRow.run_id)
        .where(IssueRow.code == _CODE, CaptureRow.verdict == str(Verdict.OK))
        .order_by(IssueRow.id)
    )
    pages: dict[tuple[str, ...], set[str]] = {}
    for row in session.execute(had):
        if among is not None and (row.run_id, row.address) not in among:
            continue
        for terms in _terms(row.arguments, row.value, row.address):
            pages.setdefault(terms, set()).add(row.address)
    return tuple(
        PermissionUsed(where, who, date.fromisoformat(day), letter, len(found))
        for (where, who, day, letter), found in sorted(pages.items())
    )


def pages_of_editions(session: Session, lang: Lang, until: date) -> frozenset[Page]:
    """The pages that the register's editions up to a day were read from, in one language."""
    statement = (
        select(CaptureRow.run_id, CaptureRow.url)
        .join(EditionSeenRow, EditionSeenRow.capture_id == CaptureRow.id)
        .join(EditionRow, EditionRow.id == EditionSeenRow.edition_id)
        .where(EditionRow.lang == str(lang), EditionRow.edition_date <= until)
    )
    return frozenset((row.run_id, row.url) for row in session.execute(statement))


def _terms(arguments: dict[str, Any], letter: str, url: str) -> list[tuple[str, ...]]:
    """What the run's record says of the letter by which an address was asked for; the first that opens it."""
    bare = url.partition("://")[2].removeprefix("www.")
    told = [one for one in arguments.get(_CODE, ()) if one["sha256"] == letter]
    fits = [one for one in told if bare.startswith(one["where"])] or told
    return [(one["where"], one["who"], one["date"], one["sha256"]) for one in fits[:1]]
