"""Which processes there are, and which of them an attempt has left behind."""

from __future__ import annotations

import os
import time
from pathlib import Path


def left_of_an_attempt(seconds: float = 5.0) -> list[int]:
    """What lives below the warm servers besides the judge that waits for the next task, once all has had time to go."""
    deadline = time.monotonic() + seconds
    while (found := _below_servers()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _below_servers() -> list[int]:
    """Children of a server beside a waiting judge, and descendants of that beside its nursery with one runner."""
    parents = _parents()

    def children(pid: int) -> list[int]:
        return sorted(child for child, parent in parents.items() if parent == pid)

    left = []
    for server in children(os.getpid()):
        *others, judge = children(server) or [0]
        *more, nursery = children(judge) or [0]
        *still_more, runner = children(nursery) or [0]
        left += [*others, *more, *still_more, *children(runner)]
    return left


def below(pid: int) -> list[int]:
    """All descendants of a process."""
    parents = _parents()
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def alive(pid: int) -> bool:
    return pid in _parents()


def _parents() -> dict[int, int]:
    """The parent of each process that lives."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry.name)] = int(fields[1])
    parents.pop(0, None)
    return parents


def command_of(pid: int) -> str:
    """Its command line, for a failure's message."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
