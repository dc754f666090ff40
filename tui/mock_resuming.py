"""Taking up an unfinished mock interview: read, checked, and fitted to the bank as it is now."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from quizbank.interviews import BUDGETS, Step, StepKind
from quizbank.models import Recall
from tui import mock_saved
from tui.mock_session import Given, MockRun

if TYPE_CHECKING:
    from quizbank.record import Record
    from tui.services import Services

IN_WORDS = ("deep", "follow_up")
FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError)
"""What a text that no interview wrote can raise."""


@dataclass(frozen=True)
class Found:
    """An unfinished interview; without a run it cannot be gone on with, or has been finished meanwhile."""

    run: MockRun | None
    left_out: int = 0
    """Steps whose question is gone, or was answered and then changed."""
    aside: Path | None = None
    """Where the text as it was kept lies, if the run has not all of it."""


def take_up(services: Services, text: str) -> Found:
    """What was kept, as far as it can be gone on with. For a worker thread: reads the bank and the drills.

    Raises OSError where a copy should be put aside and cannot; nothing is lost then.
    """
    from quizbank.answering import AnswerError

    try:
        run = _read(services, json.loads(text))
        with services.own_record() as record:
            if run.report(record) is not None:
                return Found(None)
        left_out, whole = _fit(services, run)
        _check(run)
    except (*FAULTS, AnswerError):
        return Found(None, aside=_put_aside(services, text))
    if not run.steps:
        return Found(None, left_out, _put_aside(services, text))
    return Found(run, left_out, None if whole else _put_aside(services, text))


def settle(record: Record, found: Found) -> None:
    """Keep what was found as it is now: nothing of what cannot be gone on with; raises RecordError."""
    if found.run is None:
        mock_saved.forget(record)
    elif found.aside is not None:
        found.run.keep(record)  # or the same would be put aside again


def _put_aside(services: Services, text: str) -> Path:
    return mock_saved.put_aside(services.places.home, text, services.now())


def _read(services: Services, data: Mapping[str, Any]) -> MockRun:
    """The interview as it was kept; raises one of FAULTS for what is none."""
    _require(data["version"] == mock_saved.VERSION and data["minutes"] in BUDGETS)
    _require(data["role"] is None or isinstance(data["role"], str))
    steps = [Step(**row) for row in data["steps"]]
    for before, step in zip([None, *steps], steps, strict=False):
        _require(step.kind in get_args(StepKind) and isinstance(step.item, str))
        _require(all(type(value) is int for value in (step.seed, step.seconds, step.rev)))
        if step.kind == "follow_up":
            _require(before is not None and before.kind == "deep" and before.item == step.item)
    run = MockRun(
        services,
        steps,
        minutes=data["minutes"],
        role=data["role"],
        began=_moment(data["began"]),
        elapsed=_seconds(data["elapsed"]),
        spent=_seconds(data["spent"]),
    )
    run.given = [Given(one["answer"], _seconds(one["seconds"]), one["ticked"]) for one in data["given"]]
    run.place, run.typed = data["place"], data["typed"]
    run.finishing = None if data["finishing"] is None else _moment(data["finishing"])
    _require(len(run.given) == len(steps) and type(run.place) is int and 0 <= run.place <= len(steps))
    return run


def _fit(services: Services, run: MockRun) -> tuple[int, bool]:
    """Leave out what is gone, and what was answered and has changed since: its answer answers another question.

    What has changed and was not answered is asked as it is now. Returns how many steps are left out, and whether
    nothing that the learner gave is among what went.
    """
    kept: list[int] = []
    place, whole = run.place, True
    for index, step in enumerate(run.steps):
        begun = index - 1 if step.kind == "follow_up" else index  # it goes with the question that it follows
        now = _revision(services, step)
        changed = now != step.rev
        at_hand = index == run.place and run.typed is not None
        if now is None or (changed and begun < run.place):
            if index < run.place:
                place -= 1
            if at_hand or run.given[index].answer is not None:
                whole = False
            if at_hand:
                run.typed = None
            continue
        if changed:
            run.steps[index] = replace(step, rev=now)
            if at_hand and step.kind == "quick":  # its options may stand for others now
                run.typed, whole = None, False
        kept.append(index)
    left_out = len(run.steps) - len(kept)
    run.steps = [run.steps[index] for index in kept]
    run.given = [run.given[index] for index in kept]
    run.place = place
    return left_out, whole


def _revision(services: Services, step: Step) -> int | None:
    """The item's revision now; None where it is gone, or is no longer one that can be asked like this."""
    if step.kind == "drill":
        return step.rev if step.item.removeprefix("d:") in services.drills else None
    question = services.bank.questions.get(step.item.removeprefix("q:"))
    if question is None or isinstance(question, Recall) != (step.kind in IN_WORDS):
        return None
    return question.rev


def _check(run: MockRun) -> None:
    """Raises one of FAULTS, or AnswerError, for answers that none of the steps could have had."""
    for index, (step, given) in enumerate(zip(run.steps, run.given, strict=True)):
        if step.kind == "quick":
            if index < run.place:
                run.grade(step, given.answer)
            continue
        _require(given.answer is None or isinstance(given.answer, str))
        if given.ticked is not None:
            points = range(len(run.points(index)))
            _require(all(type(one) is int and one in points for one in given.ticked))
    if run.step is not None and run.step.kind != "quick":
        _require(run.typed is None or isinstance(run.typed, str))


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError


def _seconds(value: Any) -> float:
    _require(type(value) in (int, float) and math.isfinite(value) and value >= 0)
    return float(value)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    _require(moment.tzinfo is not None)
    return moment
