"""The judge: loads a drill's checks, runs them against the learner's code, and tells the server what held."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis.reporting

from drills import checking
from drills.checking import CheckSpec
from drills.comparing import Mismatch
from drills.grading import learner, policy
from drills.grading.candidate import (
    Candidate,
    CandidateError,
    Hang,
    LearnerError,
    LocalCandidate,
    RemoteCandidate,
    raised,
)
from drills.grading.report import CheckResult, Failure, Verdict
from drills.grading.runner import Nursery
from drills.grading.showing import clean, show
from quizbank.models import Text

SHRINK_SECONDS = 3.0
_SIGNATURE = re.compile(r"[\w.<>]+\(\) (got|missing|takes) ")
Emit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Task:
    """All that a grading needs, as plain data."""

    folder: str
    source: str
    file_name: str
    isolation: str
    entry_point: list[str]
    allowed_imports: list[str]
    forbidden: list[str]
    memory: int
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """A check that did not hold."""

    verdict: Verdict
    failure: Failure
    final: bool = False  # no other check can be run


class _Enough(BaseException):
    """Shrinking has had its time."""


def judge(task: Task, emit: Emit, nursery: Nursery | None) -> None:
    """Grade one file. Emits `plan`, then `start` and `check` for each check, `failure` once, and `done`."""
    if outcome := rejected_before_running(task):
        _emit_failure(emit, outcome)
        return
    checking.SEED = task.seed
    specs = load_checks(Path(task.folder))
    emit({"plan": [CheckResult(id=s.id, text=s.text, state="not_run").model_dump() for s in specs]})
    try:
        candidate = make_candidate(task, nursery)
    except (CandidateError, Hang) as error:
        _emit_failure(emit, _outcome_of(error, None, None))
        return
    failed = False
    for spec in specs:
        emit({"start": spec.id})
        began = time.monotonic()
        outcome = run_check(spec, candidate, task.file_name, shrink=not failed)
        state = "failed" if outcome else "passed"
        result = CheckResult(id=spec.id, text=spec.text, state=state, seconds=time.monotonic() - began)  # type: ignore[arg-type]
        emit({"check": result.model_dump()})
        if outcome:
            if not failed:
                emit({"verdict": outcome.verdict, "failure": outcome.failure.model_dump()})
            failed = True
            if outcome.final:
                break
    candidate.close()
    emit({"done": True})


def load_checks(folder: Path) -> list[CheckSpec]:
    """Execute `checks.py` and collect what it declares."""
    path = folder / "checks.py"
    namespace: dict[str, Any] = {"__name__": "checks", "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return checking.checks_in(namespace)


def make_candidate(task: Task, nursery: Nursery | None) -> Candidate:
    """The learner's code, loaded; raises CandidateError or Hang when that fails."""
    starter = (Path(task.folder) / "starter.py").read_text(encoding="utf-8")
    names = policy.parameters(starter, task.entry_point)
    if task.isolation == "together" or nursery is None:
        return LocalCandidate(task.source, task.file_name, names)
    candidate = RemoteCandidate(nursery, task.source, task.file_name, names, task.memory)
    candidate.start()
    return candidate


def rejected_before_running(task: Task) -> Outcome | None:
    """Why the file may not run at all: it does not parse, or uses what the drill forbids."""
    try:
        found = policy.violations(task.source, task.allowed_imports, task.forbidden)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        described = learner.describe(_named(error, task.file_name), task.file_name)
        return _outcome_of(LearnerError(described), None, None)
    if found:
        return Outcome("forbidden", Failure(message=found[0].message), final=True)
    return None


def _named(error: BaseException, file_name: str) -> BaseException:
    if isinstance(error, SyntaxError):
        error.filename = file_name
    return error


def run_check(spec: CheckSpec, candidate: Candidate, file_name: str, *, shrink: bool) -> Outcome | None:
    """Run one check; None when it held. What hypothesis prints is swallowed."""
    watch = _Watch(spec, candidate, file_name)
    run = spec.bind(watch.body(), shrink=shrink)
    try:
        with hypothesis.reporting.with_reporter(_silent):
            run(candidate)
    except _Enough:
        return watch.last
    except Hang as error:
        return _outcome_of(error, spec, candidate)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, MemoryError)) and watch.last is None:
            return _outcome_of(LearnerError(learner.describe(error, file_name)), spec, candidate)
        if watch.last is not None and not isinstance(error, watch.kinds):
            return _flaky(watch.last)
        return watch.last or _outcome_of(_translate(error, file_name), spec, candidate)
    return None


