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
from drills.grading.candidate import Candidate
from drills.grading.evidence import Recorder
from drills.grading.failures import CandidateError, Hang, LearnerError, NoDevice
from drills.grading.guard import Guard
from drills.grading.local_candidate import LocalCandidate
from drills.grading.remote_candidate import RemoteCandidate
from drills.grading.report import CheckResult, Failure
from drills.grading.runner import Nursery
from drills.grading.running import Outcome, holds_again, outcome_of, run_check
from quizbank.models import Text

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
    call_seconds: float | None = None
    """For one call, where it is not the usual."""
    device: str | None = None
    """Where the learner's code computes; None for the CPU, without ado."""
    again: dict[str, Any] | None = None
    """The last counterexample, as a `counterexample` event told it."""
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
    if task.call_seconds is not None:
        limits.CALL_SECONDS, limits.EXAMPLE_SECONDS = task.call_seconds, 2 * task.call_seconds
    specs = load_checks(Path(task.folder))
    beside = task.isolation == "together"
    guard = Guard(*(spec.body.__globals__ for spec in specs[:1])) if beside else None
    emit({"plan": [CheckResult(id=s.id, text=s.text, state="not_run").model_dump() for s in specs]})
    try:
        candidate = make_candidate(task, nursery, enter)
    except (CandidateError, Hang) as error:
        _emit_failure(emit, outcome_of(error, None, None))
        return
    if task.again is not None and not beside:
        _try_again(task, specs, candidate, emit)
    candidate.witness = recorder
    if guard is not None and (name := guard.changed()) is not None:
        _emit_failure(emit, _tampered(name))
        return
    failed = False
    for spec in specs:
        emit({"start": spec.id})
        began = time.monotonic()
        recorder.begin(spec.id)
        outcome = run_check(spec, candidate, task.file_name, shrink=not failed)
        if guard is not None and (name := guard.changed()) is not None:
            outcome = _tampered(name, spec.id)
        state = "failed" if outcome else "passed"
        result = CheckResult(id=spec.id, text=spec.text, state=state, seconds=time.monotonic() - began)  # type: ignore[arg-type]
        emit({"check": result.model_dump()})
        if outcome:
            if not failed or outcome.verdict == "forbidden":
                emit({"verdict": outcome.verdict, "failure": outcome.failure.model_dump()})
                emit({"counterexample": outcome.example})
            failed = True
            if outcome.final:
                break
    candidate.close()


def _try_again(task: Task, specs: list[CheckSpec], candidate: Candidate, emit: Emit) -> None:
    """Tell whether the last counterexample holds now. What follows starts from a fresh process, as if it had not been."""
    assert task.again is not None
    for spec in specs:
        if spec.id == task.again["check"]:
            holds = holds_again(spec, candidate, task.file_name, task.again)
            candidate.close()
            if holds is not None:
                emit({"again": {"check": spec.id, "holds": holds}})


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
    if task.device is not None and (task.isolation == "together" or task.network != "none"):
        raise NoDevice(task.device, "this drill's checks run on the CPU only")
    if task.isolation == "together" or nursery is None:
        enter()
        return LocalCandidate(task.source, task.file_name, names, stage=stage_of(task))
    candidate = RemoteCandidate(
        nursery,
        task.source,
        task.file_name,
        names,
        task.memory,
        classes=policy.classes(starter_of(task), task.entry_point),
        stage=stage_of(task),
        loopback=task.network == "loopback",
        seed=task.seed,
        device=task.device,
    )
    candidate.start()
    return candidate


def parameters_of(task: Task) -> dict[str, list[str]]:
    """The entry points, with the names of their parameters."""
    return policy.parameters(starter_of(task), task.entry_point)


def starter_of(task: Task) -> str:
    """The drill's starter."""
    return (Path(task.folder) / "starter.py").read_text(encoding="utf-8")


def stage_of(task: Task) -> str | None:
    """What the drill plays beside the learner's code, if it does."""
    path = Path(task.folder) / "stage.py"
    return path.read_text(encoding="utf-8") if path.exists() else None


def rejected_before_running(task: Task) -> Outcome | None:
    """Why the file may not run at all: it does not parse, or uses what the drill forbids."""
    try:
        found = policy.violations(
            task.source, task.allowed_imports, task.forbidden, beside_checks=task.isolation == "together"
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        described = learner.describe(_named(error, task.file_name), task.file_name)
        return outcome_of(LearnerError(described), None, None)
    if found:
        return Outcome("forbidden", Failure(message=found[0].message), final=True)
    return None


def _tampered(name: str, check: str | None = None) -> Outcome:
    """The code has replaced something that the checks are made of."""
    message = Text(
        en=f"Your code replaces {name}, which the checks use. That is not allowed.",
        zh=f"你的代码替换了检查所用的 {name}，这是不允许的。",
    )
    return Outcome("forbidden", Failure(check=check, message=message), final=True)


def _named(error: BaseException, file_name: str) -> BaseException:
    if isinstance(error, SyntaxError):
        error.filename = file_name
    return error


def _emit_failure(emit: Emit, outcome: Outcome) -> None:
    emit({"verdict": outcome.verdict, "failure": outcome.failure.model_dump()})
