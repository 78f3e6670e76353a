"""What a proof of one figure is made from: finished records, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.measure.cards import Card
from auditor.measure.records import Figure
from auditor.records import Evidence, PermissionUsed, StoredCoding


@dataclass(frozen=True, slots=True)
class Behind:
    """One entry or listing behind a figure. `counted` is False for one that is part of the denominator only."""

    key: str
    code: str
    name: str
    form: str
    counted: bool
    coding: StoredCoding | None
    evidence: Evidence | None
    #: The capture's own record (WARC file, offset) where that is a revisit whose body lies in `evidence`.
    seen: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """A figure with all that it rests on. `about` are facts in words: date, edition, language, codebook, coding;
    `permissions` are the letters by which its pages were asked for where robots.txt closes them.
    """

    figure: Figure
    card: Card
    about: Mapping[str, str]
    behind: tuple[Behind, ...]
    rules: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    permissions: tuple[PermissionUsed, ...] = ()
