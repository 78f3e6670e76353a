"""Memory of one process alone."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """MB at most in this process so far (Linux); `ru_maxrss` would count what its parent had, too."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
