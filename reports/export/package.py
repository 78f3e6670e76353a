"""`datapackage.json`: what every file of an export is, down to types, descriptions, sizes and sums."""

from __future__ import annotations

import json
from pathlib import Path

from auditor.release.read import Release
from auditor.release.schema import Column, Kind, Table
from reports.folder import EXPORT, sha256

_TYPES: dict[Kind, dict[str, object]] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.TRUTH: {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]},
    Kind.DATE: {"type": "date", "format": "%Y-%m-%d"},
    Kind.TIME: {"type": "datetime", "format": "%Y-%m-%d %H:%M:%S"},
}
NAME = "datapackage.json"


def write_package(release: Release, tables: tuple[Table, ...], folder: Path) -> None:
    """Describe the folder's files; the exact CSV files are its resources, the others are listed with their sums."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (EXPORT.marker, NAME))
    told = {
        "profile": "tabular-data-package",
        "name": "egov-audit-register",
        "title": f"Register of public services, release {release.facts['id']}",
        "description": f"{release.facts['made_from']}.",
        "version": release.facts["id"],
        "id": release.facts["id"],
        **(
            {"robots_permission": json.loads(permitted)}
            if (permitted := release.facts.get("robots_permission"))
            else {}
        ),
        "resources": [_resource(release, table, folder) for table in tables],
        "files": [
            {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in files
        ],
    }
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def _resource(release: Release, table: Table, folder: Path) -> dict[str, object]:
    path = folder / "csv" / f"{table.name}.csv"
    schema: dict[str, object] = {"fields": [_field(release, column) for column in table.columns], "missingValues": [""]}
    if release.unique(table):
        schema["primaryKey"] = list(table.key)
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"csv/{table.name}.csv",
        "description": table.about,
        **_translated(release, table.about),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256(path)}",
        "schema": schema,
    }


def _field(release: Release, column: Column) -> dict[str, object]:
    told = {"name": column.name, **_TYPES[column.kind], "description": column.about}
    return told | _translated(release, column.about)


def _translated(release: Release, text: str) -> dict[str, object]:
    """A description's Russian and Kazakh, where the release has them."""
    known = {lang: said[text] for lang, said in release.words.items() if text in said}
    return {"description_translations": known} if known else {}
