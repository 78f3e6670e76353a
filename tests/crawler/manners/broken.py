"""Faults of our own, put between the middlewares: what a bug there would look like."""

from __future__ import annotations

from typing import Any


class _Senseless:
    def __str__(self) -> str:
        raise TypeError("a bug after asking")


class Broken:
    """Raises for one address before it is asked, and spoils the answer to another on its way in."""

    def process_request(self, request: Any) -> None:
        """Raise for pages of the first of January."""
        if request.url.endswith("/01.01.2021"):
            raise KeyError("a bug before asking")

    def process_response(self, request: Any, response: Any) -> Any:
        """Leave something senseless in answers of the second of January."""
        if request.url.endswith("/02.01.2021"):
            response.ip_address = _Senseless()
        return response
