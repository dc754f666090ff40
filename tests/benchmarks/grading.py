"""How long a learner waits: the warm grader against cold pytest, and against the floor, all in one run.

    .venv/bin/python tests/benchmarks/grading.py [--rounds 7] [--numpy ID] [--torch ID]

For a NumPy and a PyTorch drill, a passing and a failing file: from saving to the first word, and to the full verdict
(the diagnosis of a failing file included, and without it); `python -m pytest` on the same drill and file in a fresh process; and the
floor, the same checks called in a process that has everything imported. The order of the contestants turns with each
round; figures are medians. Exits with 1 where a target of the project is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

from drills.catalog import Drill, find_drill
from drills.grading import limits
from drills.grading.client import Grader
from drills.grading.judge import Task, judge
from drills.mutants import load_mutants, source_of

FIRST_WORD = {"numpy": 0.060, "torch": 0.120}
AGAINST_PYTEST = {"numpy": 3.0, "torch": 8.0}
OVER_FLOOR, OVER_FLOOR_SECONDS = 1.5, 0.060


def floor(drill: Drill, source: str) -> float:
    """Seconds for the checks alone, called in this process."""
    task = Task(
        str(drill.folder), source, drill.file_name, "separate", drill.entry_point, drill.allowed_imports,
        drill.forbidden, limits.MEMORY_BYTES,
    )  # fmt: skip
    began = time.perf_counter()
    with warnings.catch_warnings(action="ignore"):
        judge(task, lambda event: None, None)
    return time.perf_counter() - began


def cold_pytest(drill: Drill, path: Path) -> float:
    """Seconds for plain pytest in a fresh process."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--drill", drill.id]
    began = time.perf_counter()
    subprocess.run([*command, "--solution", str(path)], capture_output=True, check=False)
    return time.perf_counter() - began


def graded(grader: Grader, drill: Drill, source: str) -> tuple[float, float]:
    """Seconds to the first word and to the end."""
    first: list[float] = []
    began = time.perf_counter()
    grader.grade(drill, source, lambda check: first.append(time.perf_counter() - began))
    return first[0], time.perf_counter() - began


def compare(drill: Drill, name: str, source: str, rounds: int, folder: Path) -> dict[str, float]:
    """Medians for one drill and one file."""
    path = folder / f"{drill.id}_{name}.py"
    path.write_text(source, encoding="utf-8")
    times: dict[str, list[float]] = {}

    def note(key: str, seconds: float) -> None:
        times.setdefault(key, []).append(seconds)

    with Grader() as grader, Grader(diagnosis_seconds=0) as undiagnosed:
        for one in (grader, undiagnosed):
            one.grade(drill, source)
        floor(drill, source)

        def ours() -> None:
            first, whole = graded(grader, drill, source)
            note("first word", first)
            note("verdict and diagnosis", whole)

        contestants: list[Callable[[], None]] = [
            ours,
            lambda: note("verdict", graded(undiagnosed, drill, source)[1]),
            lambda: note("cold pytest", cold_pytest(drill, path)),
            lambda: note("floor", floor(drill, source)),
        ]
        for turn in range(rounds):
            for place in range(len(contestants)):
                contestants[(turn + place) % len(contestants)]()
    return {key: statistics.median(values) for key, values in times.items()}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--numpy", default="attention")
    parser.add_argument("--torch", default="rms-norm")
    chosen = parser.parse_args()
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for drill in (find_drill(chosen.numpy), find_drill(chosen.torch)):
            found: dict[str, dict[str, float]] = {}
            mutant = load_mutants(drill)[0]
            for name, source in (("passing", drill.solution), ("failing", source_of(drill, mutant))):
                took = found[name] = compare(drill, name, source, chosen.rounds, Path(folder))
                figures = "  ".join(f"{key} {1000 * seconds:.0f} ms" for key, seconds in took.items())
                ratio = took["cold pytest"] / took["verdict"]
                print(f"{drill.backend:5} {drill.id} {name}: {figures}")
                print(
                    f"      cold pytest / verdict {ratio:.1f}   verdict / floor {took['verdict'] / took['floor']:.2f}"
                )
                if took["first word"] > FIRST_WORD[drill.backend]:
                    missed.append(f"{drill.id} {name}: first word")
                if took["verdict"] > OVER_FLOOR * took["floor"] + OVER_FLOOR_SECONDS:
                    missed.append(f"{drill.id} {name}: verdict over the floor")
                if ratio < AGAINST_PYTEST[drill.backend]:
                    missed.append(f"{drill.id} {name}: against cold pytest")
            ratio = found["failing"]["verdict and diagnosis"] / found["passing"]["verdict"]
            print(f"      failing / passing {ratio:.2f}\n")
            if ratio > 1:
                missed.append(f"{drill.id}: a failing verdict is slower than a passing one")
    for target in missed:
        print(f"missed: {target}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
