"""What the tests of the record share: answers at given days, the derived state, child processes."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import quizbank
from quizbank.record import Entry, Record, new_entry

SHANGHAI = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(quizbank.__file__).parents[1]), "PYTHONUTF8": "1"}

# Root may write anywhere: without this capability it is bound by permissions like anybody else.
UNPRIVILEGED = """
import ctypes, os, sys
prctl = getattr(ctypes.CDLL(None), "prctl", None)
if prctl:
    prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def answer(item: str = "q:a", day: float = 0, rating: int = 3, **more: Any) -> Entry:
    """An answer `day` days after noon of 23 November 2026 in Shanghai."""
    values: dict[str, Any] = {
        "rev": 1,
        "score": 1.0 if rating > 1 else 0.0,
        "seconds": 30.0,
        "detail": {"answer": 2},
    }
    return new_entry(item, rating=rating, now=NOON + timedelta(days=day), **values | more)


def state(record: Record) -> bytes:
    """Every byte of what is derived from the log."""
    tables = [
        record._db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
        for table in ("card", "daily", "tally")
    ]
    return repr(tables).encode()


def run_child(
    code: str, *arguments: object, unprivileged: bool = False, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh Python; its arguments are in sys.argv[1:]."""
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    if unprivileged:
        command = [sys.executable, "-c", UNPRIVILEGED, *command[1:]]
    defaults: dict[str, Any] = {"env": ENVIRONMENT, "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run(command, check=False, **defaults | options)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
