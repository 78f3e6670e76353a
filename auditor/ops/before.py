"""What was known before a run began, kept while it is at work: one that goes on with a killed run compares with that.

Else the changes that the killed run had stored already would never be told.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.ops.picture import EditionFact, IssueFact, Picture
from auditor.ops.records import PastRun
from crawler.archive.layout import write_whole
from crawler.archive.lines import dump
from crawler.archive.records import RunResult
from crawler.errors import UNREADABLE

_FILE = "before.json"


def killed_before(
    past: Sequence[PastRun], arguments: Mapping[str, str], now: datetime, within: timedelta
) -> list[PastRun]:
    """The newest runs in a row that were killed, of the same arguments and begun within that time; oldest first."""
    found: list[PastRun] = []
    for run in reversed(past):
        young = timedelta(0) <= now - run.started <= within
        if run.result is not RunResult.INTERRUPTED or run.arguments != arguments or not young:
            break
        found.insert(0, run)
    return found


def keep_before(state: Path, run_id: str, picture: Picture) -> None:
    """Keep what was known before a run; it replaces what an earlier run kept. Raises OSError."""
    told = {
        "run_id": run_id,
        "editions": {key: asdict(fact) for key, fact in picture.editions.items()},
        "lists": {key: sorted(slugs) for key, slugs in picture.lists.items()},
        "pages": dict(picture.pages),
        "figures": dict(picture.figures),
        "issues": [asdict(issue) for issue in sorted(picture.issues)],
    }
    write_whole(state / _FILE, dump(told), by_way_of=state / f"{_FILE}.tmp")


def load_before(state: Path, runs: Collection[str]) -> Picture | None:
    """What one of these runs had kept; None if there is nothing of theirs that can be read."""
    path = state / _FILE
    if not runs or not path.exists():
        return None
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        if told["run_id"] not in runs:
            return None
        return Picture(
            editions={key: EditionFact(**fact) for key, fact in told["editions"].items()},
            lists={key: frozenset(slugs) for key, slugs in told["lists"].items()},
            pages=told["pages"],
            figures=told["figures"],
            issues=frozenset(IssueFact(**issue) for issue in told["issues"]),
        )
    except UNREADABLE:
        return None  # written by another version: then what is known now has to do


def drop_before(state: Path) -> None:
    """Forget it: the run is done, and has told what changed. Raises OSError."""
    (state / _FILE).unlink(missing_ok=True)
