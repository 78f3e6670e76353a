"""Entry point: gathers the commands, runs one, turns errors into a line and an exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from auditor.cli.app import app, note
from auditor.cli.commands import COMMAND_MODULES
from auditor.db.explain import exit_code, explain
from crawler.errors import AuditError, in_words

__all__ = ["COMMAND_MODULES", "main"]


#: What a shell says of a process whose reader went away (128 + SIGPIPE).
_READER_GONE = 141


def main() -> None:
    """Run `egov-audit`. Every known error is one line on stderr; a traceback is a bug of ours.

    Output is UTF-8 whatever the locale says. A reader that goes away (`| head`) ends the run without a word, 141.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _leave()
    except SystemExit as end:
        # The command line's library takes a broken pipe for its own and ends with 1.
        if isinstance(end.__context__, BrokenPipeError):
            _leave()
        raise


def _leave() -> NoReturn:
    """End without a word: what is still buffered goes nowhere, for the interpreter flushes once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    sys.exit(_READER_GONE)


def _run() -> None:
    try:
        app()
    except AuditError as error:
        note(f"egov-audit: {error}")
        sys.exit(error.exit_code)
    except SQLAlchemyError as error:
        note(f"egov-audit: the database refused: {explain(error)}")
        sys.exit(exit_code(error))
    except OSError as error:
        note(f"egov-audit: {in_words(error)}")
        sys.exit(3)
