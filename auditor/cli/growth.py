"""`egov-audit at`, `diff` and `account`: the register on a date, what changed between two, growth taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from auditor.account.records import Account, Item, Term, Unit
from auditor.account.stage import Stretch, account_of_years, register_on, stretch, year_end
from auditor.cli.app import app, load_config, note, say, say_json
from auditor.cli.figures import parse_day
from auditor.db.session import open_database, transaction
from auditor.diff.compare import FIELDS, diff_entries, lacking_columns
from auditor.diff.records import Change, ChangeType
from auditor.ingest.status import not_read
from auditor.measure.unread import unread_later
from auditor.records import EditionRef, Entry
from crawler.errors import UsageError
from crawler.pages.records import Lang

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Language = Annotated[str, typer.Option("--lang", help="Language of the register's text: ru or kk.")]
Day = Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="A day.")]
_LISTED = 10


def register_lang(text: str) -> Lang:
    """A language the register is read in. Raises UsageError."""
    if text not in (Lang.RU, Lang.KK):
        raise UsageError(f"the register is read in ru and kk, not in {text!r}")
    return Lang(text)


@app.command("at")
def at_command(day: Day, lang: Language = "ru", json_out: Json = False) -> None:
    """Print the register in force on a date."""
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        edition, rows = register_on(session, parse_day(day), register_lang(lang))
        unread = _unread(session, edition, parse_day(day))
    live = [row for row in rows if not row.dead]
    if json_out:
        head = {"date": day, "edition": edition.key, "unread_later_editions": list(unread)}
        say_json({**head, "rows": [_row(row) for row in live]})
        return
    note(f"{edition.key}: {len(live)} rows, {len(rows) - len(live)} excluded ones left out")
    for row in live:
        say(f"{row.code or '–':8}  {_name(row)}  [{row.form}]")


@app.command("diff")
def diff_command(
    start: Annotated[str, typer.Argument(metavar="FROM", help="The earlier day, YYYY-MM-DD.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="The later day, YYYY-MM-DD.")],
    lang: Language = "ru",
    json_out: Json = False,
) -> None:
    """Print what changed in the register between two dates, row by row; mere noise stands apart."""
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        between = stretch(session, parse_day(start), parse_day(end), register_lang(lang))
        unread = [
            _unread(session, edition, parse_day(day)) for edition, day in ((between.older, start), (between.newer, end))
        ]
    changes = diff_entries(between.older_rows, between.newer_rows, between.links)
    older, newer = ([row for row in rows if not row.dead] for rows in (between.older_rows, between.newer_rows))
    lacking = sorted(lacking_columns(older, newer), key=FIELDS.index)
    real = [change for change in changes if change.type is not ChangeType.COSMETIC]
    noise = [change for change in changes if change.type is ChangeType.COSMETIC]
    if json_out:
        say_json(
            {
                "from": {"date": start, "edition": between.older.key, "unread_later_editions": list(unread[0])},
                "to": {"date": end, "edition": between.newer.key, "unread_later_editions": list(unread[1])},
                "years_not_observed": list(between.not_observed),
                "columns_not_compared": lacking,
                "counts": dict(sorted(Counter(str(change.type) for change in real).items())),
                "changes": [_change(change) for change in real],
                "cosmetic": [_change(change) for change in noise],
            }
        )
        return
    say(f"{between.older.key} → {between.newer.key}: {len(real)} changes, {len(noise)} rows with noise only")
    _say_gaps(between)
    if lacking:
        say(f"Not compared, for one of the two tables has no such column: {', '.join(lacking)}")
    for change in real:
        say(_change_line(change))
    if noise:
        say("Noise only: " + ", ".join(change.newer[0].code or change.newer[0].key for change in noise))


@app.command("account")
def account_command(
    start: Annotated[int, typer.Argument(metavar="FROM", help="The earlier year: its register on 31 December.")],
    end: Annotated[int, typer.Argument(metavar="TO", help="The later year.")],
    unit: Annotated[str, typer.Option("--unit", help="What is counted: rows, codes, results or subsections.")] = "rows",
    digitised: Annotated[bool, typer.Option("--digitised", help="Count only what has an electronic form.")] = False,
    lang: Language = "ru",
    json_out: Json = False,
) -> None:
    """Take the growth between two years apart until it closes, with the rows behind each term and its bounds."""
    if unit not in set(Unit):
        raise UsageError(f"no unit {unit!r}; there are {', '.join(Unit)}")
    today = parse_day(None)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        between, found = account_of_years(
            session, (start, end), register_lang(lang), Unit(unit), digitised=digitised, today=today
        )
        ends = ((between.older, year_end(start, today)), (between.newer, year_end(end, today)))
        unread = tuple(dict.fromkeys(key for edition, day in ends for key in _unread(session, edition, day)))
    if between.older.id == between.newer.id:
        note(f"both years end with the same edition in force: {between.older.key}")
    if today.year in (start, end):
        note(f"{today.year} is not over: its register is the one in force on {today}")
    if not found.exact:
        note("some ambiguous links are too entangled to try every choice: bounds are safe but may be too wide")
    if json_out:
        of = {"language": lang, "digitised": digitised, "editions": [between.older.key, between.newer.key]}
        say_json({**account_json(found, (start, end), unread, between.not_observed), **of})
    else:
        _say_account(found, between)


def account_json(
    found: Account, years: tuple[int, int], unread: Sequence[str] = (), not_observed: Sequence[int] = ()
) -> dict[str, Any]:
    """An account as `egov-audit account --json` prints it; `unread` are amendments in force that were not read,
    `not_observed` years between the two of which no text was: keys that are there only when there are any.
    """
    terms = {str(name): _term(term) for name, term in found.terms.items()}
    head = {"from": years[0], "to": years[1], "unit": str(found.unit), "start": found.start, "end": found.end}
    said = {**head, **terms, "remainder": found.remainder, "cosmetic_share": _cosmetic(found)}
    if unread:
        said["unread_later_editions"] = list(unread)
    if not_observed:
        said["years_not_observed"] = list(not_observed)
    return said


def _cosmetic(found: Account) -> dict[str, Any] | None:
    if found.cosmetic_share is None:
        return None
    value, low, high = found.cosmetic_share
    return {"value": value, "low": low, "high": high, "of": found.additions}


def _term(term: Term) -> dict[str, Any]:
    return {"value": term.value, "low": term.low, "high": term.high, "entries": [_item(item) for item in term.items]}


def _item(item: Item) -> dict[str, Any]:
    return {"kind": item.kind, "amount": item.amount, "older": list(item.older), "newer": list(item.newer)}


def _say_account(found: Account, between: Stretch) -> None:
    names = {entry.key: _name(entry) for entry in (*between.older_rows, *between.newer_rows)}
    what = "digitised " if found.digitised else ""
    say(f"{between.older.key}: {found.start} {what}{found.unit}")
    for name, term in found.terms.items():
        bounds = f" ({term.low} to {term.high})" if term.low != term.high else ""
        say(f"  {'−' if name in ('deaths', 'mergers') else '+'} {name:8} {term.value}{bounds}")
        for item in term.items[:_LISTED]:
            say(f"      {item.kind} {item.amount:+d}: " + _rows_line(item, names))
        if len(term.items) > _LISTED:
            say(f"      … and {len(term.items) - _LISTED} more (--json has all)")
    say(f"{between.newer.key}: {found.end} {what}{found.unit}")
    say(
        f"Register growth {found.end - found.start:+d}, real growth {found.real_growth:+d}, remainder {found.remainder}"
    )
    _say_gaps(between)
    if found.cosmetic_share is not None:
        value, low, high = found.cosmetic_share
        bounds = f" ({low:.1%} to {high:.1%})" if low != high else ""
        say(f"Of {found.additions} gross additions {value:.1%}{bounds} are no births (cosmetic_share)")


def _say_gaps(between: Stretch) -> None:
    """Which years in between nobody observed, beside the figures: whoever copies these copies that."""
    if between.not_observed:
        years = ", ".join(map(str, between.not_observed))
        say(f"Not observed in between: {years}. What came and went in those years is not seen, nor when a change came.")


def _rows_line(item: Item, names: dict[str, str]) -> str:
    sides = [" | ".join(names[key] for key in keys) for keys in (item.older, item.newer) if keys]
    return " → ".join(sides)


def _unread(session: Session, edition: EditionRef, day: date) -> tuple[str, ...]:
    """The amendments in force by a day that were not read, each told: the figures are of the last text that was."""
    missed = not_read(session)
    found = unread_later(missed, edition, day)
    outcomes = {one.what: one.outcome for one in missed}
    for key in found:
        note(f"{key} was in force on {day} but is not read ({outcomes[key]}): {edition.key} stands in")
    return found


def _row(entry: Entry) -> dict[str, Any]:
    fields = ("key", "number", "code", "name", "subname", "section", "subsection", "recipient", "developer", "provider")
    texts = {name: getattr(entry, name) for name in (*fields, "intake", "form", "payment", "bylaw")}
    return {**texts, "forms": sorted(entry.forms)}


def _change(change: Change) -> dict[str, Any]:
    shown = (change.newer or change.older)[0]
    found: dict[str, Any] = {
        "type": str(change.type),
        "code": shown.code,
        "name": _name(shown),
        "older": [entry.key for entry in change.older],
        "newer": [entry.key for entry in change.newer],
        "fields": [{"field": one.field, "before": one.before, "after": one.after} for one in change.fields],
        "noise": [{"field": one.field, "before": one.before, "after": one.after} for one in change.noise],
    }
    return {**found, "maybe": list(change.maybe)} if change.maybe else found


def _change_line(change: Change) -> str:
    if change.fields:
        shown = change.newer[0]
        fields = "; ".join(f"{one.field}: {one.before or '–'} → {one.after or '–'}" for one in change.fields)
        return f"{change.type} {shown.code}: {fields}"
    sides = [
        " | ".join(f"{entry.code} {_name(entry)}" for entry in side) for side in (change.older, change.newer) if side
    ]
    maybe = f" (perhaps {', '.join(change.maybe)})" if change.maybe else ""
    return f"{change.type}: " + " → ".join(sides) + maybe


def _name(entry: Entry) -> str:
    return f"{entry.name} ({entry.subname})" if entry.subname else entry.name
