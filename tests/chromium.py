"""A real browser, and pages of it that wait for what is asked of them longer than a machine under load needs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

_PATIENCE_MS = 180_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, until the block ends; a test without one fails."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no chromium here: `apt-get install chromium` (as .ci/run does) installs it", pytrace=False)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"], timeout=_PATIENCE_MS)
        yield browser
        browser.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """A page in a context of its own."""
    context = browser.new_context(**options)
    context.set_default_timeout(_PATIENCE_MS)
    return context.new_page()
