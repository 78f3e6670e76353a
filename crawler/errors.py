"""The one tree of errors a user can meet. Each class says when it is raised.

The command line turns an error into one line on stderr and an exit code.
"""

from __future__ import annotations

import errno
import re

#: What reading a record of ours out of JSON raises that somebody else has written: no JSON, too deep, not the fields or
#: kinds that are looked for.
UNREADABLE = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


class AuditError(Exception):
    """Base of every error that is shown to a person as one line. `exit_code` is what the process ends with."""

    exit_code = 1


class UsageError(AuditError):
    """What was asked for cannot be asked: an unknown name, a folder that is not ours, FROM after TO."""

    exit_code = 2


class SourceError(AuditError):
    """A source or the network did not give what was needed: refused, forbidden, challenged, budget used up."""

    exit_code = 3


class ContentError(AuditError):
    """Something was read but cannot be accepted: a senseless table, a bad file, a newer database."""

    exit_code = 4


class IntegrityError(AuditError):
    """Kept evidence does not fit its own record: a changed byte, a missing file, a broken chain."""

    exit_code = 5


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def without_controls(text: str) -> str:
    """Text whose control characters (but tabs and line ends) are written out as `\\x1b`.

    What a site says ends up on terminals, which take such characters for orders: colours, titles, the clipboard.
    """
    return _CONTROLS.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)


def in_words(error: OSError, *, path: bool = True) -> str:
    """What the system says, of which file if `path`, and what to do about a disk that is full or cannot be written."""
    told = error.strerror or str(error) or type(error).__name__
    if path and error.filename:
        told += f": {error.filename}"
    if error.errno in _FULL:
        return f"{told} (make room on the disk and start again: what was kept before is whole)"
    if error.errno in _CLOSED:
        return f"{told} (look whether the disk is read-only and whose file it is, then start again)"
    return told
