"""`egov-audit why`: which entries made a figure move."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.cli.figures import Language
from auditor.cli.series import asked_in
from auditor.db.session import open_database, transaction
from auditor.measure.cards import card
from auditor.measure.records import DatedAudit
from auditor.measure.stage_series import Why, read_why
from auditor.measure.why import Cause
from crawler.pages.records import Lang


@app.command("why")
def why_command(
    measure: Annotated[
        str, typer.Argument(metavar="MEASURE", help="A measure's id, or id:cell (nature:human_social).")
    ],
    year: Annotated[
        int, typer.Argument(metavar="YEAR", help="The change from 31 December a year before to this one's.")
    ],
    lang: Language = Lang.RU,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Attribute a figure's change on the year before to named entries; they add up to it exactly."""
    name, _, cell = measure.partition(":")
    card(name)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        found = read_why(session, name, cell, year, asked_in(session, lang))
    for broken in found.now.breaks:
        note(f"the series breaks in {year}: {broken.kind.replace('_', ' ')} ({broken.detail})")
    for shot in (found.then.snapshot, found.now.snapshot):
        if shot.unread:
            note(f"later editions in force on {shot.as_of} could not be read: {', '.join(shot.unread)}")
    if json_out:
        say_json(why_json(found, name, cell, year))
    else:
        _say_why(found, name, cell)


def why_json(why: Why, measure: str, cell: str, year: int) -> dict[str, Any]:
    """An attribution as `egov-audit why --json` prints it."""
    parts: dict[str, list[Cause]] = defaultdict(list)
    for cause in why.found.causes:
        parts[cause.kind].append(cause)
    return {
        "measure": measure,
        "cell": cell,
        "year": year,
        "language": str(why.now.snapshot.lang),
        "from": _end(why.then, why.found.before.value),
        "to": _end(why.now, why.found.now.value),
        "change": why.found.change,
        "breaks": [{"kind": one.kind, "detail": one.detail} for one in why.now.breaks],
        "parts": {
            kind: {"change": sum(one.change for one in causes), "entries": [_cause(one) for one in causes]}
            for kind, causes in sorted(parts.items())
        },
        "remainder": why.found.remainder,
    }


def _end(audit: DatedAudit, value: int) -> dict[str, Any]:
    shot = audit.snapshot
    said = {"as_of": str(shot.as_of), "edition": f"{shot.act}/{shot.edition_date}", "value": value}
    return {**said, "unread_later_editions": list(shot.unread)}


def _cause(cause: Cause) -> dict[str, Any]:
    said = {"change": cause.change, "name": cause.name, "older": list(cause.older), "newer": list(cause.newer)}
    return {**said, "detail": cause.detail} if cause.detail else said


def _say_why(why: Why, measure: str, cell: str) -> None:
    then, now = why.then.snapshot, why.now.snapshot
    title = card(measure).title + (f", {cell}" if cell else "")
    ends = f"{why.found.before.value} on {then.as_of}, {why.found.now.value} on {now.as_of}"
    say(f"{title}: {ends}: {why.found.change:+d}")
    parts: dict[str, list[Cause]] = defaultdict(list)
    for cause in why.found.causes:
        parts[cause.kind].append(cause)
    for kind, causes in sorted(parts.items()):
        say(f"  {kind.replace('_', ' ')} {sum(one.change for one in causes):+d}")
        for one in causes:
            detail = f" [{one.detail}]" if one.detail else ""
            say(f"    {one.change:+d} {(one.newer or one.older)[0]}  {one.name}{detail}")
    if not why.found.causes:
        say("  nothing came, went or changed")
