"""Which processes an attempt has left behind."""

from __future__ import annotations

import os
import time
from pathlib import Path


def left_of_an_attempt(seconds: float = 5.0) -> list[int]:
    """Grandchildren of this process, which are not the warm servers, once they have had time to go."""
    deadline = time.monotonic() + seconds
    while (found := _grandchildren()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _grandchildren() -> list[int]:
    me, parents = os.getpid(), {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    servers = [pid for pid, parent in parents.items() if parent == me]
    return [pid for pid, parent in parents.items() if parent in servers]


def command_of(pid: int) -> str:
    """Its command line, for a failure's message."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
