"""Stages that say nothing on the terminal: what they and their child processes write goes into a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def into_log(path: Path) -> Iterator[None]:
    """Send stdout and stderr, those of child processes too, to `path` until the end. Raises OSError."""
    kept = [(stream, stream.fileno(), os.dup(stream.fileno())) for stream in (sys.stdout, sys.stderr)]
    with path.open("ab") as file:
        try:
            for stream, number, _ in kept:
                stream.flush()
                os.dup2(file.fileno(), number)
            yield
        finally:
            for stream, number, before in kept:
                stream.flush()
                os.dup2(before, number)
                os.close(before)
