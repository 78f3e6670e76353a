"""The sample's two sites as pages: path → status, headers, body. The same bytes every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal

from crawler.sample import adilet, egov
from crawler.sample.answers import Page

Site = Literal["adilet", "egov"]


@cache
def pages(site: Site) -> Mapping[str, Page]:
    """Every page of a sample site by its path. Raises ValueError for a site that the sample does not have."""
    if site == "adilet":
        return dict(_unique(adilet.render_pages()))
    if site == "egov":
        return dict(_unique(egov.render_pages()))
    raise ValueError(f"the sample has no site {site!r}")


def _unique(found: Iterator[tuple[str, Page]]) -> Iterator[tuple[str, Page]]:
    seen: set[str] = set()
    for path, each in found:
        if path in seen:
            raise ValueError(f"two sample pages at {path}")
        seen.add(path)
        yield path, each
