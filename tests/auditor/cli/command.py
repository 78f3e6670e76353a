"""The real command in a process of its own, as a user types it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

EGOV_AUDIT = Path(sys.executable).with_name("egov-audit")


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended and what it said."""

    code: int
    out: str
    err: str


def egov_audit(folder: Path, *words: str, **environ: str) -> Ended:
    """Run `egov-audit` with its data below `folder`."""
    done = subprocess.run(
        [str(EGOV_AUDIT), *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)
