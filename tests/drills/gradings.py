"""What the tests of results share: gradings of every verdict, with what must not break a format."""

from __future__ import annotations

from typing import Any

from drills.catalog import find_drill
from drills.grading.report import CheckResult, Diagnosis, Failure, Report, Value
from drills.results import Grading
from quizbank.models import Text

DRILL = find_drill("attention")
NASTY = "\x1b[31mred\x1b[0m \0 ]]> & <b> \uffff 最大\r\n::error::forged"
TRACEBACK = '  File "attention.py", line 2, in f\n    g()\n  File "attention.py", line 7, in g\n    1 / 0\nZeroDivisionError: division by zero\n'


def check(name: str, state: Any) -> CheckResult:
    return CheckResult(
        id=name, text=Text(en=f"{name} holds, 100%", zh=f"{name} 成立"), state=state, seconds=0.25
    )


def grading(verdict: Any, *states: Any, file: str = "a,b:c.py", **more: Any) -> Grading:
    checks = [check(f"check_{number}", state) for number, state in enumerate(states)]
    return Grading(
        DRILL, file, Report(drill="attention", verdict=verdict, checks=checks, seconds=1.5, **more)
    )


PASSED = grading("pass", "passed", "passed")
WRONG = grading(
    "wrong",
    "passed",
    "failed",
    "failed",
    "not_run",
    output=NASTY,
    failure=Failure(
        check="check_2",
        message=Text(en="3 values differ, 100%\n::error::forged", zh="有 3 个值不同"),
        inputs=[Value(name="q", shown="[[1.]]")],
        expected=Value(name="output", shown="[[2.]]"),
        actual=Value(name="output", shown=f"[[nan]] {NASTY}"),
    ),
    diagnosis=Diagnosis(mutant="attention/no-scale", text=Text(en="attention without 1/√d", zh="缺少 1/√d")),
)
RAISED = grading(
    "error",
    "failed",
    "failed",
    failure=Failure(check="check_0", message=Text(en="ZeroDivisionError", zh="除以零"), traceback=TRACEBACK),
)
BROKEN = grading("error", failure=Failure(message=Text(en="SyntaxError", zh="语法错误")))
CRASHED = grading("crashed", "passed", "not_run")
FAULT = grading("grader_fault", failure=Failure(message=Text(en="no torch", zh="缺少 torch")))
ALL = [PASSED, WRONG, RAISED, BROKEN, CRASHED, FAULT]
