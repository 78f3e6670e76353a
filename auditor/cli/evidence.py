"""`egov-audit verify` and `egov-audit import`: the evidence archive, checked and added to by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from auditor.cli.app import app, load_config, log, note, say, say_json
from crawler.errors import ContentError, IntegrityError, UsageError


@app.command()
def verify(
    holds: Annotated[
        str, typer.Option("--holds", help="A manifest's sha256 noted earlier, which the chain must still hold.")
    ] = "",
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Read the whole archive again and name everything that is not as it was sealed (exit code 5)."""
    from crawler.archive.verify import inspect

    root = load_config(archive=archive).archive
    with Progress(console=log, transient=True, disable=not log.is_terminal) as bar:
        task = bar.add_task("runs")
        found = inspect(root, lambda done, total: bar.update(task, completed=done, total=total))
    lost = bool(holds) and holds.lower().removeprefix("sha256:") not in found.chain
    head = found.chain[-1] if found.chain else ""
    if as_json:
        say_json(
            {
                "ok": not found.problems and not lost,
                "runs": found.runs,
                "records": found.records,
                "bytes": found.size,
                "last_manifest_sha256": head,
                "holds": (not lost) if holds else None,
                "open_runs": found.open_runs,
                "problems": [
                    {"file": problem.file, "place": problem.place, "message": problem.message}
                    for problem in found.problems
                ],
            }
        )
    else:
        for problem in found.problems:
            say(str(problem))
    for run_id in found.open_runs:
        note(f"not sealed yet: {run_id} (still running, or to be sealed by the next harvest or import)")
    if lost:
        raise IntegrityError(f"the chain of {found.runs} runs holds no manifest with sha256 {holds}")
    if found.problems:
        raise IntegrityError(f"the archive is not as it was sealed: {len(found.problems)} problems")
    if not as_json:
        say(f"{found.runs} runs, {found.records} records, {found.size:,} bytes: all as sealed")
        say(f"last manifest: sha256 {head or 'none, no run is sealed'}")


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A folder with index.json, a WARC file, or one saved HTML file.")],
    url: Annotated[str, typer.Option("--url", help="Address of the one saved file.")] = "",
    captured_at: Annotated[
        str, typer.Option("--captured-at", help="When the one file was saved, UTC: 2024-06-01T00:00:00Z.")
    ] = "",
    edition_date: Annotated[
        str, typer.Option("--edition-date", help="Which edition of an act the one file is: 2024-06-01.")
    ] = "",
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Take saved pages into the archive as evidence, marked imported. The same pages again add nothing."""
    from crawler.archive.importer import import_path
    from crawler.archive.saved import Told
    from crawler.sources.load import load_sources

    if bool(url) != bool(captured_at) or (edition_date and not url):
        raise UsageError("--url and --captured-at go together, and --edition-date with them")
    config = load_config(archive=archive)
    told = Told(url, captured_at, edition_date) if url else None
    with log.status("importing"):
        done = import_path(config.archive, path, load_sources(config).sites, told)
    if as_json:
        say_json(
            {
                "run_id": done.run_id,
                "taken": done.taken,
                "already": done.already,
                "unknown": done.unknown,
                "unfit": done.unfit,
            }
        )
    else:
        say(f"{done.taken} pages taken, {done.already} already there (run {done.run_id})")
    for address in done.unknown:
        note(f"no page of a known source, not taken: {address}")
    for verdict, count in sorted(done.unfit.items()):
        note(f"kept as evidence, never read as a page: {count} {verdict}")
    if done.unknown or done.unfit:
        faults = [f"{len(done.unknown)} unknown addresses"] if done.unknown else []
        faults += [f"{sum(done.unfit.values())} bodies that are no page"] if done.unfit else []
        raise ContentError(f"import of {path.resolve().name}: {' and '.join(faults)}")
