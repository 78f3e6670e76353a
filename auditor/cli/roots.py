"""The roots a person kept elsewhere, held against the archive's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from crawler.archive.verify import Inspection
from crawler.errors import UsageError

_ROOT = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


def read_roots(given: Iterable[str], file: Path | None) -> tuple[str, ...]:
    """The roots given one by one, and those of a file: one a line, what follows it (a date, a place) is a remark.

    Raises UsageError for something that is no SHA-256 and for a file without one.
    """
    found = [_read(text.strip(), "--root") for text in given]
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--roots {file}: cannot be read") from error
        told = [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
        if not told:
            raise UsageError(f"--roots {file}: holds no root")
        found += [_read(word, f"--roots {file}") for word in told]
    return tuple(dict.fromkeys(found))


def _read(text: str, where: str) -> str:
    match = _ROOT.fullmatch(text)
    if match is None:
        raise UsageError(f"{where}: {text[:80]!r} is no sha256 in 64 hexadecimal digits")
    return match[1].lower()


def missing(roots: Sequence[str], found: Inspection) -> tuple[str, ...]:
    """The roots that neither a run nor a seal of the archive has."""
    return tuple(root for root in roots if root not in found.roots)
