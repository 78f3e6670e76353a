"""`egov-audit query`: ready questions over the documented views."""

from __future__ import annotations

import csv
import sys
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.db.session import open_database
from auditor.tables import safe_cell
from auditor.views.queries import answer, queries, query
from crawler.errors import UsageError, without_controls
from crawler.pages.records import Lang


@app.command("query")
def query_command(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The question; without it all are listed.")] = None,
    lang: Annotated[Lang, typer.Option("--lang", help="Language of the questions' titles: ru, kk or en.")] = Lang.EN,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    csv_out: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    sql_out: Annotated[bool, typer.Option("--sql", help="Print the question's SQL instead of its answer.")] = False,
) -> None:
    """List ready questions over the SQL views, or answer one; reads only."""
    if json_out + csv_out + sql_out > 1:
        raise UsageError("--json, --csv and --sql exclude each other")
    if name is None:
        if json_out:
            say_json({one.name: {str(each): title for each, title in one.titles.items()} for one in queries().values()})
            return
        width = max(map(len, queries()))
        for one in queries().values():
            say(f"{one.name.ljust(width)}  {one.titles[lang]}")
        return
    asked = query(name)
    if sql_out:
        say(asked.sql)
        return
    with open_database(load_config().db_url) as engine:
        found = answer(engine, asked)
    note(f"{asked.titles[lang]} {len(found.rows)} rows")
    if json_out:
        say_json([dict(zip(found.columns, row, strict=True)) for row in found.rows])
        return
    writer = csv.writer(sys.stdout, delimiter="," if csv_out else "\t", lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows([safe_cell(value) if csv_out else _shown(value) for value in row] for row in found.rows)


def _shown(value: object) -> object:
    """A value for a person's terminal; CSV and JSON are for programs and hold what is there."""
    return without_controls(value) if isinstance(value, str) else value
