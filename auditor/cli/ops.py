"""`egov-audit doctor`, `reindex`, `backup` and `restore`: how everything stands, repair, and a copy of all of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json

if TYPE_CHECKING:
    from auditor.ops.records import Health


@app.command("doctor")
def doctor_command(
    *,
    max_age: Annotated[
        str, typer.Option(metavar="SPAN", help="Oldest that the last good run and harvests may be: 8d, 36h.")
    ] = "8d",
    frozen: Annotated[
        str, typer.Option(metavar="SPAN", help="A source that says nothing new for so long is called frozen.")
    ] = "180d",
    min_free_mb: Annotated[int, typer.Option(min=0, help="Megabytes that the archive's disk must have left.")] = 1000,
    full: Annotated[bool, typer.Option("--full", help="Read the whole archive again, as verify does.")] = False,
    status_json: Annotated[Path | None, typer.Option(help="Also write the outcome as JSON into this file.")] = None,
    badge: Annotated[Path | None, typer.Option(help="Also write an SVG badge into this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome as JSON.")] = False,
) -> None:
    """Look at runs, sources, expectations, database, archive and disk. Exit code 0 if nothing failed; silence fails."""
    from auditor.ops.badge import badge as draw
    from auditor.ops.checkup import Limits, check_up
    from auditor.ops.duration import parse_duration
    from auditor.ops.health import as_json as told_json
    from crawler.archive.lines import dump, moment
    from crawler.sources.load import load_sources

    config = load_config()
    limits = Limits(parse_duration(max_age), parse_duration(frozen), min_free_mb)
    found = check_up(config, load_sources(config), limits, datetime.now(UTC), full=full)
    told = told_json(found)
    if status_json is not None:
        _replace(status_json, dump(told, indent=1))
    if badge is not None:
        good = moment(found.last_good["finished"]) if found.last_good else None
        _replace(badge, draw(found.level, good).encode())
    if as_json:
        say_json(told)
    else:
        _show(found)
    if found.exit_code:
        raise typer.Exit(found.exit_code)


def _show(found: Health) -> None:
    for check in found.checks:
        say(f"{check.level.value:<5} {check.name}: {check.message}")
    note(f"what each line asks for: docs/operations.md; all in all: {found.level}")


def _replace(path: Path, content: bytes) -> None:
    """Write a file that a monitor may read at any moment."""
    from crawler.archive.layout import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content, by_way_of=path.with_name(f".{path.name}.tmp"))


@app.command("reindex")
def reindex_command() -> None:
    """Make lost or damaged indexes again from their WARC files, byte for byte as they were sealed."""
    from crawler.archive.rebuild import rebuild

    made = rebuild(load_config().archive)
    for path in made:
        say(f"made again: {path}")
    if not made:
        say("every index is there and as it was sealed")


@app.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write, .tar.gz; it must not exist yet.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="What is in it as JSON.")] = False,
) -> None:
    """Put database, archive and records of runs into one file, with the SHA-256 of everything in it."""
    from auditor.ops.stage_backup import back_up

    made = back_up(load_config(), file, datetime.now(UTC))
    rows = sum(made.rows.values())
    if as_json:
        told = {"file": file.name, "sha256": made.sha256, "schema": made.revision, "rows": made.rows}
        say_json(told | {"archive_head": made.archive_head, "files": made.files, "unsealed_runs": made.unsealed})
    else:
        say(f"{file}: {rows:,} rows, {made.files} files of the archive")
        say(f"sha256 {made.sha256}")
    if made.unsealed:
        note(f"{made.unsealed} runs are not sealed yet (being written, or killed) and are not in it")


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that backup wrote.")],
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Afterwards read all that was restored again, against the backup's sums.")
    ] = False,
    to: Annotated[
        Path | None,
        typer.Option(help="Folder to restore into (archive, audit.db, state) instead of where the settings point."),
    ] = None,
) -> None:
    """Restore a backup into an empty place, SQLite or PostgreSQL; what is there is never overwritten."""
    from auditor.ops.stage_restore import restore, verify_restored
    from crawler.errors import IntegrityError

    config = load_config()
    if to is not None:
        own = {"archive": to / "archive", "state": to / "state", "db_url": f"sqlite:///{to / 'audit.db'}"}
        config = config.model_copy(update=own)
    contents = restore(config, file)
    say(f"restored {sum(contents.rows.values()):,} rows and the archive up to manifest {contents.archive_head}")
    if verify:
        faults = verify_restored(config, contents)
        for fault in faults:
            say(fault)
        if faults:
            raise IntegrityError(f"the restored copy is not what was backed up: {len(faults)} faults")
        say("everything read again: rows and archive are as they were backed up")
