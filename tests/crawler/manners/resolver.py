"""A resolver that lies, for crawls that must not believe it."""

from __future__ import annotations

import os
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred, succeed

#: The environment variable that holds `name=address` pairs, by commas.
ANSWERS = "LYING_RESOLVER"


class LyingResolver(CachingThreadedResolver):
    """Answers the names of `LYING_RESOLVER` with the addresses given there, all others truly."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802
        """As Twisted's interface says."""
        answers = dict(pair.split("=") for pair in os.environ.get(ANSWERS, "").split(",") if pair)
        return succeed(answers[name]) if name in answers else super().getHostByName(name, timeout)
