"""Reads what an account or a diff stands on: the editions in force on two dates and the links of every step between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy.orm import Session

from auditor.account.compute import account
from auditor.account.records import Account, Unit
from auditor.db.acts import first_days, nothing_in_force
from auditor.db.links import decided, decisions, linkings, machine_links
from auditor.db.read import editions_in_force, entries_of, pick_edition
from auditor.link.plan import steps
from auditor.link.services import out_of_place
from auditor.link.stage import REGISTER_LANGS
from auditor.records import EditionRef, Entry, Link, LinkType
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang


@dataclass(frozen=True, slots=True)
class Stretch:
    """Two editions of the register in one language with their rows, dead ones too, and the links between them.

    `not_observed` are the years between the two dates at whose end no text that was read was in force: the rows of both
    ends are known, what came and went in those years is not.
    """

    older: EditionRef
    newer: EditionRef
    older_rows: tuple[Entry, ...]
    newer_rows: tuple[Entry, ...]
    links: tuple[Link, ...]
    not_observed: tuple[int, ...] = ()


def register_on(session: Session, day: date, lang: Lang) -> tuple[EditionRef, list[Entry]]:
    """The edition in force on a day and its rows. Raises ContentError when none that was read is in force."""
    edition = pick_edition(editions_in_force(session, lang), day)
    if edition is None:
        raise ContentError(nothing_in_force(first_days(session), day, lang))
    return edition, entries_of(session, edition.id)


def stretch(session: Session, start: date, end: date, lang: Lang) -> Stretch:
    """The register on two dates and what links it. Raises UsageError if `start` is after `end`, ContentError if an
    edition is missing or its rows are not linked yet.
    """
    if start > end:
        raise UsageError(f"FROM ({start}) lies after TO ({end})")
    older, older_rows = register_on(session, start, lang)
    newer, newer_rows = register_on(session, end, lang)
    links = tuple(links_between(session, older, newer, lang))
    gaps = years_not_observed(editions_in_force(session, lang), start, end)
    return Stretch(older, newer, tuple(older_rows), tuple(newer_rows), links, gaps)


def years_not_observed(editions: Sequence[EditionRef], start: date, end: date) -> tuple[int, ...]:
    """The years whose last day lies between two dates and on which none of these editions was in force."""
    ends = (date(year, 12, 31) for year in range(start.year, end.year + 1))
    return tuple(day.year for day in ends if start < day < end and pick_edition(editions, day) is None)


def links_between(session: Session, older: EditionRef, newer: EditionRef, lang: Lang) -> list[Link]:
    """The history's links of every step after `older` up to `newer`, people's decisions applied."""
    plan = steps({each: editions_in_force(session, each) for each in REGISTER_LANGS})
    texts = [step.texts[lang] for step in plan if lang in step.texts]
    places = {text.id: place for place, text in enumerate(texts)}
    known = linkings(session)
    ids = []
    for before, after in zip(
        texts[places[older.id] :], texts[places[older.id] + 1 : places[newer.id] + 1], strict=False
    ):
        row = known.get(("history", before.key, after.key))
        if row is None or not row.inputs_hash:
            raise ContentError(f"the rows of {after.key} are not linked to those before: run `egov-audit link`")
        ids.append(row.id)
    found = [link for links in machine_links(session, ids).values() for link in links]
    return as_decided(session, found, texts)


_NO_HISTORY = (LinkType.TRANSLATION, LinkType.LISTED)


def as_decided(session: Session, links: list[Link], texts: Sequence[EditionRef]) -> list[Link]:
    """A language's links through its texts, in their order of force, with those decisions of people that still hold."""
    before = {newer.key: older.key for older, newer in pairwise(texts)}
    people = [
        one for one in decisions(session) if one.link.type not in _NO_HISTORY and not out_of_place(one.link, before)
    ]
    return decided(links, people) if people else links


def year_end(year: int, today: date) -> date:
    """31 December of a year, or today in a year that is not over."""
    return min(date(year, 12, 31), today)


def account_of_years(
    session: Session, years: tuple[int, int], lang: Lang, unit: Unit, *, digitised: bool, today: date
) -> tuple[Stretch, Account]:
    """The account from one year's end to another's; a year not over yet stands as of `today`.

    Raises UsageError for FROM after TO or a year to come, ContentError for a year without an edition in force.
    """
    if years[0] > years[1]:
        raise UsageError(f"FROM ({years[0]}) lies after TO ({years[1]})")
    for year in years:
        if year > today.year or year < 1900:
            raise UsageError(f"{year} is no year to account for")
    between = stretch(session, year_end(years[0], today), year_end(years[1], today), lang)
    return between, account(between.older_rows, between.newer_rows, between.links, unit, digitised=digitised)
