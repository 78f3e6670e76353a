"""`egov-audit prove`: one folder with everything that a third party needs to check a figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, note, say
from auditor.cli.figures import AsOf, Language, parse_day
from auditor.cli.series import checked_by_people, coding_note
from auditor.coding.codebook import CODEBOOK
from auditor.db.permissions import permissions_used
from auditor.db.session import open_database, transaction
from auditor.ingest.status import not_read
from auditor.measure.cards import card
from auditor.measure.stage_report import read_report
from auditor.measure.stage_series import Asked
from crawler.pages.records import Lang


@app.command("prove")
def prove_command(
    figure: Annotated[str, typer.Argument(metavar="FIGURE", help="A measure's id, or id:cell (nature:human_social).")],
    as_of: AsOf = None,
    lang: Language = Lang.RU,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; proof-FIGURE-DATE here unless set.")
    ] = None,
) -> None:
    """Write a folder with which anybody can check one figure with warcio and sha256sum alone; its README says how."""
    from auditor.coding.codebook import rules_in_words
    from auditor.evidence.proof import write_proof
    from auditor.evidence.stage_proof import denominator, gather, pick
    from reports.i18n import LANGUAGES, words
    from reports.views.permission import said

    measure, _, cell = figure.partition(":")
    card(measure)
    config, day = load_config(), parse_day(as_of)
    with open_database(config.db_url) as engine, transaction(engine) as session:
        checked = checked_by_people(session, lang)
        asked = Asked(lang, CODEBOOK, tuple(not_read(session)), day)
        report = read_report(session, asked, checked, "")
        dated = report.now
        found, about = pick(measure, cell, report)
        proven = gather(session, found, about, CODEBOOK, denominator(found, dated))
        pages = {(one.evidence.run_id, one.evidence.url) for one in proven.behind if one.evidence}
        permitted = permissions_used(session, pages)
        unread = dated.snapshot.unread if dated else ()
        proven = replace(
            proven,
            about={**proven.about, "coding": coding_note(checked, [dated] if dated else [])},
            rules=rules_in_words(Lang.EN),
            remarks=(
                *(f"in force by then but not read: {key}" for key in unread),
                *(said(words(each), one) for one in permitted for each in LANGUAGES),
            ),
            permissions=permitted,
        )
    name = "-".join(part for part in (measure, cell.replace("/", "-"), str(day)) if part)
    readme = write_proof(config.archive, proven, out or Path(f"proof-{name}"))
    note(f"{found.value} entries counted; {len(list((readme.parent / 'records').iterdir()))} records of kept pages")
    say(str(readme))
