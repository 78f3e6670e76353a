"""The README names every command and every setting, and nothing that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from auditor.cli.app import app
from auditor.cli.main import COMMAND_MODULES
from auditor.config import AuditConfig

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> dict[str, str]:
    """Every command by its full name with its help."""
    assert COMMAND_MODULES
    found: dict[str, str] = {}
    todo = [("", typer.main.get_command(app))]
    while todo:
        prefix, command = todo.pop()
        children = getattr(command, "commands", None)
        if children:
            todo += [(f"{prefix} {name}".strip(), child) for name, child in children.items()]
        else:
            found[prefix] = command.help or ""
            for parameter in command.params:
                assert getattr(parameter, "help", "x"), f"{prefix}: {parameter.name} has no help"
    return found


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    for name, text in commands().items():
        assert text, f"{name} has no help"
        assert f"egov-audit {name}" in README, f"{name} is not in the README"


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = commands()
    for words in re.findall(r"egov-audit ((?:[a-z][a-z-]+ ?){1,2})", README):
        parts = words.split()
        assert parts[0] in known or " ".join(parts[:2]) in known or parts[0] in {n.split()[0] for n in known}, words


def test_every_setting_stands_in_the_readme_with_its_meaning() -> None:
    for name, field in AuditConfig.model_fields.items():
        assert f"`EGOV_AUDIT_{name.upper()}`" in README, name
        assert field.description
        assert field.description.rstrip(".") in README, f"{name}: the README says something else"
    for name in re.findall(r"EGOV_AUDIT_[A-Z_]+", README):
        assert name.removeprefix("EGOV_AUDIT_").lower() in AuditConfig.model_fields, name


@pytest.mark.parametrize("module", sorted((ROOT / "tests" / "bench").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_make_bench_runs_every_module_of_its_folder(module: Path) -> None:
    assert "\ndef run() -> None:\n" in module.read_text(encoding="utf-8")
