"""Runs one check against a candidate, and tells what it raised as an outcome of the grading."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import hypothesis.errors
import hypothesis.reporting

from drills import checking
from drills.checking import CheckSpec
from drills.comparing import Mismatch
from drills.grading import learner
from drills.grading.candidate import Candidate
from drills.grading.evidence import Halt
from drills.grading.failures import CandidateError, Hang, LearnerError, raised
from drills.grading.report import Failure, Verdict
from drills.grading.runner import seed_global_generators
from drills.grading.showing import clean, show
from quizbank.models import Text

SHRINK_SECONDS = 3.0
_REPRODUCE = re.compile(r"@reproduce_failure\('([^']+)', b'([^']*)'\)")
_SIGNATURE = re.compile(r"[\w.<>]+\(\) (got|missing|takes) ")


@dataclass(frozen=True)
class Outcome:
    """A check that did not hold."""

    verdict: Verdict
    failure: Failure
    final: bool = False  # no other check can be run
    example: dict[str, str] | None = None  # what `holds_again` wants


class _Enough(BaseException):
    """Shrinking has had its time."""


def run_check(spec: CheckSpec, candidate: Candidate, file_name: str, *, shrink: bool) -> Outcome | None:
    """Run one check; None when it held. What hypothesis prints is swallowed."""
    watch = _Watch(spec, candidate, file_name)
    run = spec.bind(watch.body(), shrink=shrink)
    try:
        with hypothesis.reporting.with_reporter(_silent):
            run(candidate)
    except _Enough:
        return watch.last
    except Halt:
        raise
    except Hang as error:
        if candidate.witness is not None:
            candidate.witness.failed(error)
        return outcome_of(error, spec, candidate)
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, MemoryError)) and watch.last is None:
            return outcome_of(LearnerError(learner.describe(error, file_name)), spec, candidate)
        if watch.last is not None and not isinstance(error, watch.kinds):
            return _flaky(watch.last)
        outcome = watch.last or outcome_of(_translate(error, file_name), spec, candidate)
        return replace(outcome, example=_noted(error, spec))
    return None


def holds_again(
    spec: CheckSpec, candidate: Candidate, file_name: str, example: dict[str, Any]
) -> bool | None:
    """Whether a check holds on the one example that an earlier run noted; None where it cannot be drawn any more."""
    watch = _Watch(spec, candidate, file_name)
    if not spec.is_property:
        return None
    try:
        with hypothesis.reporting.with_reporter(_silent):
            spec.bind(watch.body(), shrink=False, again=(example["version"], example["blob"].encode()))(
                candidate
            )
    except hypothesis.errors.DidNotReproduce:
        return True if watch.ran else None
    except hypothesis.errors.HypothesisException:
        return None
    except (Exception, Hang, _Enough):
        return False
    return None


def _noted(error: BaseException, spec: CheckSpec) -> dict[str, str] | None:
    """The code of the smallest example, from hypothesis's note on how to reproduce it."""
    for note in getattr(error, "__notes__", []):
        if (found := _REPRODUCE.search(note)) is not None:
            return {"check": spec.id, "version": found[1], "blob": found[2]}
    return None


class _Watch:
    """Wraps a check's body: remembers the last failing inputs, and ends shrinking when its time is over."""

    def __init__(self, spec: CheckSpec, candidate: Candidate, file_name: str) -> None:
        self.spec, self.candidate, self.file_name = spec, candidate, file_name
        self.last: Outcome | None = None
        self.ran = False
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
        self.ran = True
        self.candidate.show()
        seed_global_generators(checking.SEED)
        self.candidate.reseed(checking.SEED)
        try:
            with self.candidate.timed():
                self.spec.body(*args, **kwargs)
        except (Exception, SystemExit) as error:
            if _is_hypothesis(error):
                raise
            if self.candidate.witness is not None:
                self.candidate.witness.failed(_translate(error, self.file_name))
            self.first_failure = self.first_failure or time.monotonic()
            self.kinds = (*self.kinds, type(error))
            self.last = outcome_of(_translate(error, self.file_name), self.spec, self.candidate)
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


def outcome_of(error: BaseException, spec: CheckSpec | None, candidate: Candidate | None) -> Outcome:
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
