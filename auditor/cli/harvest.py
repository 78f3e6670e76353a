"""`egov-audit harvest`: fetch what the sources publish now, and keep it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, say, say_json
from crawler.harvest import Harvest, harvest
from crawler.sources.load import load_sources


@app.command("harvest")
def harvest_command(
    spiders: Annotated[
        list[str] | None, typer.Argument(help="Which: register (adilet.zan.kz), portal (egov.kz); both unless named.")
    ] = None,
    *,
    act: Annotated[str | None, typer.Option(help="Only these acts, by commas (register).")] = None,
    lang: Annotated[str | None, typer.Option(help="Only these languages, by commas: ru, kk, en.")] = None,
    since: Annotated[str | None, typer.Option(help="No editions older than this day (register).")] = None,
    audience: Annotated[
        str | None, typer.Option(help="Only these lists, by commas: citizen, business (portal).")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="At most so many pages of each list, evenly spread.")
    ] = None,
    adilet_url: Annotated[str | None, typer.Option(help="Another base address for adilet.zan.kz.")] = None,
    egov_url: Annotated[str | None, typer.Option(help="Another base address for egov.kz.")] = None,
    delay: Annotated[float | None, typer.Option(help="Seconds between two requests to one host.")] = None,
    budget: Annotated[int | None, typer.Option(help="Requests that the crawl of one source may make.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds until a silent request is given up.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="PEM file of extra certificate authorities.")] = None,
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summaries as JSON.")] = False,
) -> None:
    """Fetch and keep the pages of the register and the portal; nothing is read into the database yet."""
    settings = {
        "adilet_url": adilet_url,
        "egov_url": egov_url,
        "delay": delay,
        "budget": budget,
        "timeout": timeout,
        "ca_file": ca_file,
        "archive": archive,
    }
    config = load_config(**settings)
    options = {"act": act, "lang": lang, "since": since, "audience": audience, "sample": sample}
    given = {name: str(value) for name, value in options.items() if value is not None}
    _show(harvest(spiders or load_sources(config).spiders, given, settings), as_json=as_json)


def harvest_all(since: datetime | None) -> None:
    """Every source; those that did well `since` a killed run began are not asked again."""
    _show(harvest(load_sources(load_config()).spiders, since=since), as_json=False)


def _show(ended: Harvest, *, as_json: bool) -> None:
    if as_json and ended.summaries:
        say_json({"spiders": [asdict(each) for each in ended.summaries]})
    for each in () if as_json else ended.summaries:
        say(f"{each.spider}: {each.result}: {each.detail} (run {each.run_id or 'none'})")
    if ended.exit_code:
        raise typer.Exit(ended.exit_code)
