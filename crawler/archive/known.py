"""What earlier runs already keep of an address: the newest good capture, and the body a new one may point to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from crawler.archive import layout, manifest
from crawler.archive.lines import capture_of, read_lines
from crawler.archive.records import Capture, Provenance
from crawler.archive.warc import safe_url
from crawler.pages.records import Verdict


class Known:
    """Captures of all sealed runs and of the run being written, by address. Reads every index once, when made.

    Harvested and imported captures are kept apart: what a site answered never rests on a file that somebody handed in.
    Raises IntegrityError for an index that cannot be read.
    """

    def __init__(self, root: Path) -> None:
        self._good: dict[str, Capture] = {}
        self._last: dict[tuple[str, Provenance], Capture] = {}
        self._all: dict[str, list[Capture]] = {}
        self._responses: dict[tuple[str, int], Capture] = {}
        for run in manifest.load_all(root):
            for capture in read_lines(layout.place(root, run.run_id, layout.INDEX), capture_of):
                self.add(capture)

    def add(self, capture: Capture) -> None:
        """Take in a capture; of two at the same moment the later one wins."""
        if capture.record == "response":
            self._responses[(capture.warc, capture.offset)] = capture
        self._last[(capture.url, capture.provenance)] = capture
        self._all.setdefault(capture.url, []).append(capture)
        if capture.verdict is Verdict.OK and capture.provenance is Provenance.HARVESTED:
            before = self._good.get(capture.url)
            if before is None or before.at <= capture.at:  # a killed run can be sealed after a newer one
                self._good[capture.url] = capture

    def good(self, url: str) -> Capture | None:
        """The newest harvested capture of that address under verdict ok."""
        return self._good.get(safe_url(url))

    def last(self, url: str, provenance: Provenance) -> Capture | None:
        """The newest capture of that address, whatever its verdict."""
        return self._last.get((safe_url(url), provenance))

    def of(self, url: str) -> tuple[Capture, ...]:
        """Every capture of that address, in the order the runs were sealed."""
        return tuple(self._all.get(safe_url(url), ()))

    def base(self, capture: Capture) -> Capture:
        """The response that holds a capture's body, with what the capture said anew about it (tag, date, verdict)."""
        if capture.refers_to is None:
            return capture
        return replace(
            self._responses[capture.refers_to],
            content_type=capture.content_type,
            etag=capture.etag,
            last_modified=capture.last_modified,
            verdict=capture.verdict,
        )
