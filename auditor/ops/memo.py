"""What a state of the database gave, as a report or as a seal: a second look at the same state has nothing to read.

The memo is a shortcut and no evidence: a lost or broken one costs the time of doing the work again, nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path

from crawler.archive.layout import write_whole
from crawler.errors import UNREADABLE

_NAME = "known.json"
#: As many languages and dates as somebody makes reports of from one state of the database.
_MOST = 50


def recall(folder: Path, state: str) -> str:
    """The digest of what this state gave; "" where nobody remembers."""
    return _read(folder).get(state, "")


def remember(folder: Path, state: str, inputs: str) -> None:
    """Keep what a state gave, the newest last. Raises OSError."""
    known = {old: told for old, told in _read(folder).items() if old != state} | {state: inputs}
    folder.mkdir(parents=True, exist_ok=True)
    kept = dict(list(known.items())[-_MOST:])
    content = (json.dumps(kept, indent=1) + "\n").encode()
    write_whole(folder / _NAME, content, by_way_of=folder / f"{_NAME}.tmp")


def _read(folder: Path) -> dict[str, str]:
    try:
        told = json.loads((folder / _NAME).read_bytes())
    except (OSError, *UNREADABLE):
        return {}
    return {str(state): str(inputs) for state, inputs in told.items()} if isinstance(told, dict) else {}
