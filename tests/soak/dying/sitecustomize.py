"""Python imports this at its start where the folder is on PYTHONPATH: SIGKILL, of itself, just before a file whose
name ends so is put in its place. A kill from outside meets a moment of a few milliseconds by chance alone.
"""

import os
import signal
import sys

_NAME = os.environ.get("DIES_BEFORE", "")


def _dies(event: str, args: tuple[object, ...]) -> None:
    if event == "os.rename" and os.fsdecode(args[1]).endswith(_NAME):  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGKILL)


if _NAME:
    sys.addaudithook(_dies)
