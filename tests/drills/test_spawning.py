"""Gradings in spare interpreters, for systems without fork: the same verdicts, and nothing left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from enemies import HAS_TORCH, SUBJECTS, SYS, Subject
from processes import command_of, left_of_an_attempt

from drills.catalog import Drill, find_drill
from drills.grading.client import Cancelled, Grader, forks
from drills.mutants import load_mutants, source_of

NUMPY: Subject = SUBJECTS["numpy"]


@pytest.fixture
def spawning(monkeypatch: pytest.MonkeyPatch) -> Iterator[Grader]:
    monkeypatch.setenv("PREPTRAIN_GRADER", "spawn")
    assert not forks()
    with Grader(call_seconds=2.0) as grader:
        yield grader


def test_it_says_what_the_warm_server_says(spawning: Grader, grader: Grader, attention: Drill) -> None:
    for source in (attention.solution, source_of(attention, load_mutants(attention)[0])):
        ours, theirs = (one.grade(attention, source) for one in (spawning, grader))
        for report in (ours, theirs):
            assert all(check.state != "not_run" for check in report.checks)
        skipped = {"seconds": True, "protection": True, "checks": {"__all__": {"seconds"}}}
        assert ours.model_dump(exclude=skipped) == theirs.model_dump(exclude=skipped)


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (["while True: pass"], "timeout"),
        (["sum(iter(int, 1))"], "timeout"),
        ([SYS, "if q.shape[-1] == 3: os.abort()"], "crashed"),
        (["print('x' * 20_000_000)"], "error"),
        (["raise KeyError('boo')"], "error"),
        (["np.ones(4 << 30)"], "out_of_memory"),
        (["return ZEROS"], "wrong"),
    ],
)
@pytest.mark.slow
def test_faults_have_their_verdicts(
    lines: list[str], verdict: str, spawning: Grader, attention: Drill
) -> None:
    assert spawning.grade(attention, NUMPY.first_do(lines)).verdict == verdict
    assert spawning.grade(attention, attention.solution).passed


def test_cancelling_and_closing(spawning: Grader, attention: Drill) -> None:
    caught: list[BaseException] = []

    def work() -> None:
        try:
            spawning.grade(attention, "while True: pass")
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    deadline = time.monotonic() + 20
    while thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.2)
        spawning.cancel()
    assert not thread.is_alive()
    assert len(caught) == 1
    assert spawning.grade(attention, attention.solution).passed
    spawning.close()
    left = left_of_an_attempt()
    assert not left, [command_of(pid) for pid in left]


@pytest.mark.skipif(not HAS_TORCH, reason="needs torch")
@pytest.mark.slow
def test_a_class_of_pytorch(spawning: Grader) -> None:
    drill = find_drill("multi-head-attention")
    assert spawning.grade(drill, drill.solution).passed
    assert spawning.grade(drill, drill.starter).verdict == "error"
