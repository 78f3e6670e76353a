"""The columns of a coder's sheet and how evidence texts stand in its cells."""

from __future__ import annotations

import re

from auditor.records import CodingInput
from auditor.review.records import SampleItem
from auditor.tables import safe_cell
from crawler.pages.text import squeeze

#: What a coder is shown, what a coder fills in, what an adjudicator fills in, and by what a file is known again.
SHOWN = ("id", "lang", "name", "result", "category", "provider")
CODES = ("nature", "completeness", "output", "sector")
ANSWERS = (*CODES, "note")
DECISION = (*CODES, "reason")
MARK = "sheet"
#: A column that shows a coder's codes to the adjudicator begins so.
CODER = "coder "

#: A cell of a workbook holds 32,767 characters at most.
_LONGEST = 32_000
_CUT = " […]"
# A workbook's own way to write a character by its number; programs disagree on reading it back.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# What XML cannot hold, and halves of surrogate pairs.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def cell_text(text: str) -> str:
    """A text as it stands in a cell: white space folded, without what no cell can hold, a very long one cut."""
    clean = squeeze(_ESCAPE.sub("＿", _UNFIT.sub("\ufffd", text)))
    return clean if len(clean) <= _LONGEST else clean[:_LONGEST] + _CUT


def shown_cells(item: SampleItem) -> list[str]:
    """The cells under `SHOWN`."""
    given: CodingInput = item.subject.given
    texts = (item.key, str(given.lang), given.name, given.result, given.category, given.provider)
    return [cell_text(text) for text in texts]


def same_cell(cell: str, shown: str) -> bool:
    """Whether a cell that came back still holds what was shown; a CSV's guard against formulas may be in front."""
    return squeeze(cell) in (shown, squeeze(safe_cell(shown)))
