"""What happens in folders, as the kernel tells it (inotify, Linux): no polling, no sleeping."""

from __future__ import annotations

import ctypes
import os
import select
import struct
from pathlib import Path

_MODIFY, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x80, 0x100, 0x200
_HEAD = struct.Struct("iIII")


class Events:
    """Writes, new files, renames and removals in the folders given."""

    def __init__(self, *folders: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self._libc.inotify_init1(os.O_CLOEXEC)
        for folder in folders:
            mask = _MODIFY | _MOVED_TO | _CREATE | _DELETE
            if self._libc.inotify_add_watch(self.fd, os.fsencode(folder), mask) < 0:
                raise OSError(ctypes.get_errno(), "inotify", str(folder))

    def read(self) -> list[str]:
        """The names of the files in the events that wait; waits for the first."""
        data, at, names = os.read(self.fd, 1 << 16), 0, []
        while at < len(data):
            length = _HEAD.unpack_from(data, at)[3]
            at += _HEAD.size
            names.append(data[at : at + length].rstrip(b"\0").decode())
            at += length
        return names

    def waiting(self) -> bool:
        """Whether there are any."""
        return bool(select.select([self.fd], [], [], 0)[0])

    def close(self) -> None:
        """Forget the folders."""
        os.close(self.fd)
