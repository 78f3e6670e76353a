"""The data dictionary: what each SQL view and column says. `python -m auditor.views.dictionary` prints it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name, what a row is, and what each column says, in the view's order."""

    name: str
    about: str
    columns: dict[str, str]


@cache
def views() -> dict[str, View]:
    """Every view by name, in the order of the file."""
    raw = yaml.safe_load(resources.files("auditor.views").joinpath("views.yml").read_text(encoding="utf-8"))
    return {name: View(name, said["about"], said["columns"]) for name, said in raw.items()}


def dictionary() -> str:
    """The data dictionary as Markdown: `docs/data-dictionary.md`."""
    lines = [
        "# Data dictionary",
        "",
        "SQL views for those who query, the same on SQLite and PostgreSQL. Dates and times are text (`YYYY-MM-DD`,",
        "times in UTC), truths are 1 and 0. Names and meanings are stable; the tables behind them are not. Generated",
        "from `auditor/views/views.yml` by `python -m auditor.views.dictionary`; a test holds it to them both ways.",
        'In Russian and Kazakh: the report\'s page "Data dictionary" and `dictionary` in a release.',
        "",
        "Ready questions: `egov-audit query` lists them, `egov-audit query NAME` answers one (`--csv`, `--json`,",
        "`--sql`).",
    ]
    for view in views().values():
        lines += ["", f"## {view.name}", "", view.about, "", "| column | what it says |", "|---|---|"]
        lines += [f"| `{name}` | {said} |" for name, said in view.columns.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
