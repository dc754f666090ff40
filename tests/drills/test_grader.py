"""The warm server and its client: streaming, cancelling, restarting, the same verdict everywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import alive, below

from drills.catalog import Drill
from drills.grading import client
from drills.grading.client import Cancelled, Grader
from drills.grading.report import CheckResult

WRONG = "import numpy as np\ndef attention(q, k, v, mask=None):\n    return v[..., :1, :] * np.ones((q.shape[-2], 1), q.dtype)\n"


def test_checks_stream_as_they_end(grader: Grader, attention: Drill) -> None:
    seen: list[CheckResult] = []
    report = grader.grade(attention, attention.solution, seen.append)
    assert report.passed
    assert [check.id for check in seen] == [check.id for check in report.checks]
    assert all(check.state == "passed" for check in seen)


def test_a_second_run_says_the_same(grader: Grader, attention: Drill) -> None:
    def verdict(seed: int = 0) -> object:
        report = grader.grade(attention, WRONG, seed=seed)
        return report.verdict, [check.state for check in report.checks], report.failure

    assert verdict() == verdict()
    assert verdict(seed=3) == verdict(seed=3)


def test_cancelling_ends_an_endless_loop_at_once(grader: Grader, attention: Drill) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            grader.grade(attention, "while True: pass")
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 3
    while thread.is_alive() and time.monotonic() < deadline:
        grader.cancel()
        thread.join(0.1)
    assert not thread.is_alive()
    assert len(caught) == 1
    assert grader.grade(attention, attention.solution).passed


def test_a_killed_server_is_a_fault_and_the_next_grading_works(attention: Drill) -> None:
    with Grader() as grader:
        assert grader.grade(attention, attention.solution).passed
        process = grader._servers["numpy"]._process
        process.kill()
        process.wait()
        assert grader.grade(attention, attention.solution).verdict == "grader_fault"
        assert grader.grade(attention, attention.solution).passed


def test_a_server_that_does_not_start_says_why(attention: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.sys, "executable", "/usr/bin/env")
    with Grader() as grader:
        report = grader.grade(attention, attention.solution)
    assert report.verdict == "grader_fault"
    assert report.failure is not None
    assert "exit" in report.failure.message.en
    assert "env" in report.failure.message.en


def test_a_server_starts_on_a_busy_machine() -> None:
    """Where each step takes a second, hypothesis would call an example too slow."""
    script = (
        "import time, numpy\n"
        "from drills.grading.server import warm\n"
        "draw = numpy.random.default_rng\n"
        "numpy.random.default_rng = lambda seed: (time.sleep(0.3), draw(seed))[1]\n"
        "warm('numpy')\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_a_judge_that_was_killed_while_it_waited_is_replaced(attention: Drill) -> None:
    with Grader() as grader:
        assert grader.grade(attention, attention.solution).passed
        server = grader._servers["numpy"]._process.pid
        judge, _nursery, _runner = waiting = until(lambda: below(server), 3)
        os.kill(judge, signal.SIGKILL)
        until(lambda: [pid for pid in waiting if alive(pid)], 0)
        assert grader.grade(attention, WRONG).verdict == "wrong"
        assert grader.grade(attention, attention.solution).passed


def test_nothing_is_left_when_the_app_is_killed() -> None:
    script = (
        "import sys, time\n"
        "from drills.grading.client import Grader\n"
        "grader = Grader(); grader.warm('numpy')\n"
        "print(grader._servers['numpy']._process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    app = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    with app.stdout:
        server = int(app.stdout.readline())
    waiting = until(lambda: below(server), 3)
    app.send_signal(signal.SIGKILL)
    app.wait()
    until(lambda: [pid for pid in (server, *waiting) if alive(pid)], 0)


def until(processes: Callable[[], list[int]], count: int) -> list[int]:
    """The processes, once they are as many."""
    deadline = time.monotonic() + 60
    while len(found := processes()) != count:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def test_without_torch_the_command_that_adds_it_is_told(
    attention: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.importlib.util, "find_spec", lambda name: None)
    with Grader() as grader:
        report = grader.grade(attention.model_copy(update={"backend": "torch"}), "")
        assert grader._servers == {}
    assert report.verdict == "grader_fault"
    assert report.failure is not None
    assert client.INSTALL_TORCH in report.failure.message.en
    assert client.INSTALL_TORCH in report.failure.message.zh


def test_threads_do_not_change_the_verdict(attention: Drill, tmp_path: Path) -> None:
    """At one and at four BLAS threads in the caller's environment."""
    path = tmp_path / "wrong.py"
    path.write_text(WRONG, "utf-8")
    reports = []
    for threads in ("1", "4"):
        environment = {**os.environ, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [
            sys.executable,
            "-m",
            "tui.cli",
            "drill",
            "check",
            "attention",
            "--solution",
            str(path),
            "--json",
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 1, done.stderr
        reports.append([line for line in done.stdout.splitlines() if '"seconds"' not in line])
    assert reports[0] == reports[1]


def test_the_report_says_how_far_the_code_was_contained(grader: Grader, attention: Drill) -> None:
    from drills.grading import sandbox

    assert grader.grade(attention, attention.solution).protection == sandbox.probe().level
