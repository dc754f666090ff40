"""Drills of a class, whose checks may run beside the learner's code: faults are told apart, with the learner's own lines."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

pytest.importorskip("torch")

from drills.catalog import Drill, find_drill
from drills.grading import limits
from drills.grading.client import Grader
from drills.grading.judge import Task, judge
from drills.grading.report import Failure


@pytest.fixture(scope="module", params=["together", pytest.param("separate", marks=pytest.mark.slow)])
def lora(request: pytest.FixtureRequest) -> Drill:
    """A drill of a class; where its objects stay in a process of their own, faults are told apart just so."""
    return find_drill("lora-linear").model_copy(update={"isolation": request.param})


def faulty(drill: Drill, line: str, place: str = "out = self.base(x)") -> str:
    """The solution with one more line before `place`."""
    assert drill.solution.count(place) == 1
    return drill.solution.replace(place, f"{line}\n        {place}")


@pytest.mark.parametrize(
    ("line", "verdict", "words"),
    [
        ("raise ValueError('mine')", "error", "ValueError: mine"),
        ("x.no_such_attribute", "error", "AttributeError"),
        ("assert x is None, 'mine'", "error", "AssertionError: mine"),
        ("raise SystemExit(3)", "crashed", "sys.exit(3)"),
        ("exit()", "crashed", "sys.exit"),
        ("raise KeyboardInterrupt", "error", "KeyboardInterrupt"),
        ("torch.empty(10**12)", "out_of_memory", "DefaultCPUAllocator"),
        ("return None", "wrong", "must return a torch.Tensor"),
        ("x += 1", "wrong", "changed x in place"),
        ("self.base.weight.data += 1", "wrong", "changed layer in place"),
    ],
)
def test_each_fault_is_a_verdict(lora: Drill, grader: Grader, line: str, verdict: str, words: str) -> None:
    report = grader.grade(lora, faulty(lora, line))
    assert report.verdict == verdict
    assert report.failure is not None
    assert words in report.failure.message.en
    if verdict == "error":
        assert line in (report.failure.traceback or "")
        assert "site-packages" not in (report.failure.traceback or "")
    assert grader.grade(lora, lora.solution).passed


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "def forward(self, x:",
            "def forward(self, x: Tensor, y:",
            "missing 1 required positional argument: 'y'",
        ),
        (
            "dropout: float = 0.0",
            "p: float = 0.0, dropout: float = 0.0, *, q: int",
            "missing 1 required keyword",
        ),
    ],
)
def test_a_wrong_signature_is_the_learners_error(
    lora: Drill, grader: Grader, old: str, new: str, words: str
) -> None:
    assert lora.solution.count(old) == 1
    report = grader.grade(lora, lora.solution.replace(old, new))
    assert report.verdict == "error"
    assert report.failure is not None
    assert words in report.failure.message.en


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (lambda drill: faulty(drill, "while True: pass"), "while True: pass"),
        (lambda drill: faulty(drill, "while True: pass", "super().__init__()"), "while True: pass"),
        (lambda drill: f"{drill.solution}\nwhile True: pass\n", "while True: pass"),
        (lambda drill: faulty(drill, "import time; time.sleep(60)"), "time.sleep(60)"),
    ],
    ids=["forward", "init", "load", "sleep"],
)
def test_a_hang_ends_soon_and_says_where(
    lora: Drill, source: object, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(source)
    monkeypatch.setattr(limits, "CALL_SECONDS", 0.5)
    monkeypatch.setattr(limits, "EXAMPLE_SECONDS", 0.5)
    before = signal.getsignal(signal.SIGALRM)
    events: list[dict[str, Any]] = []
    task = Task(
        str(lora.folder), source(lora), lora.file_name, "together", lora.entry_point,
        lora.allowed_imports, lora.forbidden, limits.MEMORY_BYTES,
    )  # fmt: skip
    began = time.monotonic()
    judge(task, events.append, None)
    assert time.monotonic() - began < 20
    (outcome,) = [event for event in events if "verdict" in event]
    assert outcome["verdict"] == "timeout"
    failure = Failure.model_validate(outcome["failure"])
    assert line in (failure.traceback or "")
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.slow
def test_the_clock_starts_anew_with_every_example(lora: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow but finite file passes: 60 examples together may take longer than one may."""
    monkeypatch.setattr(limits, "EXAMPLE_SECONDS", 2.5)
    events: list[dict[str, Any]] = []
    task = Task(
        str(lora.folder), faulty(lora, "import time; time.sleep(0.01)"), lora.file_name, "together",
        lora.entry_point, lora.allowed_imports, lora.forbidden, limits.MEMORY_BYTES,
    )  # fmt: skip
    judge(task, events.append, None)
    assert not [event for event in events if "verdict" in event]
    plan, *rest = events
    checks = [event["check"] for event in rest if "check" in event]
    assert [check["state"] for check in checks] == ["passed"] * len(plan["plan"])
