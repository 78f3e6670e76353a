"""`python -m tests.fuzz [SECONDS] [TARGET …]`: coverage-guided fuzzing of each target, then inputs made to be heavy.

Needs atheris (requirements/fuzz.lock). Each target runs in a process of its own, which ends at the first failure: an
error without a name, more than 5 s for one input, more than 500 MB. The failing input is kept in `test-artefacts/fuzz`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench._memory import peak_mb
from tests.fuzz.heavy import HEAVY
from tests.fuzz.targets import TARGETS, corpus, run

SECONDS = 20
HANG_S = 5
MEMORY_MB = 500
KEPT = Path("test-artefacts/fuzz")


def main(arguments: list[str]) -> int:
    """Fuzz and measure; 1 if anything failed."""
    seconds = int(arguments[0]) if arguments else SECONDS
    names = arguments[1:] or sorted(TARGETS)
    failed = [name for name in names if not _fuzzed(name, seconds)]
    failed += [f"{name}/{kind}" for name in names for kind in HEAVY[name] if not _carried(name, kind)]
    print(f"failed: {', '.join(failed)}" if failed else "nothing failed")
    return bool(failed)


def _fuzzed(name: str, seconds: int) -> bool:
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        for number, data in enumerate(corpus(name)):
            (Path(seeds) / str(number)).write_bytes(data)
        flags = [f"-max_total_time={seconds}", f"-timeout={HANG_S}", f"-rss_limit_mb={MEMORY_MB + _standing()}"]
        flags += ["-max_len=400000", "-verbosity=0", "-print_final_stats=1", f"-artifact_prefix={KEPT}/{name}-", seeds]
        code = f"from tests.fuzz.__main__ import child; child({name!r})"
        done = subprocess.run([sys.executable, "-c", code, *flags], capture_output=True, text=True, check=False)
    runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
    print(f"{name}: {runs[0] if runs else 'no'} inputs in {seconds} s, {'ok' if done.returncode == 0 else 'FAILED'}")
    if done.returncode:
        print("\n".join(done.stderr.splitlines()[-25:]))
    return done.returncode == 0


def _standing() -> int:
    """MB that a process has before it reads anything; the goal is about the input."""
    code = "from tests.fuzz import targets; from tests.bench._memory import peak_mb; print(int(peak_mb()))"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def child(name: str) -> None:
    """Fuzz one target in this process."""
    import atheris

    folder = Path(tempfile.mkdtemp())
    atheris.instrument_all()
    atheris.Setup(sys.argv, lambda data: run(name, data, folder))
    atheris.Fuzz()


def heavy(name: str, kind: str) -> None:
    """Read one heavy input in this process; print seconds and MB."""
    data = HEAVY[name][kind]()
    with tempfile.TemporaryDirectory() as folder:
        # Making the input has had a peak of its own (Linux: 5 begins a new one).
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before, start = peak_mb(), time.perf_counter()
        run(name, data, Path(folder))
        print(time.perf_counter() - start, peak_mb() - before)


def _carried(name: str, kind: str) -> bool:
    code = f"from tests.fuzz.__main__ import heavy; heavy({name!r}, {kind!r})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.split()
    if len(said) != 2:
        print(f"{name}, {kind}: FAILED")
        return False
    seconds, memory = float(said[0]), float(said[1])
    print(f"{name}, {kind}: {seconds:.1f} s of {HANG_S}, {memory:.0f} MB of {MEMORY_MB}")
    return seconds <= HANG_S and memory <= MEMORY_MB


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
