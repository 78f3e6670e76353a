"""What is said of pages that robots.txt closes and that were asked for by written permission."""

from __future__ import annotations

from auditor.records import PermissionUsed
from reports.i18n import N_, Words

HEADING = N_("Pages asked for by written permission")
_LINE = N_(
    "robots.txt closes %(where)s to programs. Its pages were asked for by written permission: %(who)s, %(day)s, "
    "sha256 of the letter %(letter)s. Pages read by it: %(n)s."
)


def said(words: Words, used: PermissionUsed) -> str:
    """One permission in a sentence or two: where, by whom, since when, which letter, how many pages."""
    return words.say(
        _LINE, where=used.where, who=used.who, day=words.day(used.day), letter=used.letter, n=words.number(used.pages)
    )