class _Watch:
    """Wraps a check's body: remembers the last failing inputs, and ends shrinking when its time is over."""

    def __init__(self, spec: CheckSpec, candidate: Candidate, file_name: str) -> None:
        self.spec, self.candidate, self.file_name = spec, candidate, file_name
        self.last: Outcome | None = None
        self.first_failure: float | None = None
        self.kinds: tuple[type[BaseException], ...] = ()

    def body(self) -> Callable[..., None]:
        """The watched body, under the signature that hypothesis reads."""

        @functools.wraps(self.spec.body)
        def watched(*args: Any, **kwargs: Any) -> None:
            self(*args, **kwargs)

        return watched

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        if self.first_failure is not None and time.monotonic() - self.first_failure > SHRINK_SECONDS:
            raise _Enough
        self.candidate.show()
        try:
            with self.candidate.timed():
                self.spec.body(*args, **kwargs)
        except (Exception, SystemExit) as error:
            if _is_hypothesis(error):
                raise
            self.first_failure = self.first_failure or time.monotonic()
            self.kinds = (*self.kinds, type(error))
            self.last = _outcome_of(_translate(error, self.file_name), self.spec, self.candidate)
            raise


def _is_hypothesis(error: BaseException) -> bool:
    """hypothesis steers by exceptions of its own (an unsatisfied assumption), which are no failures."""
    return type(error).__module__.startswith("hypothesis")


def _silent(message: object) -> None:
    """hypothesis would print its falsifying example; the report shows it in its own way."""


def _translate(error: BaseException, file_name: str) -> BaseException:
    """What a check raised, told apart: the learner's own exception, a comparison, or an unusable result."""
    if isinstance(error, (Mismatch, CandidateError)):
        return error
    described = learner.describe(error, file_name)
    misused = isinstance(error, TypeError) and _SIGNATURE.match(str(error))  # has no frame of its own
    if described["exit"] or misused or f'"{file_name}"' in described["traceback"]:
        return raised(described)
    if isinstance(error, AssertionError):
        text = str(error) or "a property does not hold"
        return Mismatch(Text(en=text, zh=text))
    shown = f"{type(error).__name__}: {error}"
    return Mismatch(
        Text(
            en=f"The check could not use what your code returned ({shown}).",
            zh=f"无法使用你的代码返回的结果（{shown}）。",
        )
    )


def _outcome_of(error: BaseException, spec: CheckSpec | None, candidate: Candidate | None) -> Outcome:
    inputs = [show(name, value) for name, value in (candidate.inputs() if candidate else {}).items()]
    check = spec.id if spec else None
    if isinstance(error, Mismatch):
        failure = Failure(
            check=check,
            message=error.message,
            inputs=inputs,
            expected=None if error.expected is None else show(error.name, error.expected),
            actual=None if error.actual is None else show(error.name, error.actual),
            difference=error.difference,
        )
        return Outcome("wrong", failure)
    if isinstance(error, CandidateError):
        trace = None if error.shown_traceback is None else clean(error.shown_traceback)
        message = Text(en=clean(error.message.en, 600), zh=clean(error.message.zh, 600))
        failure = Failure(check=check, message=message, inputs=inputs, traceback=trace)
        return Outcome(error.verdict, failure)
    if isinstance(error, Hang):
        trace = error.shown_traceback or None
        failure = Failure(check=check, message=error.message, inputs=inputs, traceback=trace)
        return Outcome("timeout", failure, final=True)
    raise error


def _flaky(last: Outcome) -> Outcome:
    note = Text(
        en=f"{last.failure.message.en} (Not every time: it depends on earlier calls or on chance.)",
        zh=f"{last.failure.message.zh}（并非每次都如此：结果依赖之前的调用或随机性。）",
    )
    return Outcome(last.verdict, last.failure.model_copy(update={"message": note}))


def _emit_failure(emit: Emit, outcome: Outcome) -> None:
    emit({"verdict": outcome.verdict, "failure": outcome.failure.model_dump()})
    emit({"done": True})
