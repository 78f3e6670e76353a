"""`egov-audit verify` and `import`: the evidence archive, checked and added to by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from auditor.cli.app import app, load_config, log, note, say, say_json
from crawler.archive import seals
from crawler.errors import ContentError, IntegrityError, UsageError

if TYPE_CHECKING:
    from auditor.cli.sealing import Beside
    from crawler.archive.verify import Inspection


@app.command()
def verify(
    root: Annotated[
        list[str] | None,
        typer.Option("--root", "--holds", help="A root noted earlier, which the archive must still hold; repeatable."),
    ] = None,
    roots: Annotated[Path | None, typer.Option("--roots", help="A file of such roots, one a line.")] = None,
    published: Annotated[
        list[Path] | None,
        typer.Option("--published", help="A report's folder or a release's file to compare with its seal; repeatable."),
    ] = None,
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Read archive, database and report again and name everything that is not as it was sealed (exit code 5)."""
    from auditor.cli.roots import missing, read_roots
    from auditor.cli.sealing import check_beside
    from crawler.archive.verify import inspect

    kept = read_roots(root or (), roots)
    config = load_config(archive=archive)
    with Progress(console=log, transient=True, disable=not log.is_terminal) as bar:
        task = bar.add_task("runs")
        found = inspect(config.archive, lambda done, total: bar.update(task, completed=done, total=total))
    beside = check_beside(config, found.seals, published or ())
    problems = (*found.problems, *beside.problems)
    lost = missing(kept, found)
    if as_json:
        say_json(_verified(config.archive, found, beside, {each: each not in lost for each in kept}))
    else:
        for problem in problems:
            say(str(problem))
    for line in beside.notes:
        note(line)
    for run_id in found.open_runs:
        note(f"not sealed yet: {run_id} (still running, or to be sealed by the next harvest or import)")
    if lost:
        raise IntegrityError(f"the chain of {found.runs} runs and {len(found.seals)} seals holds no root {lost[0]}")
    if any(problem.file.startswith(("index/", "leaves/")) for problem in found.problems):
        note("an index can be made again from its WARC file: egov-audit reindex")
    if problems:
        what = "the archive is" if not beside.problems else "archive, database and reports are"
        raise IntegrityError(f"{what} not as sealed: {len(problems)} problems")
    if not as_json:
        say(
            f"{found.runs} runs, {found.records} records, {found.size:,} bytes, {len(found.seals)} seals: all as sealed"
        )
        if beside.rows is not None:
            say(f"database: {beside.rows:,} rows compared, as sealed; reports and releases compared: {beside.folders}")
        if beside.stamps:
            say(f"time stamps that hold: {beside.stamps}")
        if kept:
            say(f"all {len(kept)} roots kept elsewhere are in the chain")
        say(f"chain root: sha256 {seals.head(config.archive) or 'none, nothing is sealed'}")


def _verified(place: Path, found: Inspection, beside: Beside, held: Mapping[str, bool]) -> dict[str, object]:
    problems = (*found.problems, *beside.problems)
    return {
        "ok": not problems and all(held.values()),
        "runs": found.runs,
        "records": found.records,
        "bytes": found.size,
        "seals": len(found.seals),
        "database_rows": beside.rows,
        "published": beside.folders,
        "timestamps": beside.stamps,
        "last_manifest_sha256": found.chain[-1] if found.chain else "",
        "root": "" if found.problems else seals.head(place),
        "roots_held": dict(held),
        "open_runs": found.open_runs,
        "notes": beside.notes,
        "problems": [
            {"file": problem.file, "place": problem.place, "message": problem.message} for problem in problems
        ],
    }


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
