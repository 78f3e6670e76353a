"""Runs `egov-audit` as `main` does, in this process: a fresh interpreter for every call would cost too much."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from dataclasses import dataclass
from unittest import mock

from auditor.cli.main import main


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run(db: str, *arguments: str) -> Done:
    """One command over the database `db`."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        mock.patch.dict(os.environ, {"EGOV_AUDIT_DB_URL": db}),
        mock.patch.object(sys, "argv", ["egov-audit", *arguments]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, out.getvalue(), err.getvalue())
