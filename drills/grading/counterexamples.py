"""The last counterexample of each drill: kept by the client, tried first at the next grading.

It tells the learner at once whether what failed last time holds now. The verdict is never made of it: that rests on the
checks' own draws alone, and so is the same wherever the file is graded.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

MOST = 200
"""Drills remembered; the oldest go."""


class Counterexamples:
    """Drill id: {"check", "version", "blob"}, as the judge gave it; in a file of the learner's home, or in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._kept: dict[str, dict[str, Any]] = self._read()

    def get(self, drill_id: str) -> dict[str, Any] | None:
        """What to try first, or None."""
        return self._kept.get(drill_id)

    def keep(self, drill_id: str, example: dict[str, Any] | None) -> None:
        """The last failure of a drill, or None when it has passed."""
        if self._kept.get(drill_id) == example:
            return
        self._kept.pop(drill_id, None)
        if example is not None:
            self._kept[drill_id] = example
        while len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        self._write()

    def _read(self) -> dict[str, dict[str, Any]]:
        """A file that cannot be read is as none: nothing depends on it."""
        if self.path is None:
            return {}
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(data, dict):
            return {}
        return {key: value for key, value in data.items() if _is_example(value)}

    def _write(self) -> None:
        if self.path is None:
            return
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(self._kept), encoding="utf-8")
            os.replace(beside, self.path)


def _is_example(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(value.get(k), str) for k in ("check", "version", "blob")
    )
