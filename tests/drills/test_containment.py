"""Faults of a learner's file, and what is told of them; `test_containment_table.py` has those that attack the grader."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from processes import left_of_an_attempt

from drills.catalog import Drill
from drills.grading import sandbox
from drills.grading.client import Grader

DOCSTRING = '    """Return softmax(q kᵀ / √D) v; a query with nothing allowed gives zeros."""\n'


def first_do(drill: Drill, *lines: str) -> str:
    """The solution, with these lines at the start of the function's body."""
    assert DOCSTRING in drill.solution
    return drill.solution.replace(DOCSTRING, "".join(f"    {line}\n" for line in lines))


# `os` reached without importing it: the rules of a drill are read from the text, the process must be contained anyway.
OS = "os = np.lib._utils_impl.sys.modules['os']"
CASES = {
    "an exception": (["raise KeyError('boo')"], "error"),
    "nothing returned": (["return None"], "wrong"),
    "argument changed": (["q += 1"], "wrong"),
    "an import that is not allowed": (["import threading"], "forbidden"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_has_its_verdict_and_harms_nothing(name: str, grader: Grader, attention: Drill) -> None:
    lines, verdict = CASES[name]
    began = time.monotonic()
    report = grader.grade(attention, first_do(attention, *lines))
    assert report.verdict == verdict, report
    assert time.monotonic() - began < 30
    assert report.failure is not None
    assert report.failure.message.en
    assert report.failure.message.zh
    assert grader.grade(attention, attention.solution).passed


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("def attention(:", "error", "SyntaxError"),
        ("x = " + "(" * 5000, "error", "SyntaxError"),
        ("\0", "error", "null bytes"),
        ("", "error", "does not define attention"),
        ("attention = 3", "error", "does not define attention"),
        ("import os", "forbidden", "os"),
        ("from . import solution", "forbidden", "solution"),
        ("import numpy\nraise ValueError('at the top')", "error", "at the top"),
        ("while True: pass", "timeout", "No answer"),
        ("raise SystemExit", "crashed", "sys.exit"),
        ("def attention(q: NotImported, k, v, mask=None): return q", "error", "NotImported"),
    ],
)
def test_a_file_that_cannot_be_loaded(
    source: str, verdict: str, words: str, grader: Grader, attention: Drill
) -> None:
    report = grader.grade(attention, source)
    assert report.verdict == verdict
    assert report.failure is not None
    assert words in report.failure.message.en


def test_only_the_learners_lines_are_shown(grader: Grader, attention: Drill) -> None:
    report = grader.grade(
        attention, "import numpy as np\n\ndef attention(q, k, v, mask=None):\n    return q @ 3\n"
    )
    assert report.verdict == "error"
    assert report.failure is not None
    trace = report.failure.traceback
    assert trace is not None
    assert 'File "attention.py", line 4' in trace
    assert "return q @ 3" in trace
    assert "runner.py" not in trace
    assert "site-packages" not in trace


def test_prints_are_shown_without_terminal_escapes(grader: Grader, attention: Drill) -> None:
    report = grader.grade(attention, first_do(attention, r"print('\x1b[31mshape', q.shape)"))
    assert report.passed
    assert "shape (1, 4)" in report.output
    assert "\x1b" not in report.output


def test_a_failure_that_needs_three_columns_is_shrunk_to_them(grader: Grader, attention: Drill) -> None:
    wrong_at_three = first_do(attention, "if q.shape[-1] == 3: return v[..., :1, :] + 0 * q[..., :1]")
    report = grader.grade(attention, wrong_at_three)
    assert report.failure is not None
    shown = {value.name: value.shown for value in report.failure.inputs}
    assert shown["q"].startswith("float64(1, 3)")
    assert [check.id for check in report.checks if check.state == "failed"]


def test_an_orphan_does_not_survive(grader: Grader, attention: Drill, tmp_path: Path) -> None:
    daemon = first_do(
        attention,
        OS,
        "if os.fork() == 0:",
        "    os.setsid()",
        "    import time",
        "    time.sleep(600)",
        "os._exit(0)",
    )
    verdict = grader.grade(attention, daemon).verdict
    assert verdict == ("forbidden" if sandbox.seccomp_available() else "crashed")
    assert not left_of_an_attempt()
