"""Tests that stand on one costly shared setup run in one process, so that the setup is made once and not in each.

Two tests belong together if a fixture of module or session scope of ours serves both, at first hand or through others.
`pytest -n 2 --dist loadgroup` keeps what is marked so together; without processes the marks mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

#: Shared, but made at once or wanted in each process.
_CHEAP = frozenset(
    {
        *("postgres", "sqlite_template", "mailbox", "web", "folder", "tsa", "tools", "browser", "addresses", "rows"),
        *("history", "root", "read", "kinds", "tour", "sites", "pristine"),
    }
)
#: Fixtures that a fixture asks for by name while it runs, which nothing else shows.
_BEHIND = {"sample_url": "tests.conftest:sample_archive"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with the group of its shared setups; a test that shares nothing stays free."""
    shared = [(item, set(_setups(item))) for item in items]
    groups = _joined(setups for _, setups in shared)
    for item, setups in shared:
        if setups:
            item.add_marker(pytest.mark.xdist_group(groups[min(setups)]))


def _setups(item: pytest.Item) -> Iterator[str]:
    info = getattr(item, "_fixtureinfo", None)
    for name, definitions in info.name2fixturedefs.items() if info else ():
        made = definitions[-1]
        if made.scope in ("module", "session") and name not in _CHEAP and made.func.__module__.startswith("tests."):
            yield f"{made.func.__module__}:{name}"
        if name in _BEHIND:
            yield _BEHIND[name]


def _joined(sets: Iterable[set[str]]) -> dict[str, str]:
    """For each setup the name of its group: setups that serve one test are in one."""
    groups: dict[str, set[str]] = {}
    for one in sets:
        whole = one.union(*(groups.get(setup, set()) for setup in one))
        for setup in whole:
            groups[setup] = whole
    return {setup: min(whole) for setup, whole in groups.items()}
