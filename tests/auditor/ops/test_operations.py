"""The operations page says what to do about every issue, verdict, state and exit code that the product can show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from auditor.ops.records import SourceState
from crawler.archive.records import Outcome, RunResult
from crawler.pages.records import Verdict

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
#: Calls that give an issue its code, by the code's place among the arguments.
MAKERS = {"Finding": 0, "Fault": 0, "find": 0, "_find": 0, "odd": 0, "NotFetched": 1, "Problem": 1, "issue": 1}
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def codes(folder: Path) -> Iterator[str]:
    """Every issue code that stands in the source as a word of its own."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = MAKERS.get(name)
            if place is None or len(node.args) <= max(place, 1):
                continue
            given = node.args[place]
            if isinstance(given, ast.Constant) and isinstance(given.value, str) and CODE.fullmatch(given.value):
                yield given.value


def test_every_issue_code_is_in_the_runbook() -> None:
    found = {code for room in ("crawler", "auditor") for code in codes(ROOT / room)}
    assert len(found) > 50
    missing = sorted(code for code in found if f"`{code}`" not in PAGE)
    assert not missing


def test_every_verdict_state_and_exit_code_is_in_the_runbook() -> None:
    words = [*Verdict, *SourceState, *RunResult, *Outcome]
    assert not [word for word in words if f"`{word}`" not in PAGE]
    for code in range(6):
        assert re.search(rf"^\| {code} \|", PAGE, re.MULTILINE), code


def test_the_units_start_a_quiet_run_and_catch_up() -> None:
    service = (ROOT / "docs/systemd/egov-audit.service").read_text(encoding="utf-8")
    timer = (ROOT / "docs/systemd/egov-audit.timer").read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=/\S+/egov-audit run --quiet --once-a 6d$", service, re.MULTILINE)
    assert "Type=oneshot" in service
    assert re.search(r"^OnCalendar=\*-\*-\* ", timer, re.MULTILINE), "a failed run is tried again the next day"
    assert "Persistent=true" in timer
    assert re.search(r"^RandomizedDelaySec=\d+[hm]$", timer, re.MULTILINE)
