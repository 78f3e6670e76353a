"""`egov-audit export`: a release as files for people and programs, and what differs between two releases."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, note, say
from auditor.cli.release import chosen_release
from crawler.errors import UsageError


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Option("--out", help="Folder to write; with --delta the file to write.")],
    formats: Annotated[
        str, typer.Option("--format", help="csv, xlsx, parquet, jsonl, cpsv by commas; all unless set.")
    ] = "",
    release: Annotated[
        Path | None, typer.Option("--release", help="Export this release; a new one of the database unless set.")
    ] = None,
    delta: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--delta", metavar="OLD NEW", help="Write what differs between two releases, as JSON."),
    ] = None,
) -> None:
    """Write a release as CSV, XLSX, Parquet, JSON lines and CPSV-AP with datapackage.json, or a delta of two."""
    if delta is not None:
        if formats or release:
            raise UsageError("--delta takes two releases and no --format or --release")
        _write_delta(*delta, out)
        return
    from reports.export.build import Format, export
    from reports.export.parquet import available
    from reports.folder import refuse_foreign

    names = [word.strip() for word in formats.split(",") if word.strip()]
    strangers = [name for name in names if name not in {str(one) for one in Format}]
    if strangers:
        raise UsageError(f"no format {', '.join(strangers)}; there are {', '.join(Format)}")
    wanted = {Format(name) for name in names} or set(Format)
    if not available() and Format.PARQUET in wanted:
        if names:
            raise UsageError("Parquet needs more packages: pip install 'egov-audit[parquet]'")
        note("without Parquet, which needs: pip install 'egov-audit[parquet]'")
        wanted.discard(Format.PARQUET)
    refuse_foreign(out)
    source = chosen_release(release)
    files = export(source, out, wanted)
    note(f"{len(files)} files of {source.name}")
    say(str(out))


def _write_delta(old: Path, new: Path, out: Path) -> None:
    from reports.export.delta import delta_text

    if out.is_dir():
        raise UsageError(f"{out} is a folder: name a file with --out")
    text = delta_text(chosen_release(old), chosen_release(new))
    partial = out.with_name(out.name + ".part")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    say(str(out))
