"""What axe-core finds wrong with a page in a browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_GRAVE = ("serious", "critical")


def grave(page: Page) -> list[str]:
    """What a reader with a keyboard or a screen reader would be stopped by."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
    # Preloading style sheets is a request of the checker's own, which the page's policy refuses.
    found = Axe().run(page, options={"runOnly": rules, "preload": False, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}"
        for one in found.response["violations"]
        if one["impact"] in _GRAVE
    ]
