"""The benchmark's targets on a small scale, with slack for a busy machine; tests/benchmarks/bank.py has them in full."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "bank.py"


@pytest.mark.slow
def test_the_benchmark_meets_its_targets() -> None:
    command = [sys.executable, str(BENCHMARK), "--questions", "2000", "--cached", "0"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ratio" in done.stdout
