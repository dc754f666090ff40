"""A drill's attempts in the record: the same for the app and the command line.

Hints shown and failed tries since the last pass are kept as a draft, so that they count across runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from quizbank.record import Record
from quizbank.scheduling import Card, rate_drill

if TYPE_CHECKING:
    from drills.catalog import Drill
    from drills.grading.report import Report
    from drills.hunting import Hunt
    from quizbank.loader import Bank
    from quizbank.models import Question

UNGRADED = frozenset({"grader_fault"})
"""Verdicts that say nothing about the learner, and are not recorded."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What has happened on a drill since it was last passed."""

    hints: int = 0
    tries: int = 0
    gave_up: bool = False


def sitting(record: Record, drill: Drill) -> Sitting:
    """The sitting under way."""
    try:
        return Sitting(**json.loads(record.draft(_key(drill)) or "{}"))
    except (ValueError, TypeError):
        return Sitting()


def explaining(bank: Bank, drill: Drill, report: Report) -> Question | None:
    """The question that explains a failed attempt: one with the same mistake among its answers, else the drill's first."""
    if report.passed:
        return None
    if report.diagnosis is not None:
        for question in bank.questions.values():
            for name in ("options", "corrections"):
                if any(one.mutant == report.diagnosis.mutant for one in getattr(question, name, [])):
                    return question
    return next((bank.questions[name] for name in drill.questions if name in bank.questions), None)


def show_hint(record: Record, drill: Drill, number: int) -> None:
    """Note that the first `number` hints have been seen."""
    now = sitting(record, drill)
    _keep(record, drill, Sitting(max(now.hints, number), now.tries, now.gave_up))


def record_attempt(
    record: Record, drill: Drill, report: Report, source: str, now: datetime, seconds: float
) -> Card | None:
    """Append a graded attempt; None when the grader failed, which is not the learner's doing."""
    if report.verdict in UNGRADED:
        return None
    before = sitting(record, drill)
    tries = before.tries + 1
    rating = rate_drill(report.passed and not before.gave_up, before.hints, tries)
    detail = {
        "code": source,
        "verdict": report.verdict,
        "checks": {check.id: check.state for check in report.checks},
        "hints": before.hints,
        "diagnosis": report.diagnosis and report.diagnosis.mutant,
        "attempt": tries,
    }
    card = _append(record, drill, float(report.passed), rating, now, seconds, detail)
    _keep(record, drill, Sitting() if report.passed else Sitting(before.hints, tries, before.gave_up))
    return card


def give_up(record: Record, drill: Drill, source: str, now: datetime) -> Card:
    """Append that the learner asked for the solution."""
    before = sitting(record, drill)
    _keep(record, drill, Sitting(before.hints, before.tries, gave_up=True))
    detail = {"code": source, "verdict": "gave_up", "hints": before.hints, "attempt": before.tries}
    return _append(record, drill, 0.0, 1, now, 0.0, detail)


def may_see_solution(record: Record, drill: Drill) -> bool:
    """After a pass, or after giving up."""
    card = record.card(drill.item)
    return sitting(record, drill).gave_up or (card is not None and card.best >= 1)


def next_hunt(record: Record, drills: Iterable[Drill]) -> Hunt | None:
    """The bug hunt to go on with; None when all are done."""
    from drills.hunting import choose

    best = {item for item, card in record.cards().items() if card.best >= 1}
    solved = {item.removeprefix("d:") for item in best}
    return choose(drills, mistakes=record.mistakes(), mended=best, solved=solved)


def state(card: Card | None) -> str:
    """`new`, `tried` or `solved`."""
    if card is None:
        return "new"
    return "solved" if card.best >= 1 else "tried"


def _append(
    record: Record,
    drill: Drill,
    score: float,
    rating: int,
    now: datetime,
    seconds: float,
    detail: dict[str, Any],
) -> Card:
    from quizbank.entries import new_entry

    return record.append(
        new_entry(drill.item, rev=1, score=score, rating=rating, seconds=seconds, now=now, detail=detail)
    )


def _key(drill: Drill) -> str:
    return f"sitting:{drill.item.removeprefix('d:')}"


def _keep(record: Record, drill: Drill, value: Sitting) -> None:
    record.save_draft(_key(drill), "" if value == Sitting() else json.dumps(asdict(value)))
