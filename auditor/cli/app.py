"""The command `egov-audit`: how results and errors leave it. Commands live in the modules beside this one.

stdout is for results, stderr for everything else. Exit codes: 0 fine, 1 a finding over the asked threshold, 2 usage,
3 source or network, 4 validation, 5 integrity.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from importlib.metadata import version
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from auditor.config import AuditConfig
from crawler.errors import UsageError, without_controls

app = typer.Typer(
    name="egov-audit",
    help="Check a government's claims about its digitised services: harvest, code, follow, measure, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

#: Where everything that is no result goes; a terminal gets progress bars, a file or cron gets plain lines. So does who
#: asks for no colours or has a terminal that cannot move its cursor.
_PLAIN = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
log = Console(stderr=True, highlight=False, soft_wrap=True, force_terminal=False if _PLAIN else None)


def _say_version(asked: bool) -> None:
    if asked:
        say(f"egov-audit {version('egov-audit')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """Options that go before any command."""


def load_config(**overrides: object) -> AuditConfig:
    """The settings from the environment, with a command's own options over them. Raises UsageError that names one."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return AuditConfig(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "EGOV_AUDIT_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UsageError(f"{name}: {first['msg']}") from error


def say(text: str) -> None:
    """A result for a person, on stdout (no markup: source text may hold brackets), with nothing a terminal obeys."""
    sys.stdout.write(without_controls(text) + "\n")


def say_wrapped(line: str) -> None:
    """The same for a line that may be long: a terminal gets it broken between words, a pipe or a file as it is."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for piece in wrapped(line, width) if width else [line]:
        say(piece)


def wrapped(line: str, width: int) -> list[str]:
    """A line broken between words at a width; what goes on stands further in. An address stays whole."""
    margin = " " * (len(line) - len(line.lstrip()))
    pieces = textwrap.wrap(
        line.lstrip(),
        width,
        initial_indent=margin,
        subsequent_indent=f"{margin}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return pieces or [line]


def say_json(value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """A result for a program, on stdout: UTF-8, keys in the order given."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def note(text: str) -> None:
    """A line on stderr."""
    log.print(without_controls(text), markup=False)
