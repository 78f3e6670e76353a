"""`egov-audit correct`: a figure that was given and was wrong gets a public, dated correction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.cli.figures import Text, parse_day
from auditor.cli.series import checked_by_people, measured_on
from auditor.corrections.records import Claim, Correction
from auditor.corrections.stage import correct as keep
from auditor.corrections.stage import corrections
from auditor.db.session import open_database, transaction
from auditor.measure.cards import card
from auditor.measure.citation import plain
from auditor.measure.find import find_figure
from auditor.measure.stage import store
from crawler.errors import UsageError
from crawler.pages.records import Lang


@app.command()
def correct(
    figure: Annotated[str, typer.Argument(metavar="FIGURE", help="A measure's id, or id:cell.")] = "",
    *,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Audit date of the figure that was published.")
    ] = None,
    old: Annotated[int | None, typer.Option("--old", help="The count that was published.")] = None,
    new: Annotated[
        int | None, typer.Option("--new", help="The count that is right, as `measure` gives it now.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why the old one was wrong, for every reader.")] = "",
    noticed_by: Annotated[str, typer.Option("--noticed-by", metavar="ALIAS", help="Alias of who noticed.")] = "",
    text: Text = Lang.RU,
    listed: Annotated[bool, typer.Option("--list", help="List the corrections so far, of FIGURE or all.")] = False,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Correct a figure in public: dated, with reason and who noticed; never edited, never taken back."""
    given = {
        "--as-of": as_of,
        "--old": old,
        "--new": new,
        "--reason": reason or None,
        "--noticed-by": noticed_by or None,
    }
    if listed:
        if extra := [name for name, value in given.items() if value is not None]:
            raise UsageError(f"--list only lists: leave {', '.join(extra)} out")
        _list(figure, json_out)
        return
    if not figure:
        raise UsageError("name the FIGURE that is corrected, or give --list")
    card(figure.partition(":")[0])
    missing = [name for name, value in given.items() if value is None]
    if missing or old is None or new is None:
        raise UsageError(f"a correction needs {', '.join(missing)} too")
    claim = Claim(figure, parse_day(as_of), str(text), old, new, reason, noticed_by)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        dated = measured_on(session, claim.as_of, text, checked_by_people(session, text))
        found = find_figure(dated, figure)
        made = keep(session, claim, found.value, datetime.now(UTC))
        # What is right is a kept figure itself, so that the correction leads to it.
        store(session, dated)
    if json_out:
        say_json(made.as_json())
    else:
        say(_line(made))
    note("report, feeds, release and cite say so from their next making on")


def _list(figure: str, json_out: bool) -> None:
    if figure:
        card(figure.partition(":")[0])
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        found = [one for one in corrections(session) if figure in ("", one.figure, one.figure.partition(":")[0])]
    if json_out:
        say_json([one.as_json() for one in found])
        return
    _say(found)


def _say(found: Sequence[Correction]) -> None:
    for one in found:
        say(_line(one))
    if not found:
        note("no correction so far")


def _line(one: Correction) -> str:
    return (
        f"{one.noted_at.date()}  {one.figure} on {one.as_of} ({one.lang}): {one.old} → {one.new}  "
        f"{plain(one.reason)}  noticed by {plain(one.noticed_by)}  [{one.key}]"
    )
