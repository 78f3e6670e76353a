"""Which redirect is followed: to an allowed host, to the same page, over a connection no weaker, five in a row."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from crawler.pages.address import Site, host_of, identify

#: RFC 9309 wants five for robots.txt; a page that needs more is a loop.
MOST = 5
_FOLLOWED = frozenset({301, 302, 303, 307, 308})


class RefusedError(Exception):
    """A redirect that is not followed; the text says why, as one line."""


def follow(url: str, status: int, location: str, allowed: frozenset[str], sites: Iterable[Site]) -> str:
    """The address to ask next, without fragment. Raises RefusedError.

    A redirect to what is by its address another page (a dead service to the home page, an old edition to the text in
    force, Kazakh to Russian) is refused: the page asked for was not given.
    """
    if status not in _FOLLOWED or not location.strip():
        raise RefusedError(f"answer {status} says nowhere to go")
    try:
        target = urljoin(url, location.strip()).partition("#")[0]
        scheme, host = urlsplit(target).scheme, host_of(target)
    except ValueError as error:
        raise RefusedError(f"redirect to {location.strip()[:200]} refused: no address") from error
    if host not in allowed:
        raise RefusedError(f"redirect to {target[:200]} refused: {host or 'it'} is not a host of this source")
    if urlsplit(url).scheme == "https" and scheme != "https":
        raise RefusedError(f"redirect to {target[:200]} refused: it leaves the encrypted connection")
    known = tuple(sites)
    asked = identify(url, known)
    if asked is not None and identify(target, known) != asked:
        raise RefusedError(f"redirect to {target[:200]} refused: it is another page")
    return target
