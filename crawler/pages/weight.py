"""Whether a page is too much to read: told from its bytes, before any tree is built.

The largest acts have about 1 M characters and 60,000 tags. A page far beyond that is broken, or was made to be slow to
read; it is kept as evidence and nothing of it is read.
"""

from __future__ import annotations

from crawler.pages.records import Finding, Level

#: Bytes of a page beyond which it is not read; bodies over 30 MB are not even kept.
MOST_BYTES = 16_000_000
#: Tags of an act's text: three times those of 1,300 rows with eleven cells and a paragraph in each.
MOST_TAGS_OF_ACT = 200_000
#: Tags of any other page, which are small.
MOST_TAGS = 100_000


def overweight(body: bytes, most_tags: int = MOST_TAGS) -> Finding | None:
    """The finding that a page has too many bytes or tags to be one of ours; None for any other."""
    if len(body) > MOST_BYTES:
        return _too_heavy(f"{len(body)} bytes, more than {MOST_BYTES}")
    tags = body.count(b"<")
    if tags > most_tags:
        return _too_heavy(f"{tags} tags, more than {most_tags}")
    return None


def _too_heavy(what: str) -> Finding:
    return Finding("too_heavy", Level.ERROR, "page", f"{what}: nothing of the page is read")
