"""The same checks under plain pytest give the same verdict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drills.catalog import Drill
from drills.grading.client import Grader


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("broken", [False, True])
def test_plain_pytest_agrees_with_the_grader(
    broken: bool, tmp_path: Path, attention: Drill, grader: Grader
) -> None:
    source = attention.solution.replace(
        " / np.sqrt(q.shape[-1]).astype(q.dtype)", "" if broken else " / np.sqrt(q.shape[-1]).astype(q.dtype)"
    )
    (tmp_path / "mine.py").write_text(source, "utf-8")
    report = grader.grade(attention, source)
    done = run(tmp_path, "--drill", "attention", "--solution", "mine.py")
    assert done.returncode == (1 if broken else 0), done.stdout
    failed = {check.id for check in report.checks if check.state == "failed"}
    assert {
        line.partition("::test_")[2].split()[0]
        for line in done.stdout.splitlines()
        if line.startswith("FAILED")
    } == failed
    assert bool(failed) == broken


def test_a_file_that_cannot_be_loaded_fails(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("import os", "utf-8")
    done = run(tmp_path, "--drill", "attention", "--solution", "mine.py")
    assert done.returncode == 1
    assert "imports os" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--drill", "nope", "--solution", "mine.py"], "no drill 'nope'"),
        (["--drill", "attention"], "needs --solution"),
        (["--drill", "attention", "--solution", "missing.py"], "cannot read missing.py"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("", "utf-8")
    done = run(tmp_path, *arguments)
    assert done.returncode == 4
    assert words in done.stderr


def test_an_ordinary_run_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("def test_x(): assert True", "utf-8")
    assert "1 passed" in run(tmp_path).stdout


def test_a_drill_is_not_spread_over_processes(tmp_path: Path, attention: Drill) -> None:
    (tmp_path / "mine.py").write_text(attention.solution, "utf-8")
    done = run(tmp_path, "-v", "-n", "2", "--drill", "attention", "--solution", "mine.py")
    assert done.returncode == 0, done.stdout
    assert "workers" not in done.stdout
