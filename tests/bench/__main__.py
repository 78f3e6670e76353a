"""`make bench`: every module of this folder measures one goal and prints ratios with their noise.

`python -m tests.bench parse link` runs only those.
"""

from __future__ import annotations

import os
import pkgutil
import platform
import subprocess
import sys

import tests.bench


def main(wanted: list[str]) -> None:
    """Run the benches asked for, all without names."""
    names = [module.name for module in pkgutil.iter_modules(tests.bench.__path__) if not module.name.startswith("_")]
    unknown = set(wanted) - set(names)
    if unknown:
        sys.exit(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; figures are medians, the spread is min to max")
    for name in wanted or names:
        print(f"\n== {name}", flush=True)
        # Each in a process of its own: what one leaves in memory is not the next one's.
        subprocess.run([sys.executable, "-c", f"from tests.bench.{name} import run; run()"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
