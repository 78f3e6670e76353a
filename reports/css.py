"""Text inside a style sheet of a page."""

from __future__ import annotations

#: What may stand in a CSS string as it is, besides letters and digits of any script.
_PLAIN = frozenset(" ,.-()")


def css_string(text: str) -> str:
    """A quoted CSS string that shows `text`.

    HTML's own escapes are not read inside `<style>`, so all but letters, digits and plain marks is written as CSS
    escapes: a quote, a backslash, a line break or `</style>` in a translation can end neither string nor sheet.
    """
    return '"' + "".join(one if one.isalnum() or one in _PLAIN else f"\\{ord(one):x} " for one in text) + '"'
