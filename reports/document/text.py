"""The one door through which text goes into a document: nothing that damages a file or misleads a reader."""

from __future__ import annotations

import re

from auditor.tables import written_out

#: Control characters, halves of surrogate pairs, non-characters: XML has no place for them and a word processor calls
#: the file damaged.
_HARMFUL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: A cell of more letters than this could be taller than a page, so its row may break.
LONG = 1500
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")


def harmless(text: str) -> str:
    """The text without what no file can hold; what nobody would see is written out; line breaks are spaces.

    The narrow no-break space of dates becomes the common one: few fonts have it, and a year would end in a box.
    """
    return _BREAKS.sub(" ", written_out(_HARMFUL.sub("", text))).replace("\u202f", "\u00a0")
