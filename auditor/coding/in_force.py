"""Which of several codings of one subject counts."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.records import StoredCoding


def coding_in_force(codings: Sequence[StoredCoding]) -> StoredCoding | None:
    """The newest coding, None without any. `codings` are of one subject under one codebook, oldest first."""
    return codings[-1] if codings else None
