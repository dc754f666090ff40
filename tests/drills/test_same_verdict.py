"""One file, one verdict: on a second run, in the app, on the command line at one and four threads, under plain pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from enemies import HAS_TORCH

from drills.catalog import find_drill
from drills.grading.client import Grader
from drills.mutants import load_mutants, source_of

DRILLS = ["attention", *(["rms-norm", "multi-head-attention"] if HAS_TORCH else [])]
CASES = [
    pytest.param(drill_id, broken, marks=[] if drill_id == "attention" else [pytest.mark.slow])
    for drill_id in DRILLS
    for broken in (False, True)
]


def told(report: dict[str, object]) -> tuple[object, ...]:
    """What does not depend on the clock."""
    checks = report["checks"]
    assert isinstance(checks, list)
    states = [(check["id"], check["state"]) for check in checks]
    return report["verdict"], states, report["failure"], report["diagnosis"]


def on_the_command_line(drill_id: str, path: Path, threads: int) -> tuple[object, ...]:
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    command = [sys.executable, "-m", "tui.cli", "drill", "check", drill_id, "--solution", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode in (0, 1), done.stderr
    return told(json.loads(done.stdout))


def under_pytest(drill_id: str, path: Path) -> set[str]:
    """The checks that fail."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--drill", drill_id]
    done = subprocess.run(
        [*command, "--solution", path.name], cwd=path.parent, capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert done.returncode == bool(lines), done.stdout
    return {line.partition("::test_")[2].split()[0] for line in lines}


@pytest.mark.slow
@pytest.mark.parametrize(("drill_id", "broken"), CASES)
def test_the_verdict_is_the_same_everywhere(drill_id: str, broken: bool, tmp_path: Path) -> None:
    from tui.services import _grader

    drill = find_drill(drill_id)
    source = source_of(drill, load_mutants(drill)[0]) if broken else drill.solution
    path = tmp_path / "mine.py"
    path.write_text(source, "utf-8")
    with Grader() as grader:
        first, second = (told(grader.grade(drill, source).model_dump(mode="json")) for _ in range(2))
    app = _grader()
    in_the_app = [told(app.grade(drill, source).model_dump(mode="json")) for _ in range(2)]  # type: ignore[attr-defined]
    app.close()
    assert first[0] == ("wrong" if broken else "pass")
    assert first == second
    assert in_the_app == [first, first]
    assert on_the_command_line(drill_id, path, 1) == first
    assert on_the_command_line(drill_id, path, 4) == first
    failed = {check for check, state in first[1] if state == "failed"}  # type: ignore[attr-defined]
    assert under_pytest(drill_id, path) == failed
