"""A real `egov-audit serve` on a free loopback port, and a reader of its answers."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.auditor.cli.command import EGOV_AUDIT


@dataclass(frozen=True, slots=True)
class Site:
    """A running server: its address, its process's number, the id of what it serves."""

    url: str
    pid: int
    id: str

    def get(self, path: str, **arguments: str) -> tuple[int, bytes]:
        """Status and body of an answer; `path` below the release unless it begins with a slash."""
        address = self.url + (path[1:] if path.startswith("/") else f"{self.id}/{path}" if path else self.id)
        query = f"?{urllib.parse.urlencode(arguments)}" if arguments else ""
        try:
            with urllib.request.urlopen(address + query, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def sql(self, sql: str, **arguments: str) -> dict[str, Any]:
        """What a stranger's own SQL gives."""
        body = self.get(f"/{self.id}.json", sql=sql, _shape="arrays", **arguments)[1]
        told: dict[str, Any] = json.loads(body)
        return told


@contextmanager
def served(folder: Path, *words: str, **environ: str) -> Iterator[Site]:
    """`egov-audit serve` in `folder` until the end."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **environ}
    command = [str(EGOV_AUDIT), "serve", "--port", "0", *words]
    with (
        (folder / "serve.err").open("wb") as errors,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        try:
            assert process.stdout
            url = process.stdout.readline().decode().strip()
            assert url.startswith("http://127.0.0.1:"), (folder / "serve.err").read_text(encoding="utf-8")
            with urllib.request.urlopen(url + "-/databases.json", timeout=60) as answer:
                databases = json.load(answer)
            assert len(databases) == 1, databases
            yield Site(url, process.pid, databases[0]["name"])
        finally:
            process.terminate()
