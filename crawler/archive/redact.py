"""What must never reach the archive: keys, cookies, credentials, local paths."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from crawler.archive.records import Headers

_KEY = re.compile(r"(\bapi[-_]?key(?:=|%3D))[^&\s#\"'<>]*", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_LOCAL_PATH = re.compile(r"(?:file://|~|(?<![\w/:.])/)[^\s:,;'\"]*/(?=[^\s/])")
_SECRET_NAMES = frozenset(
    {"authorization", "proxy-authorization", "cookie", "cookie2", "set-cookie", "set-cookie2", "x-api-key", "apikey"}
)
_SECRET_ARGUMENT = re.compile(r"key|secret|password|token", re.IGNORECASE)


def clean_text(text: str) -> str:
    """A text or address with the value of any `apiKey` replaced and user names in addresses cut out."""
    return _USERINFO.sub("", _KEY.sub(r"\1REDACTED", text))


def clean_headers(headers: Headers) -> Headers:
    """Headers without credentials and cookies; what was left out is named in `X-Archive-Removed`."""
    named = [(name.strip(), value) for name, value in headers]  # readers take `Cookie :` for `Cookie:`
    removed = [name for name, _ in named if name.lower() in _SECRET_NAMES]
    kept = tuple((name, clean_text(value)) for name, value in named if name.lower() not in _SECRET_NAMES)
    return kept + tuple(("X-Archive-Removed", name) for name in removed)


def clean_arguments(arguments: Mapping[str, object]) -> dict[str, Any]:
    """A run's arguments as JSON: secrets replaced, of every local path only the last part."""
    return {
        name: "REDACTED" if _SECRET_ARGUMENT.search(name) else _portable(value) for name, value in arguments.items()
    }


def _portable(value: object) -> Any:  # noqa: ANN401 - anything that JSON can hold
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, PurePath):
        return value.name
    if isinstance(value, Mapping):
        return clean_arguments({str(name): item for name, item in value.items()})
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_portable(item) for item in items]
    return _LOCAL_PATH.sub("", clean_text(str(value)))
