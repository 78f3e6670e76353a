"""What one ingest did, as a record for people and programs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Held:
    """An edition that does not count yet. `key` is what `--accept` takes."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A page of which nothing was stored but that it was captured."""

    url: str
    code: str
    reason: str


@dataclass(slots=True)
class IngestSummary:
    """Counts are of new rows. `held` and `undated` are what waits now, whenever it was read; `failed` of this ingest.

    `newly_waiting`: the keys and addresses in `held` and `undated` that did not wait before this ingest.
    `damaged`: a body did not fit its SHA-256.
    """

    runs: int = 0
    captures: int = 0
    pages: int = 0
    histories: int = 0
    editions: int = 0
    entries: int = 0
    lists: int = 0
    listings: int = 0
    service_pages: int = 0
    issues: int = 0
    resolved: int = 0
    failed: list[Failed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    newly_waiting: list[str] = field(default_factory=list)
    damaged: bool = False

    @property
    def new_rows(self) -> int:
        """Rows of any kind that this ingest added."""
        return self.captures + self.histories + self.editions + self.entries + self.listings + self.service_pages

    @property
    def exit_code(self) -> int:
        """0 when everything counts, 5 for damaged evidence, 4 when something failed in this ingest or began to wait.

        What waited before was said before: a nightly run does not fail on it every night.
        """
        if self.damaged:
            return 5
        return 4 if self.failed or self.newly_waiting else 0
