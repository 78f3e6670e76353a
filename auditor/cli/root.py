"""`egov-audit root`: one value over all that was ever sealed, and a time stamp of it by somebody else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from crawler.archive import manifest, seals
from crawler.archive.lines import stamp
from crawler.archive.seals import TIMESTAMP, Seal
from crawler.errors import AuditError, ContentError, UsageError

if TYPE_CHECKING:
    from auditor.config import AuditConfig


@app.command("root")
def root_command(
    timestamp: Annotated[
        str,
        typer.Option(
            "--timestamp", metavar="URL", help="Have it stamped by this RFC 3161 authority (extra timestamp)."
        ),
    ] = "",
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, with what it covers.")] = False,
) -> None:
    """Print the chain root: one sha256 over all that was ever sealed, to be kept where others can vouch for it."""
    config = load_config(archive=archive)
    place = config.archive
    if not (place / "manifests").is_dir():
        raise UsageError(f"no archive in {place}")
    runs, made = manifest.load_all(place), seals.load_seals(place)
    if not runs and not made:
        raise ContentError("nothing is sealed yet, so there is no root")
    told = seals.head(place)
    at = max([run.sealed_at for run in runs[-1:]] + [one.sealed_at for one in made[-1:]])
    failed: AuditError | None = None
    newest = seals.newest(made, TIMESTAMP)
    if not as_json:  # said before anybody is asked: an authority that fails takes nothing of it away
        say(f"{told}  {stamp(at)}  {len(runs)} runs, {len(made)} seals")
    if timestamp:
        try:
            newest = have_stamped(config, "--timestamp", timestamp)
        except AuditError as error:
            failed = error
    if as_json:
        say_json(
            {
                "root": told,
                "sealed_at": stamp(at),
                "runs": len(runs),
                "seals": len(made),
                "timestamp": _facts(newest) if newest else None,
            }
        )
    elif newest:
        # Behind a # for whoever keeps these lines in a file of roots.
        told_by = _facts(newest)
        say("# {root} stamped {time} by {signer}, number {serial}: {file}".format(**told_by))
    if failed:
        raise failed


def have_stamped(config: AuditConfig, name: str, url: str) -> Seal:
    """Have the chain root stamped by the authority that a person named so; what is worth a remark goes to stderr.

    Raises what `stamp_root` does.
    """
    from auditor.evidence.stamping import Asked, stamp_root

    made, remark = stamp_root(config.archive, Asked(name, url, config.timestamp_ca_file), lambda: datetime.now(UTC))
    if remark:
        note(remark)
    return made


def _facts(seal: Seal) -> dict[str, str]:
    kept = f"{seals.FOLDER}/{seal.sequence:06}.{seals.TOKEN}"
    names = ("time", "signer", "serial", "authority")
    return {"root": seal.root, **{name: seal.facts.get(name, "") for name in names}, "file": kept}
