"""What a coder may be called: one person one alias, and no two that the eye takes for one. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import ADJUDICATED
from auditor.review.compared import PEOPLE
from crawler.errors import UsageError

_ALIAS = re.compile(r"\w[\w.-]{0,39}")
_TAKEN = (MACHINE, PEOPLE, ADJUDICATED.rstrip(":"))
#: Cyrillic (Kazakh ones too) and Greek small letters as the Latin ones of their look, digits as letters they pass for.
_LOOK = str.maketrans("авекмнорстухіһәѕјԛԝαορκν01", "abekmhopctyxihəsjqwaopkvol")


def alias(text: str) -> str:
    """A coder's alias as it is kept: lower case, so that Anna and anna are one. Raises UsageError."""
    folded = unicodedata.normalize("NFKC", text.strip()).casefold()
    look = _look(folded)
    if not _ALIAS.fullmatch(folded) or look in map(_look, _TAKEN) or look.startswith(_look(_TAKEN[-1])):
        raise UsageError(
            f"{text!r} cannot be a coder's alias: up to 40 letters, digits, '.', '_' or '-', and none of "
            + ", ".join(_TAKEN)
        )
    return folded


def refuse_look_alike(coder: str, known: Iterable[str]) -> None:
    """Raises UsageError for an alias that is not among the known ones and looks like one of them."""
    for other in sorted(known):
        if other != coder and _look(other) == _look(coder):
            raise UsageError(
                f"{coder!r} looks like the coder {other!r} and is written with other letters: two people must have two "
                "names, and one person one"
            )


def _look(folded: str) -> str:
    """An alias as the eye reads it: without marks over letters, dots and dashes, in Latin letters where they pass."""
    bare = "".join(char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char))
    return re.sub(r"[._-]", "", bare).translate(_LOOK)
