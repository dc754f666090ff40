"""Which known mistake behaves as the learner's code did: the mutants, replayed against what the checks saw."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drills import checking
from drills.catalog import Drill, load_drill
from drills.checking import CheckSpec
from drills.grading import evidence
from drills.grading.evidence import Testimony
from drills.grading.failures import CandidateError, Hang
from drills.grading.judge import Task, load_checks, parameters_of, stage_of
from drills.grading.local_candidate import LocalCandidate
from drills.grading.objects import is_module
from drills.grading.report import Diagnosis
from drills.grading.runner import METER
from drills.grading.running import run_check
from drills.mutants import Mutant, load_mutants, source_of

_MUTANT_SECONDS = 0.5
"""Of processor time, for an example: on a busy machine no mutant may part from the file because it had to wait."""


def diagnose(task: Task, seen: dict[str, Testimony]) -> Diagnosis | None:
    """The first mutant, in the order of `mutants.yaml`, that did all that the learner's code did.

    Failed checks are replayed first, since most mutants part there. A second round is for a mistake that depends
    on earlier calls: it keeps their order, and ends where the search for a smaller input began to disturb it. There
    only mutants count whose own results depend on earlier calls (those of one that changes an argument do, as the
    check's arrays are its own here); of another one, the later checks have said no.
    """
    drill = load_drill(Path(task.folder))
    checking.SEED = task.seed
    warnings.simplefilter("ignore")
    written = [spec for spec in load_checks(drill.folder) if spec.id in seen]
    failed = [seen[spec.id].ending is not None for spec in written]
    failed_first = sorted(written, key=lambda spec: seen[spec.id].ending is None)
    undisturbed = written[: failed.index(True) + 1]
    mutants = load_mutants(drill)
    deadline = time.process_time() + task.diagnosis_seconds
    replay = _Replay(drill, task, seen, deadline)
    try:
        for mutant in mutants:
            if replay.parts_at(mutant, failed_first) is None:
                return replay.diagnosis(mutant)
        for mutant in mutants:
            if replay.parts_at(mutant, undisturbed) is None and (
                evidence.in_place(seen[undisturbed[-1].id])
                or replay.remembers(mutant, undisturbed, failed_first)
            ):
                return replay.diagnosis(mutant)
    except _OutOfTime:
        pass
    return None


@dataclass(frozen=True)
class _Replay:
    """The mutants of a drill, run against a testimony."""

    drill: Drill
    task: Task
    seen: dict[str, Testimony]
    deadline: float

    def diagnosis(self, mutant: Mutant) -> Diagnosis:
        return Diagnosis(mutant=f"{self.drill.id}/{mutant.id}", text=mutant.text)

    def parts_at(self, mutant: Mutant, specs: list[CheckSpec]) -> CheckSpec | None:
        """The first of the checks in which the mutant does not do what the learner's code did; None for none."""
        candidate = self._load(mutant)
        if candidate is None:
            return specs[0]
        for spec in specs:
            if not _follows(candidate, spec, self.seen[spec.id], self.task.file_name, self.deadline):
                return spec
        return None

    def remembers(self, mutant: Mutant, before: list[CheckSpec], specs: list[CheckSpec]) -> bool:
        """Whether the check in which the mutant parts comes out otherwise once the checks `before` have run."""
        parts = self.parts_at(mutant, specs)
        if parts is None:  # the first time it was cut short
            return True
        return not _alike(self._testimony(mutant, [parts]), self._testimony(mutant, [*before, parts]))

    def _testimony(self, mutant: Mutant, specs: list[CheckSpec]) -> Testimony:
        """What a freshly loaded mutant does in the last of the checks, after those before it."""
        candidate = self._load(mutant)
        recorder = _Timed(self.deadline)
        if candidate is None:
            return Testimony()
        candidate.witness = recorder
        for spec in specs:
            recorder.begin(spec.id)
            run_check(spec, candidate, self.task.file_name, shrink=False)
        return as_read(recorder, specs[-1].id)

    def _load(self, mutant: Mutant) -> LocalCandidate | None:
        kind = _Replayed if self.task.isolation == "separate" else LocalCandidate
        try:
            return kind(
                source_of(self.drill, mutant),
                self.task.file_name,
                parameters_of(self.task),
                _MUTANT_SECONDS,
                stage=stage_of(self.task),
            )
        except (CandidateError, Hang):
            return None


class _Timed(evidence.Recorder):
    """A recorder that gives up when the time for a diagnosis is over."""

    def __init__(self, deadline: float) -> None:
        super().__init__()
        self.deadline = deadline

    def saw(self, value: Any, *, drawn: bool = False) -> None:
        if time.process_time() > self.deadline:
            raise _OutOfTime
        super().saw(value, drawn=drawn)


def as_read(recorder: evidence.Recorder, check: str) -> Testimony:
    """A check's testimony as it is after it has travelled."""
    return evidence.read(recorder.message())[check]


def _alike(one: Testimony, other: Testimony) -> bool:
    if (one.ending is None) != (other.ending is None) or len(one.calls) != len(other.calls):
        return False
    if one.ending is not None and other.ending is not None:
        drawn = any(chance for chance, _ in one.calls)
        if not evidence.same_ending(one.ending, other.ending, drawn=drawn):
            return False
    return all(
        (evidence.same_draws if chance else evidence.agree)(mine, yours)
        for (chance, mine), (_, yours) in zip(one.calls, other.calls, strict=True)
    )


class _Replayed(LocalCandidate):
    """A mutant whose calls of the check's functions travel, as they would from a process of its own."""

    def _entry_point(self, name: str) -> Callable[..., Any]:
        target = super()._entry_point(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return target(
                *map(_travelling, args), **{key: _travelling(value) for key, value in kwargs.items()}
            )

        return call


def _travelling(value: Any) -> Any:
    """A function of the check, given copies; a module of its own arrives as a copy."""
    if not callable(value):
        return value
    if is_module(value):
        return evidence.as_sent(value)

    def call(*args: Any, **kwargs: Any) -> Any:
        with METER.paused():
            return value(*evidence.as_sent(list(args)), **evidence.as_sent(kwargs))

    return call


def _follows(
    candidate: LocalCandidate, spec: CheckSpec, seen: Testimony, file_name: str, deadline: float
) -> bool:
    """Run one check; whether the mutant gave what the learner's code gave, and failed (or held) as it did."""
    follower = candidate.witness = _Follower(seen, deadline)
    try:
        outcome = run_check(spec, candidate, file_name, shrink=False)
    except _Decided as decided:
        return decided.same
    return outcome is None and seen.ending is None and follower.next == len(seen.calls)


class _Decided(evidence.Halt):
    """The mutant has parted from the learner's code, or has failed as it did."""

    def __init__(self, same: bool) -> None:
        super().__init__(same)
        self.same = same


class _OutOfTime(evidence.Halt):
    """The time for a diagnosis is over."""


class _Follower:
    """A witness that compares what it is told with a testimony, and stops the check once it is decided."""

    def __init__(self, seen: Testimony, deadline: float) -> None:
        self.seen, self.deadline = seen, deadline
        self.next = 0
        self.drawn = False

    def saw(self, value: Any, *, drawn: bool = False) -> None:
        if time.process_time() > self.deadline:
            raise _OutOfTime
        if self.next == len(self.seen.calls):
            raise _Decided(not self.seen.complete)
        was_drawn, recorded = self.seen.calls[self.next]
        self.next += 1
        self.drawn = self.drawn or drawn
        same = evidence.same_draws if drawn and was_drawn else evidence.agree
        if not same(evidence.as_sent(value), recorded):
            raise _Decided(False)

    def failed(self, error: BaseException) -> None:
        if self.seen.ending is None or self.next != len(self.seen.calls):
            raise _Decided(False)
        mine = evidence.as_sent(evidence.ending_of(error))
        raise _Decided(evidence.same_ending(mine, self.seen.ending, drawn=self.drawn))
