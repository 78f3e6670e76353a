"""What must stay whole whatever befalls a run, and the real command with a limit on it."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.archive.verify import verify
from tests.auditor.cli.command import EGOV_AUDIT, Ended
from tests.soak.equal import Contents, database_contents
from tests.soak.kill import environment
from tests.soak.sites import Watched

RUN = ("run", "--as-of", "2024-12-31")


@dataclass(frozen=True)
class Kept:
    """Sealed files with their digests, rows, the report, and the pointer to the last good run."""

    files: Mapping[str, str]
    rows: Contents
    report: str
    last_good: bytes


def kept(folder: Path) -> Kept:
    """What a folder holds now; its archive has to be sound."""
    archive = folder / "var/archive"
    assert verify(archive) == []
    sealed = [path for name in ("warc", "index", "runs", "manifests") for path in (archive / name).rglob("*")]
    digests = {path.relative_to(archive).as_posix(): _digest(path) for path in sealed if path.is_file()}
    report = (folder / "var/report/index.html").read_text(encoding="utf-8")
    rows = database_contents(f"sqlite:///{folder / 'var/audit.db'}")
    return Kept(digests, rows, report, (folder / "var/state/last_good.json").read_bytes())


def assert_whole(before: Kept, folder: Path) -> Kept:
    """Everything that was there is there unchanged; the report is a whole one. Gives what is there now."""
    after = kept(folder)
    assert before.files.items() <= after.files.items()
    for table, rows in before.rows.items():
        if table not in _CHANGING:
            assert not rows - after.rows[table], table
    assert after.report.rstrip().endswith("</html>")
    assert after.last_good == before.last_good
    return after


#: Rows of these say how things stand now: issues are resolved, texts are read anew.
_CHANGING = frozenset({"issue"})


def copy(folder: Path, to: Path) -> Path:
    """A copy of a whole line's data to be hurt."""
    shutil.copytree(folder, to)
    return to


def egov_audit(folder: Path, sites: Watched, *words: str, limit: Callable[[], None] | None = None, **env: str) -> Ended:
    """The command in `folder`; `limit` is called in its process before it begins."""
    done = subprocess.run(
        [str(EGOV_AUDIT), *words],
        cwd=folder,
        env={**environment(folder, sites), **(NO_BYTECODE if limit else {}), **env},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


#: For who finds the disk full: Python would leave the half of a module's bytecode behind, for everybody after it.
NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}


def no_file_over(size: int) -> Callable[[], None]:
    """A disk that is full: no file can grow beyond `size` bytes. The process is to have `NO_BYTECODE`."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def no_memory_over(megabytes: int) -> Callable[[], None]:
    """A machine without memory."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def read_only(folder: Path) -> None:
    """Take the right to write below a folder from everybody."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def writable(folder: Path) -> None:
    """Give it back."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def not_above_rights() -> None:
    """Make root obey file modes as everybody does: without it nothing is read-only to root."""
    if os.geteuid() == 0:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            if libc.prctl(24, capability, 0, 0, 0):  # PR_CAPBSET_DROP
                raise OSError(ctypes.get_errno(), "prctl")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
