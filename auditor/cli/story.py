"""`egov-audit story`: one finding as a folder for a newsroom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, note, say
from auditor.cli.figures import AsOf, AuditYear, Interface, Text, day_of, interface, read_records
from crawler.pages.records import Lang


@app.command("story")
def story_command(
    finding: Annotated[str, typer.Argument(metavar="FINDING", help="A measure's id (dead_ends), id:cell, or account.")],
    *,
    as_of: AsOf = None,
    year: AuditYear = None,
    lang: Interface = "en,ru,kk",
    text: Text = Lang.RU,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; story-FINDING-DATE here unless set.")
    ] = None,
) -> None:
    """Write a finding's story pack: text, rows, kept pages, the strongest objection, letters for right of reply."""
    from crawler.archive.reader import read_payload
    from reports.finding import check_finding, find
    from reports.story import refuse_unsafe, write_story

    check_finding(finding)
    langs, day, config = interface(lang), day_of(as_of, year), load_config()
    folder = out or Path(f"story-{finding.replace(':', '-').replace('/', '-')}-{day}")
    refuse_unsafe(folder)
    report = read_records(config, day, text)
    found = find(report, finding)
    path = write_story(report, found, lambda kept: read_payload(config.archive, kept), langs, folder)
    counted = sum(row.counted for row in found.rows)
    note(f"{counted} rows; {len(list((folder / 'pages').glob('*.bin')))} kept pages; letters in ru, kk and en")
    say(str(path))
