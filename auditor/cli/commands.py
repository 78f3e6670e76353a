"""The list of modules that hold commands; importing one registers its commands with the app."""

from __future__ import annotations

from types import ModuleType

from auditor.cli import database, evidence, harvest, history, ingest

COMMAND_MODULES: tuple[ModuleType, ...] = (database, evidence, harvest, history, ingest)
