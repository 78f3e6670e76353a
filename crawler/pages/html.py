"""Bytes of a page as text, when what the page says of its own charset cannot be trusted.

The order is the header's charset, the page's own `<meta>`, UTF-8, Windows-1251; a charset is believed only as far as
the bytes bear it out. The bytes themselves stay in the archive as they came.
"""

from __future__ import annotations

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
#: The HTML standard wants the declaration in the first 1,024 bytes; old pages put long comments before it.
_META_WINDOW = 4096
#: Letters of Russian and Kazakh in Cyrillic script.
_CYRILLIC = re.compile("[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]")
_FOREIGN = re.compile("[^\x00-\x7f]")


def decode(body: bytes, content_type: str) -> str:
    """The page's text. `content_type` is the header's value, "" when there is none. Never raises.

    A page that says UTF-8 and is Windows-1251 (or the other way round) is read as what it is: bytes that are valid
    UTF-8 beyond ASCII are UTF-8 by more than chance. Single broken bytes in a UTF-8 page become U+FFFD.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    for name in (_declared(content_type, body), "utf-8"):
        text = _strictly(body, name)
        if text is not None:
            return text
    return _best_guess(body)


def _declared(content_type: str, body: bytes) -> str:
    """The charset that header or meta name, "utf-8" when they name none that Python knows, or the bytes belie it."""
    header = _HEADER_CHARSET.search(content_type)
    meta = _META_CHARSET.search(body, 0, _META_WINDOW)
    names = [header.group(1)] if header else []
    names += [meta.group(1).decode("ascii")] if meta else []
    for name in names:
        try:
            info = codecs.lookup(name)
        except LookupError:
            continue
        # A one-byte charset decodes anything; UTF-8 does not. Text that passes as UTF-8 is never one-byte Cyrillic.
        if info.name != "utf-8" and _strictly(body, "utf-8") is not None and not body.isascii():
            return "utf-8"
        if _strictly(body, info.name) is not None:
            return info.name
    return "utf-8"


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except (UnicodeDecodeError, LookupError):  # LookupError: a codec that gives no text, such as `hex`
        return None


def _best_guess(body: bytes) -> str:
    """Bytes that are no clean UTF-8: UTF-8 with a few broken places, or Windows-1251 that says nothing of itself."""
    as_utf8 = body.decode("utf-8", errors="replace")
    as_cyrillic = body.decode("windows-1251", errors="replace")
    broken = as_utf8.count("�")
    foreign = len(_FOREIGN.findall(as_cyrillic))
    if broken * 10 >= foreign and len(_CYRILLIC.findall(as_cyrillic)) * 2 >= foreign:
        return as_cyrillic
    return as_utf8
