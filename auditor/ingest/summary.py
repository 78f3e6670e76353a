"""What one ingest did, as a record for people and programs."""

from __future__ import annotations

from dataclasses import dataclass, field

#: The code of a service page that says nothing of a service.
NO_SERVICE = "no_service_read"
#: So many of a hundred service pages may say nothing before it is more than an accident.
_FEW_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Held:
    """An edition that does not count yet. `key` is what `--accept` takes."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A page of which nothing was stored but that it was captured. `told`: an earlier ingest said so of these bytes."""

    url: str
    code: str
    reason: str
    told: bool = False


@dataclass(slots=True)
class IngestSummary:
    """Counts are of new rows. `held` and `undated` are what waits now, whenever it was read; `failed` of this ingest.

    `newly_waiting`: the keys and addresses in `held` and `undated` that did not wait before this ingest.
    `damaged`: a body did not fit its SHA-256. `services_said`: service pages that said something, known or new.
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
    services_said: int = 0

    @property
    def new_rows(self) -> int:
        """Rows of any kind that this ingest added."""
        return self.captures + self.histories + self.editions + self.entries + self.listings + self.service_pages

    @property
    def exit_code(self) -> int:
        """0 when everything counts, 5 for damaged evidence, 4 when something failed in this ingest or began to wait.

        What waited or failed before was said before: a nightly run does not fail on it every night. Nor on a few
        services whose pages say nothing, for what was read of them before counts; many are a site that has changed.
        """
        if self.damaged:
            return 5
        grave = [one for one in self.failed if not one.told and one.code != NO_SERVICE]
        silent = [one for one in self.failed if not one.told and one.code == NO_SERVICE]
        many = len(silent) * 100 > (len(silent) + self.services_said) * _FEW_PERCENT
        return 4 if grave or many or self.newly_waiting else 0
