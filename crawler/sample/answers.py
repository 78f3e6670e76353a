"""An answer of a sample site, and how its text comes about: templates, validators, the pages that any path can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of a sample site. `headers` always hold Content-Type, ETag and Last-Modified."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def page(body: str, changed: date, status: int = 200, content_type: str = "text/html; charset=utf-8") -> Page:
    """A page with its validators; `changed` is the day that Last-Modified tells (midnight, UTC)."""
    data = body.encode("utf-8")
    headers = {
        "Content-Type": content_type,
        "ETag": f'"{sha256(data).hexdigest()[:20]}"',
        "Last-Modified": format_datetime(datetime.combine(changed, time(), UTC), usegmt=True),
    }
    return Page(status, headers, data)


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - templates take texts, lists and records
    """A template of the sample with its values. Raises jinja2's UndefinedError when one is missing."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("crawler.sample"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def challenge_page(path: str) -> Page:
    """The page that a guard sends with status 200 in place of the one at `path`."""
    return page(render("challenge.html.j2", path=path), date(2024, 12, 13))


def missing_page(path: str) -> Page:
    """The answer for a path that a site does not have."""
    return page(render("missing.html.j2", path=path), date(2024, 12, 13), status=404)
