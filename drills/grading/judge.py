"""The judge: loads a drill's checks, runs them against the learner's code, and tells the server what held."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drills import checking
from drills.checking import CheckSpec
from drills.grading import learner, limits, policy
from drills.grading.candidate import (
    Candidate,
    CandidateError,
    Hang,
    LearnerError,
    LocalCandidate,
    RemoteCandidate,
)
from drills.grading.evidence import Recorder
from drills.grading.report import CheckResult, Failure
from drills.grading.runner import Nursery
from drills.grading.running import Outcome, outcome_of, run_check

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
    network: str = "none"
    seed: int = 0
    diagnosis_seconds: float = limits.DIAGNOSIS_SECONDS


def judge(
    task: Task,
    emit: Emit,
    nursery: Nursery | None,
    recorder: Recorder | None = None,
    enter: Callable[[], None] = lambda: None,
) -> None:
    """Grade one file. Emits `plan`, then `start` and `check` for each check, and `failure` once.

    `recorder` is told what the checks saw; `enter` restricts this process, if it is to hold the learner's code.
    """
    recorder = recorder or Recorder()
    if outcome := rejected_before_running(task):
        _emit_failure(emit, outcome)
        return
    checking.SEED = task.seed
    specs = load_checks(Path(task.folder))
    emit({"plan": [CheckResult(id=s.id, text=s.text, state="not_run").model_dump() for s in specs]})
    try:
        candidate = make_candidate(task, nursery, enter)
    except (CandidateError, Hang) as error:
        _emit_failure(emit, outcome_of(error, None, None))
        return
    candidate.witness = recorder
    failed = False
    for spec in specs:
        emit({"start": spec.id})
        began = time.monotonic()
        recorder.begin(spec.id)
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


def load_checks(folder: Path) -> list[CheckSpec]:
    """Execute `checks.py` and collect what it declares."""
    path = folder / "checks.py"
    namespace: dict[str, Any] = {"__name__": "checks", "__file__": str(path)}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return checking.checks_in(namespace)


def make_candidate(
    task: Task, nursery: Nursery | None, enter: Callable[[], None] = lambda: None
) -> Candidate:
    """The learner's code, loaded; raises CandidateError or Hang when that fails."""
    names = parameters_of(task)
    if task.isolation == "together" or nursery is None:
        enter()
        return LocalCandidate(task.source, task.file_name, names)
    candidate = RemoteCandidate(nursery, task.source, task.file_name, names, task.memory)
    candidate.start()
    return candidate


def parameters_of(task: Task) -> dict[str, list[str]]:
    """The entry points, with the names of their parameters."""
    starter = (Path(task.folder) / "starter.py").read_text(encoding="utf-8")
    return policy.parameters(starter, task.entry_point)


def rejected_before_running(task: Task) -> Outcome | None:
    """Why the file may not run at all: it does not parse, or uses what the drill forbids."""
    try:
        found = policy.violations(task.source, task.allowed_imports, task.forbidden)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        described = learner.describe(_named(error, task.file_name), task.file_name)
        return outcome_of(LearnerError(described), None, None)
    if found:
        return Outcome("forbidden", Failure(message=found[0].message), final=True)
    return None


def _named(error: BaseException, file_name: str) -> BaseException:
    if isinstance(error, SyntaxError):
        error.filename = file_name
    return error


def _emit_failure(emit: Emit, outcome: Outcome) -> None:
    emit({"verdict": outcome.verdict, "failure": outcome.failure.model_dump()})
