"""A badge for a web page: one line of SVG text, coloured by how the check-up ended. Pure."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

from auditor.ops.records import Level

_COLOURS = {Level.OK: "#2f6f3e", Level.WARN: "#8a5a00", Level.FAIL: "#a3231f"}
#: Width of one letter in Verdana 11, in pixels, as good as it gets without the font.
_LETTER, _PAD = 7, 12
_LABEL = "egov-audit"


def badge(level: Level, last_good: datetime | None) -> str:
    """The SVG file's text: the level in words, the day of the last good run. Colour never says it alone."""
    word = {Level.OK: "good", Level.WARN: "look", Level.FAIL: "failing"}[level]
    said = f"{word}, last good run {last_good:%Y-%m-%d}" if last_good else f"{word}, no good run yet"
    left, right = len(_LABEL) * _LETTER + _PAD, len(said) * _LETTER + _PAD
    title = escape(f"{_LABEL}: {said}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<rect width="{left}" height="20" fill="#444"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{_COLOURS[level]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{_LABEL}</text>'
        f'<text x="{left + right / 2:g}" y="14">{escape(said)}</text></g></svg>\n'
    )
