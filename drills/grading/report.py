"""What a grading says: a versioned report, the same in the app, on the command line and in files."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from quizbank.models import Text

SCHEMA_VERSION = 1

Verdict = Literal[
    "pass", "wrong", "error", "timeout", "out_of_memory", "crashed", "forbidden", "grader_fault"
]
CheckState = Literal["passed", "failed", "not_run"]
Protection = Literal["full", "partial", "none"]

PROTECTION_TEXT: dict[Protection, Text] = {
    "full": Text(en="contained", zh="已隔离"),
    "partial": Text(
        en="contained in part (preptrain doctor says why)", zh="部分隔离（原因见 preptrain doctor）"
    ),
    "none": Text(en="not contained (preptrain doctor says why)", zh="未隔离（原因见 preptrain doctor）"),
}

VERDICT_TEXT: dict[Verdict, Text] = {
    "pass": Text(en="Passed", zh="通过"),
    "wrong": Text(en="Wrong answer", zh="答案错误"),
    "error": Text(en="Your code raised an error", zh="代码抛出异常"),
    "timeout": Text(en="Out of time", zh="超时"),
    "out_of_memory": Text(en="Out of memory", zh="内存超限"),
    "crashed": Text(en="Your code ended the process", zh="代码使进程崩溃"),
    "forbidden": Text(en="Uses what the drill forbids", zh="使用了本题禁止的接口"),
    "grader_fault": Text(en="The grader failed, not your code", zh="判题器故障，不是你的代码"),
}


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class CheckResult(_Model):
    """One property of the drill, in words, and whether it held."""

    id: str
    text: Text
    state: CheckState
    seconds: float = 0.0


class Value(_Model):
    """A value as a person reads it: small arrays in full, large ones with their shape and an excerpt."""

    name: str
    shown: str


class Failure(_Model):
    """The first property that failed, on the smallest inputs found."""

    check: str | None = None
    message: Text
    inputs: list[Value] = []
    expected: Value | None = None
    actual: Value | None = None
    difference: str | None = None
    traceback: str | None = None


class Diagnosis(_Model):
    """A known mistake that behaves as the learner's code did on every input tried."""

    mutant: str
    text: Text


class Again(_Model):
    """The last counterexample of this drill, tried before all else; no verdict is made of it."""

    check: str
    holds: bool


class Report(_Model):
    """The result of one grading."""

    schema_version: int = SCHEMA_VERSION
    drill: str
    verdict: Verdict
    checks: list[CheckResult] = []
    failure: Failure | None = None
    diagnosis: Diagnosis | None = None
    again: Again | None = None
    output: str = ""
    seconds: float = 0.0
    protection: Protection | None = None
    """How far the kernel contained the code; None where it did not run in a server."""

    @property
    def passed(self) -> bool:
        return self.verdict == "pass"
