"""What a run gone on with after a kill holds already: its log lines, which are not written twice, and its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from crawler.archive.records import Capture, Fetch, RunIssue
from crawler.archive.seal import Whole
from crawler.archive.warc import safe_url
from crawler.pages.records import PageKind


class Earlier:
    """The part of a run that was written before its process was killed; empty for a run just begun."""

    def __init__(self, whole: Whole | None) -> None:
        self.captures: tuple[Capture, ...] = tuple(whole.captures) if whole else ()
        self.fetches: tuple[Fetch, ...] = tuple(whole.fetches) if whole else ()
        self._issues: tuple[RunIssue, ...] = tuple(whole.issues) if whole else ()
        self._by_id = {capture.capture_id: capture for capture in self.captures}
        self._fetched = {(fetch.url, fetch.target) for fetch in self.fetches}
        self._told = Counter(map(_words, self._issues))
        claimed = {fetch.capture_id for fetch in self.fetches if fetch.target.kind is not PageKind.ROBOTS}
        #: Answers of which the log does not say how the asking ended, and robots.txt: the newest of each address.
        self._unclaimed = {capture.url: capture for capture in self.captures if capture.capture_id not in claimed}

    @property
    def counts(self) -> Mapping[str, int]:
        """The writer's own counts of what lies there."""
        counts = Counter("revisits" if capture.record == "revisit" else "responses" for capture in self.captures)
        counts.update(fetch.outcome.value for fetch in self.fetches)
        counts.update(f"{issue.level}s" for issue in self._issues)
        return counts

    @property
    def faults(self) -> Counter[str]:
        """How many issues of each code were told."""
        return Counter(issue.code for issue in self._issues)

    def capture(self, capture_id: str) -> Capture | None:
        """The capture of that id, if it lies there."""
        return self._by_id.get(capture_id)

    def claim(self, url: str) -> Capture | None:
        """The answer for an address whose asking had not ended when the process was killed; each is given once."""
        return self._unclaimed.pop(safe_url(url), None)

    def tells_fetch(self, fetch: Fetch) -> bool:
        """Whether the log says already how this asking ended."""
        return (fetch.url, fetch.target) in self._fetched

    def tells_issue(self, issue: RunIssue) -> bool:
        """Whether the log has this issue; as often as it has it."""
        words = _words(issue)
        if not self._told[words]:
            return False
        self._told[words] -= 1
        return True


def _words(issue: RunIssue) -> tuple[str, ...]:
    return (issue.level, issue.stage, issue.code, issue.message, issue.url, issue.value)
