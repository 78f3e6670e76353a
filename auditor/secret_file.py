"""Secrets from a file that nobody else can read: the settings of `EGOV_AUDIT_SECRETS_FILE`."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from pathlib import Path

from crawler.errors import UsageError

SETTING = "EGOV_AUDIT_SECRETS_FILE"
_LINE = re.compile(r"EGOV_AUDIT_([A-Z_]+)=(.*)")
#: Far more than a few addresses: whoever names a database or a device by mistake gets an answer, not a full memory.
_MOST = 64_000


def read_secrets(path: Path, known: Collection[str]) -> dict[str, str]:
    """The file's settings by their names in small letters, which are among `known`.

    The file holds lines `EGOV_AUDIT_NAME=value`, as systemd's EnvironmentFile does: blank lines and those that begin
    with # are skipped, a pair of quotes around a value is taken off. Raises UsageError, with no word of a value, for a
    file that others may read or write, that another user owns or that cannot be read, and for a line that is none.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(_text(path).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise UsageError(f"{SETTING}: line {number} is no EGOV_AUDIT_NAME=value")
        name, value = match[1].lower(), match[2].strip()
        if name not in known:
            may = ", ".join(f"EGOV_AUDIT_{each.upper()}" for each in sorted(known))
            raise UsageError(f"{SETTING}: line {number}: EGOV_AUDIT_{match[1]} has no place there; these have: {may}")
        if name in found:
            raise UsageError(f"{SETTING}: line {number}: EGOV_AUDIT_{match[1]} stands there twice")
        found[name] = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
    return found


def _text(path: Path) -> str:
    """The file's text. The opened file is checked: its name may point to another one a moment later."""
    try:
        # A pipe without a writer would keep us waiting.
        number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            _refuse(path, os.fstat(number))
            return os.read(number, _MOST).decode()
        finally:
            os.close(number)
    except OSError as error:
        raise UsageError(f"{SETTING}: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{SETTING}: {path} is no text in UTF-8") from None


def _refuse(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise UsageError(f"{SETTING}: {path} is no file")
    if state.st_uid != os.geteuid():
        raise UsageError(f"{SETTING}: {path} belongs to another user; it has to be yours alone")
    if state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"{SETTING}: others may use {path}: mode {state.st_mode & 0o777:o}; chmod 600 {path}")
    if state.st_size > _MOST:
        raise UsageError(f"{SETTING}: {path} is larger than a file of settings")
