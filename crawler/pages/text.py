"""Text as the sources have it, and three ways of making it comparable. No letter that carries meaning is lost.

`squeeze` folds white space, `plain` also drops what cannot be seen, `compare_key` also folds what readers take for
the same: homoglyphs, quotes, dashes, ё/е, letter case. Sightings of each fault are in the source contract (SOURCES.md,
"Characters").
"""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"\s+")
#: Control characters but white space, soft hyphen, zero-width and bidirectional controls, byte-order mark, word
#: joiner: invisible, and never meant.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_WORD = re.compile(r"\w+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")

#: Latin letters that stand for a Cyrillic one of the same look; the second row is Kazakh's.
_LOOKALIKES = str.maketrans(
    "aceopxyiABCEHIKMOPTXYkmtəƏhʜ",
    "асеорхуіАВСЕНІКМОРТХУкмтәӘһһ",
)
_QUOTES = str.maketrans(dict.fromkeys("«»„“”‟‹›\"'`´‘’‚‛", " "))
_DASHES = re.compile("\\s*[‐‑‒–—―−-]+\\s*")
_PUNCTUATION = re.compile(r"\s*[.,;:()\[\]]+\s*")

KAZAKH_LETTERS = frozenset("әғқңөұүһіӘҒҚҢӨҰҮҺІ")


def squeeze(text: str) -> str:
    """NFC with every run of white space (no-break spaces included) as one space, none at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def plain(text: str) -> str:
    """`squeeze` without control characters, soft hyphens, zero-width and direction characters: what a person sees."""
    return squeeze(_INVISIBLE.sub("", text))


def fold_homoglyphs(text: str) -> str:
    """Latin look-alikes turned Cyrillic in words that hold at least one Cyrillic letter. Length is kept."""

    def fold(match: re.Match[str]) -> str:
        word = match.group()
        return word.translate(_LOOKALIKES) if _CYRILLIC.search(word) and not word.isascii() else word

    return _WORD.sub(fold, text)


def compare_key(text: str) -> str:
    """A name as a key: two texts that differ only in noise give the same one. Not for showing."""
    key = fold_homoglyphs(plain(text)).casefold().replace("ё", "е").translate(_QUOTES)
    key = _PUNCTUATION.sub(" ", _DASHES.sub("-", key))
    return squeeze(key)


def looks_kazakh(text: str) -> bool:
    """Whether the letters say Kazakh: at least one in a hundred letters is one that Russian does not have."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and sum(char in KAZAKH_LETTERS for char in letters) * 100 >= len(letters)
