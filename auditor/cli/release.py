"""`egov-audit release`: the database as one file that anyone can open and cite."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, note, say
from auditor.cli.sealing import seal_published
from auditor.cli.series import keep_everything
from auditor.db.session import open_database, transaction
from auditor.release.records import Manifest

Out = Annotated[Path | None, typer.Option("--out", help="File to write; ID.sqlite in var/release unless set.")]


@app.command("release")
def release_command(
    out: Out = None,
    json_out: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON for a program.")] = False,
) -> None:
    """Make a release: one read-only SQLite file with the views as tables, dictionary, questions, search, manifest."""
    config = load_config()
    path, manifest = make_release(config.db_url, config.release, out)
    seal_published(config, "release", manifest.id, path)
    note(f"release {manifest.id}: {manifest.rows['entries']} entries, {manifest.rows['listings']} listings, "
         f"{manifest.bytes} bytes, sha256 {manifest.sha256}")  # fmt: skip
    say(manifest.text().rstrip() if json_out else str(path))


def chosen_release(release: Path | None) -> Path:
    """The release a person named, held to its manifest, or a new one of the database."""
    from auditor.release.read import verify

    if release is not None:
        verify(release)
        return release
    config = load_config()
    return make_release(config.db_url, config.release, None)[0]


def make_release(db_url: str, folder: Path, out: Path | None) -> tuple[Path, Manifest]:
    """Keep every figure that is not kept yet, then make the release; gives its file and manifest."""
    from auditor.release.stage_build import build_release
    from auditor.release.stage_content import newest_evidence
    from reports.i18n import translations

    with open_database(db_url) as engine:
        with transaction(engine) as session:
            newest_evidence(session)  # refuses an empty database before anything is computed
            keep_everything(session)
        return build_release(engine, {lang: translations(lang) for lang in ("ru", "kk")}, folder, out)
