"""A document as PDF, for who passes it on: tagged, its fonts within it, made without any network. Extra `[pdf]`."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import resources
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from crawler.errors import UsageError
from reports.contexts.document import Document, Picture
from reports.document.html import CHART, to_html

#: Ends the file, after the PDF's own end: a comment that no reader shows and no edit leaves at the end.
_MARK = b"\n%egov-audit:"
_FONTS = "DejaVu Sans (on Debian and Ubuntu: apt install fonts-dejavu)"


class Charts(URLFetcher):  # type: ignore[misc]  # the library has no types
    """Gives the document's own charts and refuses every other address: no network, no file of this machine."""

    def __init__(self, charts: Mapping[str, bytes]) -> None:
        """`charts` are SVG by name."""
        super().__init__(allowed_protocols=(), fail_on_errors=True)
        self._charts = charts

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - the library's own
        """The chart of an address; the library stops at the PermissionError that any other one raises."""
        name = url.removeprefix(CHART)
        if name == url or name not in self._charts:
            raise PermissionError(f"a document asks for nothing but its charts, not for {url}")
        return URLFetcherResponse(url, self._charts[name], {"Content-Type": "image/svg+xml"})


def to_pdf(content: Document, pictures: Path) -> bytes:
    """The document's bytes, the same for the same content and fonts; `pictures` holds its charts as SVG.

    Raises UsageError where no font of this machine has the document's own letters, OSError for a chart not there.
    """
    names = [block.name for block in content.blocks if isinstance(block, Picture)]
    fetcher = Charts({name: (pictures / f"{name}.svg").read_bytes() for name in names})
    css = resources.files("reports").joinpath("static/document.css").read_text(encoding="utf-8")
    with _letters_needed():
        page = HTML(string=to_html(content), base_url=None, url_fetcher=fetcher)
        data = page.write_pdf(stylesheets=[CSS(string=css, url_fetcher=fetcher)], pdf_tags=True)
    if not isinstance(data, bytes):
        raise TypeError("the library gave no bytes")
    return data + _MARK + sha256(data).hexdigest().encode() + b"\n"


def untouched(data: bytes) -> bool:
    """Whether the bytes are a document of ours that nobody has added to since."""
    body, mark, end = data.rpartition(_MARK)
    return bool(mark) and end == sha256(body).hexdigest().encode() + b"\n"


class _Missing(logging.Handler):
    """Gathers the letters that no font has."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.letters: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Take the letter from the library's warning: its first argument."""
        if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple) and record.args:
            self.letters.add(str(record.args[0]))


@contextmanager
def _letters_needed() -> Iterator[None]:
    """Turns the library's warning about a Latin or Cyrillic letter without a glyph into an error.

    Such a report would show boxes for words. A stray sign of another script in a name may be a box.
    """
    seen, log = _Missing(), logging.getLogger("weasyprint")
    log.addHandler(seen)
    try:
        yield
    finally:
        log.removeHandler(seen)
    own = sorted(one for one in seen.letters if unicodedata.name(one, "").startswith(("LATIN", "CYRILLIC", "DIGIT")))
    if own:
        raise UsageError(f"no font of this machine has {' '.join(own)}: install {_FONTS}")
