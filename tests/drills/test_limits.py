"""How long a call may take: processor time while it gets some, or else the clock."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from drills.grading import limits
from drills.grading.limits import Patience, processor_time


@pytest.mark.parametrize(
    ("share", "ends"),
    [(1.0, 4.0), (0.5, 8.0), (0.1, 40.0), (0.01, 4.0), (0.0, 4.0), (3.0, 4.0), (None, 4.0)],
    ids=["alone", "two share", "ten share", "sleeps", "blocked", "three threads", "not told"],
)
def test_patience(monkeypatch: pytest.MonkeyPatch, share: float | None, ends: float) -> None:
    """`share` is what of a processor the process gets."""
    clock = 100.0
    monkeypatch.setattr(limits.time, "monotonic", lambda: clock)
    monkeypatch.setattr(limits, "processor_time", lambda _pid: None if share is None else share * clock)
    patience = Patience(1, 4.0)
    began = clock
    while (left := patience.left()) > 0:
        clock += left
    assert clock - began == pytest.approx(ends, abs=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_processor_time_of_another_process() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        until = time.monotonic() + 60
        while (processor_time(busy.pid) or 0.0) < 0.2 and time.monotonic() < until:
            time.sleep(0.02)
        assert (processor_time(busy.pid) or 0.0) >= 0.2
        busy.kill()
        busy.wait()
        assert processor_time(busy.pid) is None
