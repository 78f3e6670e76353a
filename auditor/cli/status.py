"""How `egov-audit status` looks: tables on a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table

from auditor.cli.app import say
from auditor.db.status import EditionLine, Status

_COLOURS = {"fetched": "green", "imported": "green", "held": "yellow", "not asked": "dim"}


def status_json(status: Status, waiting: Sequence[str]) -> dict[str, Any]:
    """The status as JSON can hold it; dates as ISO 8601, counts of open issues by level and by code."""
    levels: dict[str, int] = {}
    for (level, _code), number in status.issues.items():
        levels[level] = levels.get(level, 0) + number
    return {
        "editions": [asdict(line) for line in status.editions],
        "runs": [asdict(line) for line in status.runs],
        "lists": [asdict(line) for line in status.lists],
        "issues": {
            "open": levels,
            "by_code": [
                {"level": level, "code": code, "open": number} for (level, code), number in status.issues.items()
            ],
        },
        "permissions": [asdict(one) for one in status.permissions],
        "undated": list(status.undated),
        "runs_not_ingested": list(waiting),
    }


def show(status: Status, waiting: Sequence[str]) -> None:
    """Print the status to stdout."""
    console = Console(highlight=False)
    if console.is_terminal:
        for table in (_editions(status.editions), _runs(status), _lists(status), _issues(status)):
            if table.row_count:
                console.print(table)
    else:
        for line in plain_lines(status):
            say(line)
    for one in status.permissions:
        say(f"permission  {one.where}  {one.pages} pages  {one.who}, {one.day}, letter sha256 {one.letter}")
    for url in status.undated:
        say(f"undated  {url}")
    if waiting:
        say(f"{len(waiting)} runs of the archive are not ingested yet: egov-audit ingest")
    if not status.editions and not status.lists:
        say("nothing is stored yet: egov-audit harvest, then egov-audit ingest")
    sys.stdout.flush()


def plain_lines(status: Status) -> Iterable[str]:
    """One fact a line, fields parted by blanks, for pipes and logs."""
    for line in status.editions:
        rows = "" if line.rows_live is None else f" {line.rows_live} services"
        why = f" ({line.detail})" if line.detail else ""
        yield f"edition  {line.act}/{_day(line.edition_date)}/{line.lang}  {line.state}{rows}{why}"
    for run in status.runs:
        why = f" ({run.detail})" if run.detail else ""
        yield f"run  {run.stage}  {run.started_at:%Y-%m-%dT%H:%M:%SZ}  {run.result}{why}"
    for one in status.lists:
        state = "complete" if one.complete else "never complete"
        later = "" if one.newest_complete or not one.complete else ", newest reading broken"
        where = "/".join(part for part in (one.lang, one.audience, one.slug) if part)
        yield f"list  {where}  {one.listings} listings, {one.pages_read} pages read, {state}{later}"
    for (level, code), number in status.issues.items():
        yield f"issue  {level}  {code}  {number}"


def _editions(lines: Sequence[EditionLine]) -> Table:
    """One row an edition, one column a language."""
    langs = sorted({line.lang for line in lines}, reverse=True)
    table = Table(title="Editions of the register", title_justify="left")
    table.add_column("act", no_wrap=True)
    table.add_column("edition", no_wrap=True)
    for lang in langs:
        table.add_column(lang)
    cells: dict[tuple[str, date | None], dict[str, str]] = {}
    for line in lines:
        colour = _COLOURS.get(line.state, "red")
        rows = "" if line.rows_live is None else f" {line.rows_live}"
        rows += " accepted" if line.detail.startswith("accepted") else ""
        cells.setdefault((line.act, line.edition_date), {})[line.lang] = f"[{colour}]{line.state}[/]{rows}"
    for (act, day), by_lang in cells.items():
        table.add_row(act, _day(day), *(by_lang.get(lang, "") for lang in langs))
    return table


def _runs(status: Status) -> Table:
    table = Table("stage", "started (UTC)", "result", "detail", title="Last runs", title_justify="left")
    for run in status.runs:
        table.add_row(run.stage, f"{run.started_at:%Y-%m-%d %H:%M}", run.result, run.detail.replace("[", r"\["))
    return table


def _lists(status: Status) -> Table:
    table = Table("list", "listings", "pages read", "state", title="Lists of the portal", title_justify="left")
    for one in status.lists:
        state = "complete" if one.complete else "[red]never complete[/]"
        if one.complete and not one.newest_complete:
            state = "[yellow]complete, newest reading broken[/]"
        where = "/".join(part for part in (one.lang, one.audience, one.slug) if part)
        table.add_row(where, str(one.listings), str(one.pages_read), state)
    return table


def _issues(status: Status) -> Table:
    table = Table("level", "issue", "open", title="Open issues", title_justify="left")
    for (level, code), number in status.issues.items():
        table.add_row(level, code, str(number))
    return table


def _day(day: date | None) -> str:
    return day.isoformat() if day else "date-unknown"
