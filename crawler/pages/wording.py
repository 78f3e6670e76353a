"""Wordings kept as data: the lookup files beside the sources, and the key under which a text is looked up in them.

A lookup key is letters and digits alone, without spaces: words broken by soft hyphens, line ends or stray spaces, glued
words, look-alike letters and Kazakh typed on a Russian keyboard all come to one key. It is for recognising a known
wording, never for telling two names apart (`text.compare_key` does that).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from crawler.errors import ContentError
from crawler.pages.text import fold_homoglyphs, plain

_NOT_LETTERS = re.compile(r"[^\w№]+|_")
#: Kazakh letters and the Russian ones typed in their place where the keyboard has no others.
_RUSSIAN_KEYBOARD = str.maketrans("әғқңөұүһіё", "агкноуухие")


def letters_key(text: str) -> str:
    """The lookup key of a text: "" when it has neither letters nor digits."""
    letters = _NOT_LETTERS.sub("", plain(text))
    return fold_homoglyphs(letters).casefold().translate(_RUSSIAN_KEYBOARD)


def pattern(wording: str) -> str:
    """A wording from a lookup file as a regular expression over lookup keys: spaces are for the reader only."""
    return re.sub(r"\s+", "", wording).casefold().translate(_RUSSIAN_KEYBOARD)


@cache
def lookup(name: str) -> dict[str, Any]:
    """The content of `crawler/sources/<name>.yml`. Raises ContentError when it is no mapping."""
    content = yaml.safe_load(files("crawler").joinpath("sources", f"{name}.yml").read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ContentError(f"{name}.yml: no mapping of keys to values")
    return content
