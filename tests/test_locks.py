"""What is installed is what was reviewed: every dependency is locked, at one version, with the sums of its files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
_PINNED = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)")


def _locked(lock: Path) -> dict[str, list[str]]:
    """Package → the lines that belong to it, sums included."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pinned := _PINNED.match(line):
            name = pinned[1]
            found.setdefault(name, [])
        assert name, f"{lock.name} begins with {line}"
        assert pinned or line.startswith("    --hash="), f"{lock.name}: not a pinned requirement: {line}"
        found[name].append(line)
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_the_sums_of_its_files(lock: Path) -> None:
    for name, lines in _locked(lock).items():
        sums = re.findall(r"--hash=sha256:([0-9a-f]{64})\b", "\n".join(lines))
        assert sums, f"{lock.name}: {name} has no sum"


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


def test_whatever_the_project_names_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [one for extra in project["project"]["optional-dependencies"].values() for one in extra]
    groups = project["dependency-groups"]
    wanted = {
        "runtime.lock": project["project"]["dependencies"],
        "dev.lock": [*project["project"]["dependencies"], *extras, *groups["dev"]],
        "build.lock": project["build-system"]["requires"],
        "supply.lock": groups["supply"],
        "fuzz.lock": groups["fuzz"],
    }
    assert set(wanted) == {lock.name for lock in LOCKS}
    for lock in LOCKS:
        assert _names(wanted[lock.name]) <= set(_locked(lock)), lock.name
