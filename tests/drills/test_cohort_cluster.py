"""Grading on a Dask cluster: a real scheduler and workers in processes of their own, over loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from classes import filed, hand_in

from drills.cohort.cluster import ClusterError, cluster

pytestmark = pytest.mark.slow


@contextmanager
def process(*command: str, cwd: Path | None = None, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment},
        cwd=cwd,
    )
    try:
        yield child
    finally:
        for kill in (signal.SIGTERM, signal.SIGKILL):
            if child.poll() is None:
                os.killpg(child.pid, kill)
                try:
                    child.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    continue


@contextmanager
def scheduler(tmp_path: Path) -> Iterator[str]:
    told = tmp_path / "scheduler.json"
    with process(
        sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
        "--no-dashboard", "--scheduler-file", str(told),
    ):  # fmt: skip
        yield str(until(lambda: json.loads(told.read_text())["address"]))


@contextmanager
def worker(address: str, cwd: Path | None = None, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with process(
        sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
        "--host", "127.0.0.1", "--no-dashboard", cwd=cwd, **environment,
    ) as child:  # fmt: skip
        yield child


def until(found: object, seconds: float = 60) -> object:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if value := found():  # type: ignore[operator]
                return value
        except (OSError, ValueError, KeyError):
            pass
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)


def grade(address: str, root: Path, results: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tui.cli",
            "--language",
            "en",
            "grade",
            str(root),
            "--drills",
            "temperature,rms-norm",
            "--scheduler",
            address,
            "-o",
            str(results),
            *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def workers_of(address: str, count: int) -> bool:
    import distributed

    with distributed.Client(address) as client:
        client.wait_for_workers(count, timeout=60)
        return True


@pytest.mark.timeout(600)
def test_a_worker_killed_in_mid_run_loses_nothing(tmp_path: Path) -> None:
    root, results = tmp_path / "class", tmp_path / "results"
    right = hand_in(root, ["temperature", "rms-norm"], 20)
    (root / "person-00003" / "temperature.py").write_text("import os\nos._exit(3)\n")
    right["person-00003", "temperature"] = False
    with scheduler(tmp_path) as address, worker(address) as first, worker(address):
        assert workers_of(address, 2)
        run = grade(address, root, results)
        until(lambda: filed(results) >= 6, 120)
        os.killpg(first.pid, signal.SIGKILL)
        _, said = run.communicate(timeout=400)
        assert run.returncode == 0, said
    rows = pd.read_csv(results / "results.csv")
    verdicts = {(row.person, row.drill): row.verdict for row in rows.itertuples()}
    assert len(verdicts) == 40
    for key, correct in right.items():
        assert (verdicts[key] == "pass") == correct, (key, verdicts[key])


@pytest.mark.timeout(600)
def test_a_cluster_of_our_own(tmp_path: Path) -> None:
    root, results = tmp_path / "class", tmp_path / "results"
    right = hand_in(root, ["temperature"], 8)
    run = grade("local", root, results, "--jobs", "2")
    _, said = run.communicate(timeout=400)
    assert run.returncode == 0, said
    assert "http://127.0.0.1:" in said
    rows = pd.read_csv(results / "results.csv")
    assert {row.person: row.verdict == "pass" for row in rows.itertuples()} == {
        person: correct for (person, _), correct in right.items()
    }


@pytest.mark.timeout(300)
def test_a_worker_with_another_grader_is_refused(tmp_path: Path) -> None:
    """The worker imports a copy of the grader in which one line differs."""
    import shutil

    import drills

    source = Path(drills.__file__).parents[1]
    copy = tmp_path / "other"
    for package in ("drills", "quizbank"):
        shutil.copytree(source / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "drills" / "comparing.py").open("a") as file:
        file.write("\n# another version\n")
    root = tmp_path / "class"
    hand_in(root, ["temperature"], 2)
    with scheduler(tmp_path) as address, worker(address, cwd=tmp_path, PYTHONPATH=str(copy)):
        assert workers_of(address, 1)
        run = grade(address, root, tmp_path / "results")
        _, said = run.communicate(timeout=120)
        assert run.returncode == 2
        assert "another version of the grader" in said


@pytest.mark.timeout(300)
def test_no_workers_and_no_scheduler_are_clear_errors(tmp_path: Path) -> None:
    with (
        scheduler(tmp_path) as address,
        pytest.raises(ClusterError, match="has no workers"),
        cluster(address, 1),
    ):
        pass
    with pytest.raises(ClusterError, match="no scheduler answers"), cluster("nonsense://x", 1):
        pass
