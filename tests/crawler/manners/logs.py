"""What the newest run of an archive wrote down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Logs:
    """A run's own files, as JSON."""

    run: dict[str, Any]
    fetches: list[dict[str, Any]]
    issues: list[dict[str, Any]]
    captures: list[dict[str, Any]]

    def fetch(self, url: str) -> dict[str, Any]:
        """How the asking for an address ended; it must have ended once."""
        found = [line for line in self.fetches if line["url"] == url]
        assert len(found) == 1, (url, found)
        return found[0]

    def codes(self, url: str) -> list[str]:
        """The issues of an address."""
        return [line["code"] for line in self.issues if line["url"] == url]


def read_logs(archive: Path) -> Logs:
    """The logs of the run that was sealed last."""
    newest = max(archive.glob("runs/*/run.json"), key=lambda path: json.loads(path.read_bytes())["started"])
    run = newest.parent.name
    return Logs(
        json.loads(newest.read_bytes()),
        _lines(newest.parent / "fetches.jsonl"),
        _lines(newest.parent / "issues.jsonl"),
        _lines(archive / "index" / f"{run}.jsonl"),
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
