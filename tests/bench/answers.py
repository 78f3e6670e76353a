"""What the coder answers on every name coded by hand, as one digest beside the coder's version: `answers.json`.

A stored coding is known by the coder's version. Code that answers otherwise under the same version would leave codings
of two minds that nothing tells apart; a test holds the file to what the coder says. `python -m tests.bench.answers`
writes it anew, and refuses where the answers are others and the version is not.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from pathlib import Path

from auditor.coding.coder import Coder
from auditor.records import CodingInput
from crawler.pages.records import Lang
from tests.bench.folds import NAMES

FILE = Path(__file__).parent / "answers.json"


def answers(coder: Coder) -> dict[str, str]:
    """The coder's version and the digest of its answers, with their grounds and places, on all hand-coded names."""
    digest = hashlib.sha256()
    for path in sorted(NAMES.glob("*_??.csv")):
        lang = Lang(path.stem[-2:])
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                given = CodingInput(row["name"], row.get("result", ""), row.get("category", ""), lang=lang)
                digest.update(repr(coder.code(given)).encode())
    return {"version": coder.version, "answers": digest.hexdigest()}


def stored() -> dict[str, str]:
    """What the file holds."""
    found: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def run() -> None:
    """Prints the coder's version, and whether its answers are those kept beside it."""
    now = answers(Coder.load())
    print(f"coder {now['version']}: its answers are {'' if now == stored() else 'not '}those of answers.json")


def write() -> None:
    """Write the file anew, unless one version would have two minds."""
    now = answers(Coder.load())
    before = stored() if FILE.exists() else {}
    if before.get("version") == now["version"] and before != now:
        sys.exit("the coder answers otherwise under the same version: raise _METHOD in auditor/coding/coder.py first")
    FILE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
