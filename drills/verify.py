"""Proves the drills: the starter fails, the solution and its alternatives pass, every mutant is rejected and named."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from queue import SimpleQueue

from drills.catalog import Drill, DrillError
from drills.grading.client import Grader, missing_backend
from drills.grading.report import Report
from drills.mutants import load_mutants, source_of

LEAST_MUTANTS = 6
LEAST_ALTERNATIVES = 2
DIAGNOSIS_SECONDS = 30.0
_SOUND_FAILURES = frozenset({"wrong", "error", "timeout", "out_of_memory", "crashed"})


@dataclass
class Verification:
    """What the proof of one drill found; `problems` is empty when it holds."""

    drill: str
    mutants: int = 0
    killed: int = 0
    diagnosed: int = 0
    alternatives: int = 0
    accepted: int = 0
    seconds: float = 0.0
    skipped: str | None = None
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Trial:
    """One file to grade, and what must come of it."""

    kind: str
    name: str
    source: str


def verify(
    drills: Sequence[Drill],
    *,
    seeds: int = 1,
    jobs: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Verification]:
    """Verify each drill on `seeds` seeds, in parallel; yields the results as they are ready."""
    jobs = jobs or min(os.cpu_count() or 1, max(len(drills), 1))
    graders: SimpleQueue[Grader] = SimpleQueue()
    pool = [Grader(diagnosis_seconds=DIAGNOSIS_SECONDS) for _ in range(jobs)]
    for grader in pool:
        graders.put(grader)

    def work(drill: Drill) -> Verification:
        grader = graders.get()
        try:
            return verify_one(drill, grader, seeds=seeds, progress=progress)
        finally:
            graders.put(grader)

    try:
        with ThreadPoolExecutor(jobs) as executor:
            for future in as_completed([executor.submit(work, drill) for drill in drills]):
                yield future.result()
    finally:
        for grader in pool:
            grader.close()


def verify_one(
    drill: Drill, grader: Grader, *, seeds: int = 1, progress: Callable[[str], None] | None = None
) -> Verification:
    """Grade everything that a drill ships with."""
    began = time.monotonic()
    result = Verification(drill.id)
    if (missing := missing_backend(drill.backend)) is not None:
        result.skipped = missing.en
        return result
    result.problems += missing_parts(drill)
    try:
        trials = list(_trials(drill))
    except (DrillError, OSError) as error:
        result.problems.append(str(error))
        return result
    names: dict[str, str] = {}
    for trial in trials:
        reports = [grader.grade(drill, trial.source, seed=seed, diagnose=not seed) for seed in range(seeds)]
        fates = [_fate(trial, report, seed) for seed, report in enumerate(reports)]
        problem = next((fate for fate in fates if fate is not None), None)
        if problem is not None:
            result.problems.append(problem)
        if trial.kind == "mutant":
            result.mutants += 1
            result.killed += problem is None
            named = _named(reports[0])
            if named == "":  # ranks that are out of step end differently from run to run
                named = _named(grader.grade(drill, trial.source))
            if named is not None:
                names[trial.name] = named
        elif trial.kind == "alternative":
            result.alternatives += 1
            result.accepted += problem is None
        if progress is not None:
            progress(drill.id)
    result.problems += [problem for trial in names if (problem := _misnamed(trial, names)) is not None]
    result.diagnosed = len(names)
    result.seconds = time.monotonic() - began
    return result


def _named(report: Report) -> str | None:
    """The mutant that a failing file was diagnosed as, "" for none, None where none is looked for."""
    if report.verdict not in ("wrong", "error"):
        return None
    return "" if report.diagnosis is None else report.diagnosis.mutant.rpartition("/")[2]


def _misnamed(mutant: str, names: Mapping[str, str]) -> str | None:
    """A mutant is diagnosed as itself, or as an earlier one that does the same (and is diagnosed as itself)."""
    named = names[mutant]
    if names.get(named) == named:
        return None
    return f"mutant {mutant} was diagnosed as {named or 'nothing'}"


def count_trials(drill: Drill) -> int:
    """How many files `verify_one` will grade (per seed), for a progress bar."""
    try:
        return 2 + len(drill.alternatives) + len(load_mutants(drill))
    except DrillError:
        return 0


def _trials(drill: Drill) -> Iterator[_Trial]:
    yield _Trial("starter", "starter", drill.starter)
    yield _Trial("solution", "solution", drill.solution)
    for name, source in drill.alternatives.items():
        yield _Trial("alternative", name, source)
    for mutant in load_mutants(drill):
        yield _Trial("mutant", mutant.id, source_of(drill, mutant))


def _fate(trial: _Trial, report: Report, seed: int) -> str | None:
    """What went wrong with a trial, or None. A mutant must fail by its checks, not by the drill's rules."""
    if trial.kind in ("solution", "alternative"):
        if report.passed:
            return None
        message = report.failure.message.en if report.failure else ""
        return f"{trial.kind} {trial.name} was rejected on seed {seed}: {report.verdict}: {message}"
    if report.verdict in _SOUND_FAILURES:
        return None
    return f"{trial.kind} {trial.name} was not rejected on seed {seed}: {report.verdict}"


def missing_parts(drill: Drill) -> list[str]:
    """What every drill must have beside its code."""
    problems = []
    for language in ("en", "zh"):
        try:
            if len(drill.prompt(language)) < 200:
                problems.append(f"prompt.{language}.md is too short to be a task")
        except DrillError as error:
            problems.append(str(error))
    if len(drill.alternatives) < LEAST_ALTERNATIVES:
        problems.append(f"fewer than {LEAST_ALTERNATIVES} alternatives")
    try:
        if len(load_mutants(drill)) < LEAST_MUTANTS:
            problems.append(f"fewer than {LEAST_MUTANTS} mutants")
    except DrillError as error:
        problems.append(str(error))
    return problems
