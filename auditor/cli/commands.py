"""The list of modules that hold commands; importing one registers its commands with the app."""

from __future__ import annotations

from types import ModuleType

from auditor.cli import (
    agreement,
    cite,
    coding,
    correct,
    database,
    document,
    evidence,
    export,
    figures,
    growth,
    harvest,
    history,
    ingest,
    ops,
    pipeline,
    proof,
    query,
    release,
    review,
    root,
    serve,
    sheet,
    story,
    why,
)

COMMAND_MODULES: tuple[ModuleType, ...] = (
    agreement,
    cite,
    coding,
    correct,
    database,
    document,
    evidence,
    export,
    figures,
    growth,
    harvest,
    history,
    ingest,
    ops,
    pipeline,
    proof,
    query,
    release,
    review,
    root,
    serve,
    sheet,
    story,
    why,
)
