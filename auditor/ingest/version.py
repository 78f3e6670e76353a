"""Which parsers read a page; kept with every reading."""

from __future__ import annotations

#: Raised by one when a parser reads the same bytes otherwise than before; `ingest --again` then reads all pages anew.
PARSERS = "1"
